"""Hands pictures to the encoder: the newest, never a line of old ones."""

from __future__ import annotations

from aiortc import MediaStreamTrack
from aiortc.contrib.media import MediaRelay


class NewestRelay(MediaRelay):
    """A relay that keeps one analysed picture for whoever sends it, not all that came meanwhile.

    aiortc's own keeps them without a limit. Where encoding takes longer than the time between two pictures (a busy
    machine), each waits longer than the one before, and 14 MB a second stay in memory at 640x480.
    """

    def subscribe(self, track: MediaStreamTrack, buffered: bool = True) -> MediaStreamTrack:
        # What goes into the analysis is counted where it is left out, and must come whole.
        analysed = hasattr(track, "processor")
        return super().subscribe(track, buffered=buffered and not analysed)
