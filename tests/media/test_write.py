from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from clips import even_times, number_in, numbered_image

from emotion.errors import OutputError
from emotion.media.probe import probe
from emotion.media.read import open_video
from emotion.media.write import VideoWriter, can_write_h264
from emotion.types import Image


def _writer(path: Path, *, size: tuple[int, int] = (160, 120), **options: Any) -> VideoWriter:
    settings = {"frame_rate": 25.0, "preset": "superfast", "crf": 18, **options}
    return VideoWriter(path, width=size[0], height=size[1], **settings)


def _write(path: Path, times_s: list[float], *, size: tuple[int, int] = (160, 120), **options: Any) -> list[Image]:
    images = [numbered_image(index, size) for index in range(len(times_s))]
    with _writer(path, size=size, **options) as writer:
        for image, time_s in zip(images, times_s, strict=True):
            writer.write(image, time_s)
    return images


@pytest.mark.parametrize(
    "times_s",
    [
        pytest.param(even_times(12), id="even"),
        pytest.param(even_times(12, rate=24_000 / 1001), id="film"),
        pytest.param([0.0, 0.01, 0.05, 0.3, 0.31, 0.7, 1.5], id="variable"),
        pytest.param([0.0, 0.5, 20.0, 20.04], id="long pause"),
        pytest.param(even_times(5, rate=240), id="slow motion"),
        pytest.param([0.0], id="one frame"),
    ],
)
def test_every_frame_at_its_own_time(tmp_path: Path, times_s: list[float]) -> None:
    path = tmp_path / "out.mp4"
    images = _write(path, times_s)
    with open_video(path) as video:
        frames = list(video.frames())
    assert [frame.time_s for frame in frames] == pytest.approx(times_s, abs=1e-5)
    for frame, image in zip(frames, images, strict=True):
        assert np.abs(frame.image.astype(int) - image).mean() < 2.5
    # The last frame lasts as long as a frame does on average.
    assert probe(path).duration_s == pytest.approx(times_s[-1] + 0.04, abs=1e-3)


@pytest.mark.parametrize(
    ("size", "written"),
    [
        pytest.param((161, 121), (162, 122), id="odd"),
        pytest.param((160, 121), (160, 122), id="odd height"),
        pytest.param((2, 2), (2, 2), id="smallest"),
        pytest.param((1, 1), (2, 2), id="one pixel"),
        pytest.param((1922, 18), (1922, 18), id="wide"),
    ],
)
def test_sizes(tmp_path: Path, size: tuple[int, int], written: tuple[int, int]) -> None:
    path = tmp_path / "out.mp4"
    image = np.full((size[1], size[0], 3), (200, 120, 60), np.uint8)
    with _writer(path, size=size) as writer:
        for time_s in even_times(3):
            writer.write(image, time_s)
    with open_video(path) as video:
        frames = list(video.frames())
    assert len(frames) == 3
    assert frames[0].image.shape == (written[1], written[0], 3)
    # Replicated, not black: the border looks like the picture.
    assert np.abs(frames[0].image[-1, -1].astype(int) - (200, 120, 60)).max() < 8


@pytest.mark.parametrize("height", [120, 720])
@pytest.mark.parametrize(
    "color",
    [
        pytest.param((255, 255, 255), id="white"),
        pytest.param((0, 0, 0), id="black"),
        pytest.param((220, 30, 30), id="red"),
        pytest.param((30, 200, 30), id="green"),
        pytest.param((30, 30, 220), id="blue"),
    ],
)
def test_colors_survive(tmp_path: Path, color: tuple[int, int, int], height: int) -> None:
    path = tmp_path / "out.mp4"
    with _writer(path, size=(16, height)) as writer:
        writer.write(np.full((height, 16, 3), color, np.uint8), 0.0)
    with open_video(path) as video:
        assert np.abs(next(video.frames()).image.astype(int) - color).max() <= 5


def test_times_that_collide_are_kept_apart(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    _write(path, [0.0, 0.04, 0.040001, 0.08])
    with open_video(path) as video:
        assert [number_in(frame.image) for frame in video.frames()] == [0, 1, 2, 3]


def test_ready_for_browsers(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    _write(path, even_times(5))
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(str(path)) as container:
        context = container.streams.video[0].codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
        # BT.709 everywhere, limited range.
        assert (context.colorspace, context.color_primaries, context.color_trc, context.color_range) == (1, 1, 1, 1)


@pytest.mark.parametrize(
    "view",
    [
        pytest.param(lambda image: image[:, ::-1], id="mirrored"),
        pytest.param(lambda image: image[::-1], id="upside down"),
        pytest.param(lambda image: np.asfortranarray(image), id="column order"),
        pytest.param(lambda image: np.pad(image, ((3, 3), (5, 5), (0, 0)))[3:-3, 5:-5], id="cut out"),
    ],
)
def test_any_layout_of_memory(tmp_path: Path, view: Callable[[Image], Image]) -> None:
    image = view(numbered_image(0b1011))
    image.setflags(write=False)
    with _writer(tmp_path / "out.mp4") as writer:
        writer.write(image, 0.0)
    with open_video(tmp_path / "out.mp4") as video:
        assert np.abs(next(video.frames()).image.astype(int) - image).mean() < 2.5


def test_image_is_done_with_after_write(tmp_path: Path) -> None:
    # Callers draw into one buffer again and again.
    buffer = np.empty((120, 160, 3), np.uint8)
    with _writer(tmp_path / "out.mp4") as writer:
        for index, time_s in enumerate(even_times(8)):
            buffer[:] = numbered_image(index)
            writer.write(buffer, time_s)
    with open_video(tmp_path / "out.mp4") as video:
        assert [number_in(frame.image) for frame in video.frames()] == list(range(8))


def test_an_exception_leaves_no_file(tmp_path: Path, clip: Path) -> None:
    path = tmp_path / "out.mp4"

    def interrupted() -> None:
        with _writer(path, sound=clip) as writer:
            writer.write(numbered_image(0), 0.0)
            assert path.exists()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not path.exists()


def test_wrong_size_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Expected an image"), _writer(tmp_path / "out.mp4") as writer:
        writer.write(numbered_image(0, (80, 60)), 0.0)


def _file_as_folder(folder: Path) -> Path:
    (folder / "file").write_bytes(b"x")
    return folder / "file" / "out.mp4"


def _full_disk(folder: Path) -> Path:
    if not Path("/dev/full").exists():
        pytest.skip("needs Linux for a device that is always full")
    (folder / "out.mp4").symlink_to("/dev/full")
    return folder / "out.mp4"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(_file_as_folder, "Cannot write to the folder 'file'", id="folder is a file"),
        pytest.param(lambda folder: folder / "no" / "out.mp4", "Writing the results failed", id="no such folder"),
        pytest.param(_full_disk, "The disk is full", id="full disk"),
    ],
)
def test_refusals_get_one_sentence(tmp_path: Path, make: Callable[[Path], Path], words: str) -> None:
    path = make(tmp_path)
    with pytest.raises(OutputError, match=words) as caught:
        _write(path, even_times(50))
    assert str(tmp_path) not in str(caught.value)


def test_too_wide_for_h264(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        _write(tmp_path / "out.mp4", [0.0], size=(20_000, 16))
    assert not (tmp_path / "out.mp4").exists()


def test_can_write_h264() -> None:
    assert can_write_h264()


@pytest.mark.slow
def test_8k(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    image = np.full((4320, 7680, 3), (200, 120, 60), np.uint8)
    with _writer(path, size=(7680, 4320), preset="ultrafast") as writer:
        writer.write(image, 0.0)
    assert (probe(path).width, probe(path).height) == (7680, 4320)
