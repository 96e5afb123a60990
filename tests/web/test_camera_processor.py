"""What goes back to the browser before there is an answer, and where there is none: nobody's face unblurred."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from fractions import Fraction

import av
import loops
import numpy as np
import pytest
from aiortc import MediaStreamTrack
from streamlit_webrtc.process import AsyncVideoProcessTrack

from emotion.live.session import LiveSession
from emotion.media.camera import CameraPictures
from emotion.media.planes import Part
from emotion.settings import Privacy, Settings
from emotion.types import Image
from emotion.vision import assets
from emotion.web.relay import NewestRelay
from emotion.web.stream import CameraProcessor

SIZE = (320, 240)
LONG_S = 20.0
PRIVACY = [pytest.param(privacy, id=privacy.value) for privacy in Privacy]


def picture(number: int = 0) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(np.full((SIZE[1], SIZE[0], 3), 200, np.uint8), format="rgb24")
    frame = frame.reformat(format="yuv420p")
    frame.pts, frame.time_base = 3000 * number, Fraction(1, 90_000)
    return frame


def is_black(frame: av.VideoFrame) -> bool:
    return int(frame.to_ndarray(format="rgb24").max()) == 0


@pytest.fixture
def processor(models: assets.Models, request: pytest.FixtureRequest) -> CameraProcessor:
    return Late(LiveSession(Settings.load(privacy=request.getfixturevalue("privacy")), models))


class Late(CameraProcessor):
    """Answers when it is told to."""

    def __init__(self, session: LiveSession) -> None:
        super().__init__(session)
        self.may_answer = threading.Event()
        self.loop: asyncio.AbstractEventLoop | None = None

    async def recv_queued(self, frames: list[av.VideoFrame]) -> list[av.VideoFrame]:
        self.loop = asyncio.get_running_loop()
        self.may_answer.wait(LONG_S)
        return await super().recv_queued(frames)


class Camera(MediaStreamTrack):
    """Bright pictures, a hundred a second."""

    kind = "video"

    def __init__(self) -> None:
        super().__init__()
        self.sent = 0

    async def recv(self) -> av.VideoFrame:
        await asyncio.sleep(0.01)
        self.sent += 1
        return picture(self.sent)


@pytest.mark.parametrize("privacy", PRIVACY)
def test_nothing_of_the_camera_goes_back_before_the_first_answer(processor: Late, privacy: Privacy) -> None:
    """The library would send back what came, unblurred."""

    async def play() -> None:
        camera = Camera()
        analysed = AsyncVideoProcessTrack(camera, processor)
        sent_back = NewestRelay().subscribe(analysed)
        first = asyncio.ensure_future(sent_back.recv())
        async with asyncio.timeout(LONG_S):
            while camera.sent < 10:
                await asyncio.sleep(0.01)
            assert not first.done()
            processor.may_answer.set()
            frame = await first
        assert isinstance(frame, av.VideoFrame)
        assert (frame.width, frame.height) == SIZE
        assert not is_black(frame)
        analysed.stop()
        # The library leaves it to the garbage collector, which warns.
        assert processor.loop is not None
        processor.loop.close()

    loops.run(play())


class NoRgb(CameraPictures):
    def rgb(self, frame: av.VideoFrame) -> Image:
        raise ValueError("a format that nobody knows")


class NoAnswer(CameraPictures):
    def answer(self, frame: av.VideoFrame, image: Image, areas: Sequence[Part]) -> av.VideoFrame:
        raise MemoryError


@pytest.mark.parametrize("broken", [pytest.param(NoRgb, id="there"), pytest.param(NoAnswer, id="back")])
@pytest.mark.parametrize("privacy", PRIVACY)
def test_what_cannot_be_converted_is_counted_and_shown_to_nobody(
    processor: Late, privacy: Privacy, broken: type[CameraPictures], caplog: pytest.LogCaptureFixture
) -> None:
    processor.may_answer.set()
    processor._pictures = broken()
    for turn in range(1, 4):
        came = [picture(3 * turn + number) for number in range(3)]
        (answer,) = loops.run(processor.recv_queued(came))
        assert is_black(answer) == (privacy is not Privacy.NONE)
        assert (answer.pts, answer.time_base) == (came[-1].pts, came[-1].time_base)
        assert (answer.width, answer.height) == SIZE
        assert processor.session.arrivals == 3 * turn
        assert processor.session.snapshot().failed == turn
    assert len(caplog.records) == 1, "said once, not thirty times a second"
