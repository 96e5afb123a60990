"""What the encoder gets: the newest answer, as soon as there is one, each once, and left alone from then on."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from fractions import Fraction

import av
import loops
import pytest
from aiortc import MediaStreamTrack
from aiortc.codecs.vpx import Vp8Encoder
from aiortc.mediastreams import MediaStreamError
from streamlit_webrtc.process import AsyncVideoProcessTrack

from emotion.web.relay import NewestRelay

CLOCK = Fraction(1, 90_000)
STEP = 3000
LONG_S = 60.0


def picture(number: int) -> av.VideoFrame:
    frame = av.VideoFrame(32, 32, "yuv420p")
    frame.pts, frame.time_base = STEP * number, CLOCK
    return frame


class Camera(MediaStreamTrack):
    """So many pictures, numbered by their stamps, as fast as they are taken or one every few milliseconds."""

    kind = "video"

    def __init__(self, count: int, every_s: float = 0.0) -> None:
        super().__init__()
        self.sent, self._count, self._every_s = 0, count, every_s

    async def recv(self) -> av.VideoFrame:
        await asyncio.sleep(self._every_s)
        if self.sent == self._count:
            raise MediaStreamError
        self.sent += 1
        return picture(self.sent)


class Session:
    """Of a session what the relay tells it."""

    taken = 0


class Processor:
    """Draws nothing: its answer is a picture with the stamp of the newest that came, one for ``every`` calls."""

    def __init__(self, every: int = 1) -> None:
        self.session = Session()
        self.hand_on: Callable[[av.VideoFrame], None] | None = None
        self.loops: list[asyncio.AbstractEventLoop] = []
        self.answered = threading.Event()
        self.newest = 0
        """The number of the last answer that was handed on."""
        self._every, self._calls = every, 0

    async def recv_queued(self, frames: list[av.VideoFrame]) -> list[av.VideoFrame]:
        self.loops = [asyncio.get_running_loop()]
        self._calls += 1
        assert self.hand_on is not None
        if self._calls % self._every == 0:
            assert frames[-1].pts is not None
            self.hand_on(picture(frames[-1].pts // STEP))
            self.newest = frames[-1].pts // STEP
            self.answered.set()
        return []


@contextlib.contextmanager
def analysed(camera: MediaStreamTrack, processor: Processor) -> Iterator[AsyncVideoProcessTrack]:
    track = AsyncVideoProcessTrack(camera, processor)
    try:
        yield track
    finally:
        track.stop()  # type: ignore[no-untyped-call]
        for loop in processor.loops:
            loop.close()  # the library leaves it to the garbage collector, which warns


async def to_the_end(track: MediaStreamTrack) -> int:
    """How many pictures there were."""
    count = 0
    with contextlib.suppress(MediaStreamError):
        while True:
            await track.recv()
            count += 1
    return count


@pytest.mark.parametrize(
    "every", [pytest.param(1, id="each is drawn"), pytest.param(3, id="one of three, as where drawing takes long")]
)
def test_no_picture_is_sent_twice_or_changed_after_it_was_taken(every: int) -> None:
    """The library repeats the last one and stamps it anew while it is encoded: see :class:`Answers`."""

    async def play() -> None:
        processor, encoder = Processor(every), Vp8Encoder()
        with analysed(Camera(10_000, 0.002), processor) as track:
            answers = NewestRelay().subscribe(track)
            stamps: list[int] = []
            async with asyncio.timeout(LONG_S):
                for _ in range(12):
                    answer = await answers.recv()
                    assert isinstance(answer, av.VideoFrame)
                    stamps.append(answer.pts or 0)
                    sent = encoder.encode(answer)[0]  # from here on its stamp is in the encoder's unit
                    kept = (answer.pts, answer.time_base)
                    await asyncio.sleep(0.01)
                    assert sent
                    assert (answer.pts, answer.time_base) == kept
            assert stamps == sorted(set(stamps)), "rising, none twice"
            assert processor.session.taken == len(stamps)

    loops.run(play())


def test_a_slow_reader_gets_the_newest() -> None:
    async def play() -> None:
        with analysed(Camera(10_000, 0.001), processor := Processor()) as track:
            answers = NewestRelay().subscribe(track)
            async with asyncio.timeout(LONG_S):
                await answers.recv()
                while (newest := processor.newest) < 50:
                    await asyncio.sleep(0.01)
                await asyncio.sleep(0)  # what another thread hands on comes with the loop's next turn
                answer = await answers.recv()
                assert isinstance(answer, av.VideoFrame)
                assert answer.pts is not None
                assert answer.pts / STEP >= newest
            assert processor.session.taken == 2

    loops.run(play())


def test_an_answer_waits_for_no_other_picture() -> None:
    """Here no other comes: the camera stands still after one."""

    class Still(Camera):
        async def recv(self) -> av.VideoFrame:
            if self.sent == 1:
                await asyncio.sleep(LONG_S)
            return await super().recv()

    async def play() -> None:
        with analysed(Still(2), Processor()) as track:
            async with asyncio.timeout(LONG_S / 2):
                await NewestRelay().subscribe(track).recv()

    loops.run(play())


def test_the_end_of_the_camera_ends_the_sending() -> None:
    async def play() -> None:
        with analysed(Camera(20, 0.002), Processor()) as track:
            answers = NewestRelay().subscribe(track)
            async with asyncio.timeout(LONG_S):
                assert await to_the_end(answers) > 0
            with pytest.raises(MediaStreamError):
                await answers.recv()

    loops.run(play())


def test_the_analysis_goes_on_where_the_sending_ends() -> None:
    """It must hear of the camera's end; the desk notices that nothing is sent."""

    async def play() -> None:
        with analysed(Camera(10_000, 0.001), processor := Processor()) as track:
            answers = NewestRelay().subscribe(track)
            await answers.recv()
            answers.stop()
            processor.answered.clear()
            assert await asyncio.to_thread(processor.answered.wait, LONG_S)
            assert processor.session.taken == 1

    loops.run(play())


def test_what_goes_into_the_analysis_comes_whole() -> None:
    """What it has no time for is counted there."""

    async def play() -> None:
        camera = Camera(50)
        reader = NewestRelay().subscribe(camera)
        came = [await reader.recv()]
        while camera.sent < 49:
            await asyncio.sleep(0)
        came += [await reader.recv() for _ in range(48)]
        assert [frame.pts for frame in came] == [STEP * (number + 1) for number in range(49)]

    loops.run(play())
