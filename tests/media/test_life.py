"""Video as it comes in life: what cameras, phones, browsers and screen recorders write."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest
from clips import ASTRONAUT_CUT, even_times, make_clip, number_in, numbered_image
from skimage.data import astronaut

from emotion.media.deinterlace import deinterlaced
from emotion.media.plan import plan
from emotion.media.probe import probe
from emotion.media.read import open_video
from emotion.media.source import open_input, sound_stream
from emotion.media.stretch import ALL, Range, Stretch
from emotion.types import Frame, Image

# BT.709 primaries seen in BT.2020: ITU-R BT.2087.
TO_2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
LUMA_2020 = np.array([0.2627, 0.6780, 0.0593])
WHITE = 203.0


def _frames(path: Path, of: Stretch | None = None, range_: Range = ALL) -> list[Frame]:
    with open_video(path, range_) as video:
        return list(video.frames(of=of or Stretch()))


@pytest.mark.parametrize(
    ("name", "options", "times_s"),
    [
        pytest.param("a.webm", {"codec": "libsvtav1", "sound": "opus"}, even_times(12), id="av1"),
        pytest.param("a.webm", {"codec": "libvpx-vp9", "sound": "opus"}, even_times(12), id="vp9"),
        pytest.param(
            "a.mov", {"codec": "prores_ks", "pix_fmt": "yuv422p10le", "sound": "pcm"}, even_times(6), id="prores"
        ),
        pytest.param("a.mpg", {"codec": "mpeg2video", "sound": "mp3"}, even_times(12), id="mpeg-2"),
        pytest.param("a.mp4", {}, even_times(4, rate=1), id="a frame a second"),
        pytest.param("a.mp4", {}, even_times(48, rate=120), id="120 frames a second"),
        pytest.param("a.mp4", {"size": (163, 121)}, even_times(5), id="odd size"),
        pytest.param("a.mp4", {"sound": None}, [0.0, 0.04, 3600.0, 3600.04], id="a pause of an hour"),
    ],
)
def test_frames_and_times(tmp_path: Path, name: str, options: dict[str, Any], times_s: list[float]) -> None:
    frames = _frames(make_clip(tmp_path / name, times_s=times_s, **options))
    assert [number_in(frame.image) for frame in frames] == list(range(len(times_s)))
    # MPEG-PS begins where it likes; WebM keeps milliseconds.
    shift_s = frames[0].time_s if name.endswith("mpg") else 0.0
    assert [frame.time_s - shift_s for frame in frames] == pytest.approx(times_s, abs=6e-4)


def _pq(light: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    root = (light * WHITE / 10_000) ** 0.1593017578125
    return np.asarray(((0.8359375 + 18.8515625 * root) / (1 + 18.6875 * root)) ** 78.84375)


def _hlg(light: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    display = light * WHITE / 1000
    scene = display * np.maximum(display @ LUMA_2020, 1e-6)[..., None] ** (-0.2 / 1.2)
    bright = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), bright)


def _in_ten_bits(
    image: Image, curve: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]
) -> npt.NDArray[np.uint16]:
    """``image`` as BT.2100 codes it, 4:2:0, all planes one after the other."""
    levels = curve((image / 255.0) ** 2.4 @ TO_2020.T)
    luma = levels @ LUMA_2020
    blue, red = (levels[..., 2] - luma) / 1.8814, (levels[..., 0] - luma) / 1.4746
    height, width = luma.shape
    halves = [plane.reshape(height // 2, 2, width // 2, 2).mean((1, 3)) * 896 + 512 for plane in (blue, red)]
    flat = np.concatenate([(luma * 876 + 64).ravel(), *(half.ravel() for half in halves)])
    return np.clip(flat, 0, 1023).round().astype(np.uint16).reshape(height * 3 // 2, width)


@pytest.mark.parametrize(
    ("curve", "transfer"), [pytest.param(_pq, 16, id="HDR10"), pytest.param(_hlg, 18, id="HLG, as phones have it")]
)
def test_high_dynamic_range_is_shown_as_on_a_screen(tmp_path: Path, curve: Any, transfer: int) -> None:
    x0, y0, x1, y1 = ASTRONAUT_CUT
    image = np.ascontiguousarray(astronaut()[y0:y1, x0:x1])
    path = tmp_path / "phone.mov"
    with av.open(str(path), "w") as output:
        # Phones have HEVC, which matters to the decoder only: x265 fails now and then when a process uses it twice.
        stream: Any = output.add_stream("libx264", rate=25, options={"preset": "ultrafast", "crf": "4"})
        stream.width, stream.height, stream.pix_fmt = image.shape[1], image.shape[0], "yuv420p10le"
        frame = av.VideoFrame.from_ndarray(_in_ten_bits(image, curve), format="yuv420p10le")
        frame.pts, frame.time_base = 0, Fraction(1, 25)
        for target in (stream.codec_context, frame):
            target.colorspace, target.color_range, target.color_trc, target.color_primaries = 9, 1, transfer, 9
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    shown = _frames(path)[0].image.astype(int)
    assert np.abs(shown - image).mean() < 9
    assert np.abs(shown.mean((0, 1)) - image.mean((0, 1))).max() < 7
    with open_video(path) as video:
        assert next(video.frames_and_planes())[1] is None


def _bar(half_frames: float) -> Image:
    """A bar that moves 4 pixels each half frame."""
    image = np.full((120, 160, 3), (90, 110, 130), np.uint8)
    left = round(10 + half_frames * 4)
    image[30:90, left : left + 30] = (220, 180, 150)
    return image


def _woven(index: int) -> Image:
    """Even lines now, odd ones half a frame later."""
    image = _bar(2 * index)
    image[1::2] = _bar(2 * index + 1)[1::2]
    return image


def _combs(image: Image) -> float:
    lines = image[..., 1].astype(float)
    return float(np.abs(lines[1:-1] - (lines[:-2] + lines[2:]) / 2).mean())


def _interlaced(path: Path, count: int = 12) -> Path:
    with av.open(str(path), "w") as output:
        options = {"flags": "+ildct+ilme", "x264-params": "tff=1", "preset": "fast", "g": "3", "crf": "5"}
        stream: Any = output.add_stream("libx264", rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for index in range(count):
            frame = av.VideoFrame.from_ndarray(_woven(index), format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, 25)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts"])
def test_interlaced_lines_do_not_comb(tmp_path: Path, name: str) -> None:
    frames = _frames(_interlaced(tmp_path / name))
    assert [frame.time_s for frame in frames] == pytest.approx(even_times(12), abs=6e-4)
    assert (
        max(_combs(frame.image) for frame in frames[1:]) < 0.4 < 1 < min(_combs(_woven(index)) for index in range(12))
    )


def test_interlaced_pieces_are_the_whole(tmp_path: Path) -> None:
    path = _interlaced(tmp_path / "a.mp4", count=60)
    pieces = plan(path, segment_s=1, within=ALL).stretches
    assert len(pieces) == 3
    whole, parts = _frames(path), [frame for piece in pieces for frame in _frames(path, piece)]
    assert [frame.time_s for frame in parts] == [frame.time_s for frame in whole]
    assert all(np.array_equal(mine.image, theirs.image) for mine, theirs in zip(parts, whole, strict=True))


@pytest.mark.parametrize(
    "combed",
    [
        pytest.param([False] * 4, id="never"),
        pytest.param([True] * 4, id="always"),
        pytest.param([True], id="a single frame"),
        pytest.param([False, True, True, False, True], id="now and then"),
    ],
)
def test_every_frame_comes_out_once_and_in_order(tmp_path: Path, combed: Sequence[bool]) -> None:
    woven, plain = tmp_path / "woven.mp4", tmp_path / "plain.mp4"
    make_clip(plain, times_s=even_times(12), sound=None)
    with av.open(str(_interlaced(woven))) as one, av.open(str(plain)) as other:
        pairs = list(zip(other.decode(video=0), one.decode(video=0), strict=True))
    frames = [pair[interlaced] for pair, interlaced in zip(pairs, combed, strict=False)]
    for index, frame in enumerate(frames):
        frame.pts, frame.time_base = 7 * index, Fraction(1, 90)
    made = list(deinterlaced(iter(frames)))
    assert [frame.pts for frame in made] == [7 * index for index in range(len(combed))]
    assert {frame.time_base for frame in made} == {Fraction(1, 90)}


def test_the_default_of_several_sounds_is_played(tmp_path: Path) -> None:
    path = tmp_path / "film.mkv"
    with av.open(str(path), "w") as output:
        video: Any = output.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 160, 120, "yuv420p"
        sounds = [output.add_stream("aac", rate=48_000) for _ in range(2)]
        for sound, channels in zip(sounds, ("mono", "stereo"), strict=True):
            sound.layout = channels
        sounds[0].disposition = av.stream.Disposition.comment
        sounds[1].disposition = av.stream.Disposition.default
        frame = av.VideoFrame.from_ndarray(numbered_image(0), format="rgb24")
        output.mux([*video.encode(frame), *video.encode(None)])
        for sound in sounds:
            samples = np.zeros((1, 1024 * sound.layout.nb_channels), np.int16)
            silence = av.AudioFrame.from_ndarray(samples, format="s16", layout=sound.layout.name)
            silence.sample_rate, silence.pts, silence.time_base = 48_000, 0, Fraction(1, 48_000)
            output.mux([*sound.encode(silence), *sound.encode(None)])
    with open_input(path) as container:
        chosen = sound_stream(container)
        assert chosen is not None
        assert chosen.channels == 2


def test_an_edit_list_cuts_off_the_start(tmp_path: Path) -> None:
    # As phones write it when a person trims a video: the frames before are in the file, and are not to be shown.
    path = make_clip(
        tmp_path / "a.mp4", times_s=even_times(50), sound=None, codec_options={"preset": "fast", "g": "10"}
    )
    trimmed = _trimmed(path, first_s=0.6)
    frames = _frames(trimmed)
    assert [number_in(frame.image) for frame in frames] == list(range(15, 50))
    assert [frame.time_s for frame in frames] == pytest.approx(even_times(35), abs=1e-4)
    pieces = plan(trimmed, segment_s=1, within=ALL).stretches
    parts = [frame for piece in pieces for frame in _frames(trimmed, piece)]
    assert [(frame.time_s, number_in(frame.image)) for frame in parts] == [
        (frame.time_s, number_in(frame.image)) for frame in frames
    ]


def _trimmed(path: Path, *, first_s: float) -> Path:
    """A copy whose edit list begins later: its media time, in ticks of the media's clock, is changed in place."""
    data = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        ticks = round(first_s / float(container.streams.video[0].time_base))
    place = data.index(b"elst") + 4
    assert data[place : place + 8] == bytes(7) + b"\x01"
    media_time = int.from_bytes(data[place + 12 : place + 16], "big")
    data[place + 12 : place + 16] = (media_time + ticks).to_bytes(4, "big")
    copy = path.with_name("trimmed.mp4")
    copy.write_bytes(data)
    return copy


def test_a_length_that_nobody_wrote_down(tmp_path: Path) -> None:
    path = make_clip(
        tmp_path / "a.webm", times_s=even_times(60), codec="libvpx", sound="opus", muxer_options={"live": "1"}
    )
    assert probe(path).duration_s == 0
    planned = plan(path, segment_s=1, within=ALL)
    assert planned.duration_s == pytest.approx(2.4, abs=0.05)
    parts = [frame for piece in planned.stretches for frame in _frames(path, piece)]
    assert [number_in(frame.image) for frame in parts] == list(range(60))


@pytest.mark.parametrize(
    ("name", "options", "times_s", "begins"),
    [
        pytest.param("a.mp4", {"g": "5"}, even_times(100), [0, 1, 2, 3], id="keyframes everywhere"),
        pytest.param("a.mp4", {"g": "30"}, even_times(125), [0, 1, 3], id="keyframes less often than spans"),
        pytest.param(
            "a.mp4", {"g": "999"}, even_times(100), [0, 1], id="a single keyframe: half of decoding for nothing"
        ),
        pytest.param(
            "a.mp4", {"g": "5"}, [*even_times(25), *even_times(25, start_s=7)], [0, 7], id="a pause: no empty piece"
        ),
        pytest.param("a.mp4", {"g": "5"}, [0.0], [0], id="one frame"),
        pytest.param("a.ts", {"g": "5"}, even_times(100), [0], id="a container without an index"),
    ],
)
def test_pieces(tmp_path: Path, name: str, options: dict[str, str], times_s: list[float], begins: list[float]) -> None:
    path = make_clip(
        tmp_path / name, times_s=times_s, sound=None, codec_options={"preset": "fast", "sc_threshold": "0", **options}
    )
    pieces = plan(path, segment_s=1, within=ALL).stretches
    assert [piece.begin_s for piece in pieces] == begins
    assert all(earlier.end_s == later.begin_s for earlier, later in itertools.pairwise(pieces))
    assert sum(piece.frames for piece in pieces) == len(times_s)
    counted = [len(_frames(path, piece)) for piece in pieces]
    assert counted == [piece.frames for piece in pieces]


def test_a_range_begins_at_its_own_zero(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", times_s=even_times(100), codec_options={"preset": "fast", "g": "5"})
    chosen = Range(1.5, 3.0)
    planned = plan(path, segment_s=1, within=chosen)
    assert planned.stretches[0].seek is not None
    parts = [frame for piece in planned.stretches for frame in _frames(path, piece, chosen)]
    whole = _frames(path, range_=chosen)
    assert [(frame.time_s, number_in(frame.image)) for frame in parts] == [
        (frame.time_s, number_in(frame.image)) for frame in whole
    ]
    assert [number_in(frame.image) for frame in whole] == list(range(38, 75))
    assert whole[0].time_s == pytest.approx(0.02)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        pytest.param("a.mp4", {"muxer_options": {"movflags": "faststart"}}, id="index in front"),
        pytest.param("a.mp4", {"muxer_options": {"movflags": "frag_keyframe+empty_moov"}}, id="in fragments"),
        pytest.param("a.mp4", {"muxer_options": {"movflags": "cmaf+dash"}}, id="in fragments, as for streaming"),
        pytest.param("a.mkv", {"muxer_options": {"live": "1"}}, id="no index at all"),
        pytest.param("a.mkv", {"muxer_options": {"cluster_time_limit": "5000"}}, id="mkv in long clusters"),
        pytest.param("a.mov", {"sound": "pcm"}, id="mov"),
    ],
)
def test_pieces_are_the_whole_in_any_container(tmp_path: Path, name: str, options: dict[str, Any]) -> None:
    encoder = {"preset": "fast", "g": "7", "x264-params": "open-gop=1"}
    path = make_clip(tmp_path / name, times_s=even_times(100), codec_options=encoder, **options)
    pieces = plan(path, segment_s=1, within=ALL).stretches
    # Fragments begin as late as B-frames delay the first, which may be enough for a fifth.
    assert len(pieces) in (4, 5)
    whole, parts = _frames(path), [frame for piece in pieces for frame in _frames(path, piece)]
    assert [(frame.time_s, frame.image.tobytes()) for frame in parts] == [
        (frame.time_s, frame.image.tobytes()) for frame in whole
    ]


def test_an_index_that_lies_costs_only_time(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", times_s=even_times(100), codec_options={"preset": "fast", "g": "10"})
    last = plan(path, segment_s=1, within=ALL).stretches[-1]
    for stamp in (-(10**9), 1):
        lying = Stretch(last.begin_s, last.end_s, seek=stamp, frames=last.frames)
        assert [number_in(frame.image) for frame in _frames(path, lying)] == [*range(75, 100)]
