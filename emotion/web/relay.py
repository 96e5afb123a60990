"""Hands pictures to the encoder: the newest, never a line of old ones."""

from __future__ import annotations

from typing import Any

from aiortc import MediaStreamTrack
from aiortc.contrib.media import MediaRelay

from emotion.media.camera import black

# What a browser is asked for unless a person chose otherwise; the picture takes its own size with the first answer.
SIZE = (640, 480)


class NewestRelay(MediaRelay):
    """A relay that keeps one analysed picture for whoever sends it, not all that came meanwhile.

    aiortc's own keeps them without a limit. Where encoding takes longer than the time between two pictures (a busy
    machine), each waits longer than the one before, and 14 MB a second stay in memory at 640x480.
    """

    def subscribe(self, track: MediaStreamTrack, buffered: bool = True) -> MediaStreamTrack:
        # What goes into the analysis is counted where it is left out, and must come whole.
        processor = getattr(track, "processor", None)
        analysed = processor is not None
        proxy = super().subscribe(track, buffered=buffered and not analysed)
        if analysed:
            _begin_black(track)
            _count(proxy, getattr(processor, "session", None))
        return proxy


def _count(proxy: Any, session: Any) -> None:
    """Tells the session of each picture that is taken: by that the desk knows a sending end that went to sleep."""
    if session is None:
        return
    take = proxy.recv

    async def counted() -> Any:
        picture = await take()
        session.taken += 1
        return picture

    proxy.recv = counted


def _begin_black(track: Any) -> None:
    """streamlit-webrtc (``AsyncMediaProcessTrack.recv``) sends back what came, unblurred, until the first is analysed,
    unless it has an answer to repeat: it gets one."""
    if getattr(track, "_last_out_frame", track) is None:
        track._last_out_frame = black(*SIZE)
