"""Pictures in YUV: what is not drawn over stays as it is, to the bit."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from clips import even_times, make_clip, numbered_image

from emotion.media.planes import Canvas, Matrix, Planes
from emotion.media.read import open_video
from emotion.media.write import VideoWriter
from emotion.types import Image


def to_rgb(canvas: Canvas) -> Image:
    frame = av.VideoFrame.from_ndarray(canvas.array, format="yuv420p")
    names = {Matrix.BT601: "ITU601", Matrix.BT709: "ITU709"}
    return frame.reformat(format="rgb24", src_colorspace=names[canvas.matrix]).to_ndarray()  # type: ignore[return-value]


@pytest.mark.parametrize("matrix", Matrix)
def test_draw_converts_to_here_and_nowhere_else(matrix: Matrix) -> None:
    canvas = Canvas(160, 120, matrix)
    canvas.draw(np.full((120, 160, 3), 90, np.uint8))
    before = to_rgb(canvas)
    patch = np.zeros((20, 32, 3), np.uint8)
    patch[...] = (200, 60, 30)
    canvas.draw(patch, left=40, top=10)
    after = to_rgb(canvas)
    assert np.abs(after[12:28, 42:70].astype(int) - (200, 60, 30)).max() <= 4
    outside = np.ones((120, 160), bool)
    # Colour is shared by two by two pixels, and players blend it across one more.
    outside[8:32, 38:74] = False
    assert (after[outside] == before[outside]).all()


def test_parts_are_converted_as_they_would_be_alone() -> None:
    image = np.random.default_rng(7).integers(0, 256, (120, 160, 3), np.uint8)
    parts = [(0, 0, 10, 20), (40, 30, 64, 12), (30, 60, 120, 40), (150, 110, 10, 10)]
    together, alone = Canvas(160, 120, Matrix.BT601), Canvas(160, 120, Matrix.BT601)
    together.array[...] = alone.array[...] = 99
    together.draw_parts(image, parts)
    for left, top, width, height in parts:
        alone.draw(image[top : top + height, left : left + width], left, top)
    assert (together.array == alone.array).all()


@pytest.mark.parametrize(
    ("color", "matrix", "expected"),
    [
        pytest.param((255, 255, 255), Matrix.BT601, (235, 128, 128), id="white"),
        pytest.param((0, 0, 0), Matrix.BT709, (16, 128, 128), id="black"),
        pytest.param((255, 0, 0), Matrix.BT601, (81, 90, 240), id="red of BT.601"),
        pytest.param((255, 0, 0), Matrix.BT709, (63, 102, 240), id="red of BT.709"),
        pytest.param((0, 0, 255), Matrix.BT709, (32, 240, 118), id="blue of BT.709"),
    ],
)
def test_colours_are_as_the_standards_say(
    color: tuple[int, int, int], matrix: Matrix, expected: tuple[int, int, int]
) -> None:
    canvas = Canvas(16, 12, matrix)
    canvas.draw(np.full((12, 16, 3), color, np.uint8))
    y, u, v = canvas.array[:12], canvas.array[12:15], canvas.array[15:]
    assert [sorted(set(plane.ravel().tolist())) for plane in (y, u, v)] == [[level] for level in expected]


def test_it_converts_as_ffmpeg_does() -> None:
    image = np.random.default_rng(7).integers(0, 256, (120, 160, 3), np.uint8)
    canvas = Canvas(160, 120, Matrix.BT601)
    canvas.draw(image)
    theirs = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuv420p", interpolation="AREA")
    assert np.abs(canvas.array.astype(int) - theirs.to_ndarray()).max() <= 1


def test_paste_is_exact() -> None:
    small, large = Canvas(16, 12, Matrix.BT601), Canvas(64, 48, Matrix.BT601)
    small.array[...] = np.arange(small.array.size, dtype=np.uint8).reshape(small.array.shape)
    large.array[...] = 0
    large.paste(small, left=10, top=20)
    assert (large.array[20:32, 10:26] == small.array[:12]).all()
    assert large.array.astype(bool).sum() == small.array.astype(bool).sum()


@pytest.mark.parametrize("size", [(15, 12), (16, 11)])
def test_odd_sides_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="even"):
        Canvas(*size, Matrix.BT709)


@pytest.mark.parametrize(
    ("options", "there"),
    [
        pytest.param({}, True, id="as H.264 usually is"),
        pytest.param({"size": (161, 121)}, False, id="odd sides"),
        pytest.param({"rotation": 90}, False, id="turned"),
    ],
)
def test_planes_of_a_file(tmp_path: Path, options: dict[str, object], there: bool) -> None:
    path = tmp_path / "clip.mp4"
    make_clip(path, times_s=even_times(2), sound=None, **options)  # type: ignore[arg-type]
    with open_video(path) as video:
        assert [planes is not None for _, planes in video.frames_and_planes()] == [there, there]


def test_planes_are_the_picture(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    make_clip(path, times_s=[0.0], images=[numbered_image(77)], sound=None)
    with open_video(path) as video:
        ((frame, planes),) = video.frames_and_planes()
        assert planes is not None
        canvas = Canvas(160, 120, planes.matrix)
        canvas.paste(planes)
        assert np.abs(to_rgb(canvas).astype(int) - frame.image).mean() < 1.5


def test_a_canvas_is_written_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    canvas = Canvas(160, 120, Matrix.BT601)
    canvas.draw(numbered_image(5))
    with VideoWriter(
        path, width=160, height=120, frame_rate=25, preset="ultrafast", crf=0, matrix=Matrix.BT601
    ) as writer:
        writer.write_canvas(canvas, 0.0)
    with open_video(path) as video:
        ((_, planes),) = video.frames_and_planes()
        assert planes is not None
        assert planes.matrix is Matrix.BT601
        written: Planes = planes
        assert np.abs(written.y.astype(int) - canvas.array[:120]).max() <= 1


@pytest.mark.parametrize("height", [2, 4, 6, 100, 358, 360, 366])
def test_the_encoder_gets_all_of_a_canvas_at_its_place(height: int) -> None:
    """PyAV rounds the height of a borrowed picture down to a multiple of four, and then reads colours elsewhere."""
    image = np.empty((height, 64, 3), np.uint8)
    middle = height // 4 * 2
    image[:middle], image[middle:] = (0, 60, 200), (220, 40, 10)
    canvas = Canvas(64, height, Matrix.BT709)
    canvas.draw(image)
    frame = canvas.as_frame()
    y, u, v = (plane.astype(int) for plane in canvas._planes)
    assert (frame.width, frame.height) == (64, height)
    for plane, mine in zip(frame.planes, (y, u, v), strict=True):
        theirs = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]
        np.testing.assert_array_equal(theirs, mine)


def test_a_canvas_of_another_kind_is_refused(tmp_path: Path) -> None:
    with (
        VideoWriter(tmp_path / "out.mp4", width=16, height=16, frame_rate=25, preset="ultrafast", crf=30) as writer,
        pytest.raises(ValueError, match="canvas"),
    ):
        writer.write_canvas(Canvas(32, 16, Matrix.BT709), 0.0)
