"""What the encoder gets when it is slower than the camera."""

from __future__ import annotations

import asyncio

import av
import loops
import pytest
from aiortc import MediaStreamTrack
from aiortc.contrib.media import MediaRelay
from aiortc.mediastreams import MediaStreamError

from emotion.web.relay import NewestRelay

COUNT = 50


class Numbered(MediaStreamTrack):
    """Pictures as fast as they are taken, numbered by their stamps."""

    kind = "video"

    def __init__(self) -> None:
        super().__init__()
        self.sent = 0

    async def recv(self) -> av.VideoFrame:
        await asyncio.sleep(0)
        if self.sent == COUNT:
            raise MediaStreamError
        frame = av.VideoFrame(16, 16, "yuv420p")
        frame.pts = self.sent
        self.sent += 1
        return frame


class Analysed(Numbered):
    processor = "what streamlit-webrtc's track has"


async def second_picture(relay: MediaRelay, track: Numbered) -> int | None:
    """Which picture a reader gets who was busy while all but the last came."""
    reader = relay.subscribe(track)
    await reader.recv()
    while track.sent < COUNT - 1:
        await asyncio.sleep(0)
    return (await reader.recv()).pts


@pytest.mark.parametrize(
    ("relay", "track", "newest"),
    [
        pytest.param(NewestRelay, Analysed, True, id="to the encoder"),
        pytest.param(NewestRelay, Numbered, False, id="to the analysis, which counts what it leaves out"),
        pytest.param(MediaRelay, Analysed, False, id="the library's own keeps a line"),
    ],
)
def test_a_slow_reader(relay: type[MediaRelay], track: type[Numbered], newest: bool) -> None:
    async def read() -> int | None:
        return await second_picture(relay(), track())

    number = loops.run(read())
    assert number is not None
    assert (number > COUNT / 2) == newest
    assert newest or number == 1


class Counting:
    """Of a session what the relay tells it."""

    taken = 0


def test_the_session_hears_of_each_picture_that_is_taken() -> None:
    class Processor:
        session = Counting()

    class OfSession(Numbered):
        processor = Processor()

    async def read() -> None:
        reader = NewestRelay().subscribe(OfSession())
        await reader.recv()
        await reader.recv()

    loops.run(read())
    assert Processor.session.taken == 2
