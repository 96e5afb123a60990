"""Hands pictures to the encoder: the newest, as soon as it is drawn, each once, and in no other thread's hands."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Protocol, runtime_checkable

import av
from aiortc import MediaStreamTrack
from aiortc.contrib.media import MediaRelay
from aiortc.mediastreams import MediaStreamError

log = logging.getLogger(__name__)


class Counts(Protocol):
    """Of a session what matters here."""

    taken: int
    """Pictures that were taken to be sent back."""


@runtime_checkable
class Draws(Protocol):
    """A processor of streamlit-webrtc that hands on what it has drawn by itself."""

    session: Counts
    hand_on: Callable[[av.VideoFrame], None] | None
    """Takes each answer, from any thread; None while nobody does."""


class Answers(MediaStreamTrack):
    """What the processor of a track has drawn. It belongs to the event loop.

    streamlit-webrtc's own track gives an answer back only when the camera's next picture comes (33 ms later), repeats
    the last one where there is none, and writes new stamps into it while aiortc's encoder, in another thread, puts the
    same into its own unit of time. The encoder then reads a stamp in the wrong unit, refuses it, and aiortc ends the
    sending for good, without a word to anybody: on a machine with six sessions within ten seconds. So that track is
    only asked in order that the processor gets the pictures, and nothing it gives is sent: not the unblurred picture
    either that it gives back before the first answer. On the way aiortc's relay would keep answers without a limit,
    14 MB a second at 640x480 where encoding takes longer than the time between two.
    """

    kind = "video"

    def __init__(self, track: MediaStreamTrack, processor: Draws) -> None:
        super().__init__()
        self._track = track
        self._processor = processor
        self._newest: av.VideoFrame | None = None
        self._came = asyncio.Event()
        self._asking: asyncio.Task[None] | None = None

    async def recv(self) -> av.VideoFrame:
        """The newest answer that was not taken yet. Raises MediaStreamError at the end."""
        self._begin()
        while self.readyState == "live":
            await self._came.wait()
            self._came.clear()
            picture, self._newest = self._newest, None
            if picture is not None:
                self._processor.session.taken += 1
                return picture
        raise MediaStreamError

    def stop(self) -> None:
        super().stop()
        self._newest = None
        self._came.set()

    def _begin(self) -> None:
        if self._asking is not None:
            return
        loop = asyncio.get_running_loop()

        def hand_on(picture: av.VideoFrame) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: the server ends
                loop.call_soon_threadsafe(self._offer, picture)

        self._processor.hand_on = hand_on
        # It goes on when the sending has ended: by it the processor learns that the pictures have.
        self._asking = loop.create_task(self._ask())
        _asking.add(self._asking)
        self._asking.add_done_callback(_asking.discard)

    def _offer(self, picture: av.VideoFrame) -> None:
        if self.readyState == "live":
            self._newest = picture
            self._came.set()

    async def _ask(self) -> None:
        try:
            while True:
                await self._track.recv()
        except MediaStreamError:
            pass
        except Exception:
            log.exception("A live session's pictures could not be handed to the analysis")
        finally:
            self.stop()


class NewestRelay(MediaRelay):
    """aiortc's relay, which sends :class:`Answers` where a processor draws."""

    def subscribe(self, track: MediaStreamTrack, buffered: bool = True) -> MediaStreamTrack:
        # What goes into the analysis is counted where it is left out, and must come whole.
        processor = getattr(track, "processor", None)
        if isinstance(processor, Draws):
            return Answers(track, processor)
        return super().subscribe(track, buffered=buffered)


# asyncio itself does not keep a task alive.
_asking: set[asyncio.Task[None]] = set()
