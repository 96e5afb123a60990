"""The camera's pictures there and back: what was not drawn over stays the camera's own, to the bit."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame

from emotion.media.camera import CameraPictures
from emotion.types import Image

BT601, BT709 = 5, 1  # AVCOL_SPC_*


def picture(size: tuple[int, int], form: str = "yuv420p", colors: int | None = None) -> VideoFrame:
    """A soft gradient, as a camera's frame."""
    width, height = size
    image = np.empty((height, width, 3), np.uint8)
    image[..., 0] = np.linspace(30, 220, width, dtype=np.uint8)
    image[..., 1] = np.linspace(200, 60, height, dtype=np.uint8)[:, None]
    image[..., 2] = 90
    frame = VideoFrame.from_ndarray(image, format="rgb24").reformat(format=form)
    if colors is not None:
        frame.colorspace = colors
    frame.pts, frame.time_base = 4500, Fraction(1, 90_000)
    return frame


def shown(frame: VideoFrame) -> Image:
    return np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8)


KINDS = [
    pytest.param(picture((640, 480)), id="as browsers send it"),
    pytest.param(picture((1280, 720)), id="large, which files would mean as BT.709"),
    pytest.param(picture((428, 242)), id="rows with padding"),
    pytest.param(picture((321, 241)), id="odd sides"),
    pytest.param(picture((320, 240), "yuvj420p"), id="full range"),
    pytest.param(picture((320, 240), "yuv422p"), id="more colour"),
    pytest.param(picture((320, 240), "rgb24"), id="RGB already"),
    pytest.param(picture((320, 240), colors=BT709), id="names BT.709"),
    pytest.param(picture((320, 240), colors=BT601), id="names BT.601"),
]


@pytest.mark.parametrize("frame", KINDS)
def test_there_and_back_is_nearly_the_same(frame: VideoFrame) -> None:
    pictures = CameraPictures()
    image = pictures.rgb(frame)
    assert image.shape == (frame.height, frame.width, 3)
    answer = pictures.answer(frame, image, ())
    assert (answer.pts, answer.time_base) == (frame.pts, frame.time_base)
    assert answer.format.name == "yuv420p"
    back = pictures.rgb(answer)[: frame.height, : frame.width]
    if frame.colorspace != BT709:  # the answer does not name it
        assert np.abs(back.astype(int) - image).mean() < 2


@pytest.mark.parametrize("frame", KINDS)
def test_an_image_may_be_drawn_over(frame: VideoFrame) -> None:
    before = shown(frame)
    pictures = CameraPictures()
    first, second = pictures.rgb(frame), pictures.rgb(frame)
    kept = second.copy()
    first[...] = 0
    assert (second == kept).all()
    assert (shown(frame) == before).all()


def test_only_what_was_drawn_over_changes() -> None:
    frame = picture((640, 480))
    pictures = CameraPictures()
    image = pictures.rgb(frame)
    image[100:140, 200:280] = (230, 30, 30)
    answer = pictures.answer(frame, image, [(200, 100, 80, 40)])
    assert np.abs(shown(answer)[104:136, 204:276].astype(int) - (230, 30, 30)).max() <= 4
    luma = slice(0, 480)
    changed = answer.to_ndarray()[luma] != frame.to_ndarray()[luma]
    assert changed[100:140, 200:280].any()
    changed[100:140, 200:280] = False
    assert not changed.any()


def test_answers_are_frames_of_their_own() -> None:
    """An encoder may still read the last one, and may have made it a keyframe."""
    frame = picture((640, 480))
    frame.pict_type = av.video.frame.PictureType.I
    pictures = CameraPictures()
    first = pictures.answer(frame, pictures.rgb(frame), ())
    before = first.to_ndarray()
    black = np.zeros((480, 640, 3), np.uint8)
    second = pictures.answer(frame, black, [(0, 0, 640, 480)])
    assert (first.to_ndarray() == before).all()
    assert second.pict_type == av.video.frame.PictureType.NONE


def test_the_size_may_change_in_the_middle() -> None:
    pictures = CameraPictures()
    for size in ((320, 240), (640, 480), (320, 240)):
        frame = picture(size)
        answer = pictures.answer(frame, pictures.rgb(frame), ())
        assert (answer.to_ndarray() == frame.to_ndarray()).all()


def test_a_frame_without_a_time() -> None:
    frame = VideoFrame(320, 240, "yuv420p")
    pictures = CameraPictures()
    assert pictures.answer(frame, pictures.rgb(frame), ()).pts is None
