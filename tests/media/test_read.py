import gc
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from clips import cut_short, even_times, garbled, make_clip, number_in, numbered_image

from emotion.errors import UnreadableVideo
from emotion.media.read import open_video
from emotion.types import Frame, Image

EVEN = even_times(12)
VARIABLE = [0.0, 0.01, 0.05, 0.3, 0.31, 0.7, 1.5, 1.6]
VP8 = {"codec": "libvpx", "sound": "opus"}
REORDERING = {"codec_options": {"preset": "medium"}}


@pytest.mark.parametrize(
    ("name", "options", "times_s"),
    [
        pytest.param("a.mp4", {}, EVEN, id="mp4"),
        pytest.param("a.mp4", {}, VARIABLE, id="mp4 with variable rate"),
        pytest.param("a.mp4", REORDERING, VARIABLE, id="mp4 with B-frames"),
        pytest.param("a.mov", {"sound": "pcm"}, EVEN, id="mov"),
        pytest.param("a.mkv", {"sound": "opus"}, VARIABLE, id="mkv"),
        pytest.param("a.webm", VP8, VARIABLE, id="webm vp8"),
        pytest.param("a.webm", {"codec": "libvpx-vp9", "sound": "opus"}, EVEN, id="webm vp9"),
        pytest.param("a.avi", {"codec": "mpeg4", "sound": "pcm"}, EVEN, id="avi mpeg4"),
        pytest.param("a.avi", {**REORDERING, "sound": "pcm"}, EVEN, id="avi with B-frames"),
        pytest.param("a.mp4", {"size": (161, 121)}, EVEN, id="odd size"),
        pytest.param("a.mp4", {"size": (64, 48)}, EVEN, id="small"),
        pytest.param("a.mp4", {"pix_fmt": "yuvj420p"}, EVEN, id="full range, as phones have it"),
        pytest.param("a.mp4", {"pix_fmt": "yuv420p10le"}, EVEN, id="ten bits"),
        pytest.param("a.avi", {"codec": "mjpeg", "pix_fmt": "yuvj420p", "sound": "pcm"}, EVEN, id="webcam's mjpeg"),
        pytest.param("a.webm", {**VP8, "muxer_options": {"live": "1"}}, VARIABLE, id="browser's recording"),
        pytest.param("a.mp4", {"sound": None}, [0.0], id="one frame"),
        pytest.param("a.mp4", {}, even_times(5, start_s=0.4), id="sound starts first"),
        pytest.param("a.mp4", {"sound_start_s": 0.2}, EVEN, id="pictures start first"),
    ],
)
def test_every_frame_comes_back(tmp_path: Path, name: str, options: dict[str, Any], times_s: list[float]) -> None:
    path = make_clip(tmp_path / name, times_s=times_s, **options)
    size = options.get("size", (160, 120))
    with open_video(path) as video:
        frames = list(video.frames())
        assert video.damage == ""
    assert [frame.index for frame in frames] == list(range(len(times_s)))
    assert [number_in(frame.image) for frame in frames] == list(range(len(times_s)))
    # Matroska keeps milliseconds.
    assert [frame.time_s for frame in frames] == pytest.approx(times_s, abs=1e-5 if path.suffix != ".mkv" else 5e-4)
    for number, frame in enumerate(frames):
        assert frame.image.shape == (size[1], size[0], 3)
        assert frame.image.dtype == np.uint8
        assert frame.image.flags.c_contiguous
        assert np.abs(frame.image.astype(int) - numbered_image(number, size)).mean() < 4


def test_clock_starts_with_the_container(tmp_path: Path) -> None:
    # MPEG-TS starts anywhere, and AAC's warming up shifts the pictures by 1024 samples.
    path = make_clip(tmp_path / "a.ts", times_s=even_times(5), muxer_options={"output_ts_offset": "100"})
    with open_video(path) as video:
        times_s = [frame.time_s for frame in video.frames()]
    assert times_s == pytest.approx([1024 / 48_000 + time_s for time_s in even_times(5)], abs=1e-4)


def test_each_call_starts_anew(clip: Path) -> None:
    with open_video(clip) as video:
        some = list(itertools.islice(video.frames(), 3))
        every = list(video.frames())
    assert [frame.time_s for frame in some] == [frame.time_s for frame in every[:3]]
    assert len(every) == 10


def test_within_a_size(clip: Path) -> None:
    with open_video(clip) as video:
        images = [frame.image for frame in video.frames(within=(80, 80))]
        assert (video.info.width, video.info.height) == (160, 120)
    assert {image.shape for image in images} == {(60, 80, 3)}
    assert [number_in(image) for image in images] == list(range(10))


def test_size_that_changes_midway_is_levelled(tmp_path: Path) -> None:
    first = make_clip(tmp_path / "a.ts", times_s=even_times(5), sound=None)
    second = make_clip(
        tmp_path / "b.ts",
        times_s=even_times(5, start_s=0.2),
        size=(80, 60),
        images=lambda index: numbered_image(index + 5, (80, 60)),
        sound=None,
    )
    first.write_bytes(first.read_bytes() + second.read_bytes())
    frames = _frames(first)
    assert {frame.image.shape for frame in frames} == {(120, 160, 3)}
    assert [number_in(frame.image) for frame in frames] == list(range(10))


FRAGMENTED = {"muxer_options": {"movflags": "frag_keyframe+empty_moov"}, "codec_options": {"g": "5"}}


@pytest.mark.parametrize(
    ("name", "options", "harm", "at_least"),
    [
        pytest.param("a.mkv", {"sound": "opus"}, lambda path: cut_short(path, 0.6), 25, id="mkv cut off"),
        pytest.param("a.mkv", {"sound": None}, lambda path: cut_short(path, 0.6), 25, id="mkv without sound cut off"),
        pytest.param("a.webm", VP8, lambda p: cut_short(p, 0.6), 25, id="webm cut off"),
        pytest.param("a.mp4", FRAGMENTED, lambda path: cut_short(path, 0.6), 25, id="fragmented mp4 cut off"),
        pytest.param(
            "a.mp4", {"muxer_options": {"movflags": "faststart"}}, lambda p: cut_short(p, 0.6), 25, id="mp4 cut off"
        ),
        pytest.param("a.mp4", {}, lambda path: garbled(path, 0.4, 0.5), 35, id="mp4 with a hole"),
        pytest.param("a.mkv", {"sound": "opus"}, lambda path: garbled(path, 0.4, 0.5), 15, id="mkv with a hole"),
    ],
)
def test_damage_is_survived_and_told(
    tmp_path: Path,
    noise: Callable[[int], Image],
    name: str,
    options: dict[str, Any],
    harm: Callable[[Path], Path],
    at_least: int,
) -> None:
    path = harm(make_clip(tmp_path / name, times_s=even_times(50), images=noise, **options))
    with open_video(path) as video:
        times_s = [frame.time_s for frame in video.frames()]
        assert at_least <= len(times_s) < 50
        assert all(later > earlier for earlier, later in itertools.pairwise(times_s))
        assert video.damage.startswith(f"'{path.name}' is ")
        assert video.damage.endswith(".")


def test_file_is_let_go(clip: Path) -> None:
    with open_video(clip) as video:
        abandoned = video.frames()
        next(abandoned)
        assert _is_open(clip)
    assert not _is_open(clip)
    with pytest.raises(StopIteration):
        next(abandoned)


def test_abandoned_generator_lets_go_by_itself(clip: Path) -> None:
    with open_video(clip) as video:
        frames = video.frames()
        next(frames)
        frames.close()
        gc.collect()
        assert not _is_open(clip)


def test_file_that_vanishes(clip: Path) -> None:
    with open_video(clip) as video:
        clip.unlink()
        with pytest.raises(UnreadableVideo):
            next(video.frames())


@pytest.mark.slow
def test_8k(tmp_path: Path) -> None:
    image = np.full((4320, 7680, 3), (200, 120, 60), np.uint8)
    path = make_clip(tmp_path / "8k.mp4", times_s=[0.0], size=(7680, 4320), images=[image], sound=None)
    with open_video(path) as video:
        assert next(video.frames()).image.shape == (4320, 7680, 3)
        assert next(video.frames(within=(1920, 1920))).image.shape == (1080, 1920, 3)


def _frames(path: Path) -> list[Frame]:
    with open_video(path) as video:
        return list(video.frames())


def _is_open(path: Path) -> bool:
    links = Path("/proc/self/fd")
    if not links.exists():
        pytest.skip("needs Linux to look at open files")
    return any(link.resolve() == path for link in links.iterdir())
