"""Files that are broken, or made to break us: each gets one sentence within seconds, or frames that make sense."""

from __future__ import annotations

import functools
import io
import itertools
import os
import struct
import tempfile
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from clips import cut_short, even_times, make_clip
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image as Pictures

from emotion.errors import InputError
from emotion.media.join import join
from emotion.media.plan import Plan, plan
from emotion.media.read import open_video
from emotion.media.stretch import ALL
from emotion.media.write import VideoWriter

SOON_S = 10.0
HUGE = 30_000

CONTAINERS: dict[str, dict[str, Any]] = {
    "mp4": {},
    "fragmented.mp4": {"muxer_options": {"movflags": "frag_keyframe+empty_moov"}},
    "mov": {"sound": "pcm"},
    "mkv": {"sound": "opus"},
    "webm": {"codec": "libvpx", "sound": "opus"},
    "vp9.webm": {"codec": "libvpx-vp9", "sound": "opus"},
    "av1.webm": {"codec": "libsvtav1", "sound": "opus"},
    "avi": {"codec": "mpeg4", "sound": "pcm"},
    "mjpeg.avi": {"codec": "mjpeg", "pix_fmt": "yuvj420p", "sound": "pcm"},
    "ts": {},
    "mpg": {"codec": "mpeg2video", "sound": "mp3"},
    "flv": {},
}


@functools.cache
def good(kind: str) -> bytes:
    """A small clip with sound, as a file of this kind."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"clip.{kind}"
        make_clip(path, times_s=even_times(20), size=(64, 48), **CONTAINERS[kind])
        return path.read_bytes()


def look(path: Path) -> str | int:
    """Reads all there is, as an analysis does: the sentence, or how many frames came."""
    began = time.monotonic()
    try:
        planned = plan(path, segment_s=1, within=ALL)
        outcome: str | int = _read(path, planned)
    except InputError as error:
        outcome = str(error)
        assert outcome.endswith(".")
        assert str(path.parent) not in outcome
        assert path.name in outcome
    assert time.monotonic() - began < SOON_S
    return outcome


def _read(path: Path, planned: Plan) -> int:
    times: list[float] = []
    with open_video(path) as video:
        for stretch in planned.stretches:
            for frame in video.frames(of=stretch):
                assert frame.image.shape == (video.info.height, video.info.width, 3)
                times.append(frame.time_s)
    assert all(later > earlier for earlier, later in itertools.pairwise(times))
    assert all(0 <= time_s < 1e9 for time_s in times)
    return len(times)


@pytest.mark.parametrize("kind", CONTAINERS)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.98])
def test_cut_off(tmp_path: Path, kind: str, share: float) -> None:
    path = tmp_path / f"clip.{kind}"
    path.write_bytes(good(kind))
    assert look(path) == 20
    outcome = look(cut_short(path, share))
    assert isinstance(outcome, str) or outcome <= 20


@given(
    kind=st.sampled_from(sorted(CONTAINERS)),
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=12),
    in_header=st.booleans(),
)
@hypothesis_settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_flipped_bits(kind: str, flips: list[tuple[float, int]], in_header: bool) -> None:
    data = bytearray(good(kind))
    # Half of the time where lengths and sizes stand.
    size = min(len(data), 600) if in_header else len(data)
    for place, bits in flips:
        data[int(place * size)] ^= bits
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"clip.{kind}"
        path.write_bytes(data)
        look(path)


@given(
    st.binary(max_size=400), st.sampled_from([b"", b"\x00\x00\x00\x18ftypmp42", b"\x1aE\xdf\xa3", b"RIFF", b"FLV\x01"])
)
@hypothesis_settings(max_examples=100, deadline=None)
def test_any_bytes(data: bytes, head: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "noise.mp4"
        path.write_bytes(head + data)
        look(path)


@pytest.mark.parametrize("name", ["clip.avi", "clip.txt", "clip", "clip.mp3", "clip.m3u8", "clip.jpg"])
def test_a_wrong_ending_does_not_matter(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(good("mkv"))
    assert look(path) == 20


def _jpeg(width: int, height: int) -> bytes:
    """A small picture that claims to be large."""
    file = io.BytesIO()
    Pictures.new("RGB", (64, 64), (200, 10, 10)).save(file, "JPEG")
    data = bytearray(file.getvalue())
    place = data.index(b"\xff\xc0") + 5
    data[place : place + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(10**6)))
        + chunk(b"IEND", b"")
    )


def _wrapped(picture: bytes, codec: str) -> Callable[[Path], None]:
    """A file whose header says 64 x 64, and whose pictures say otherwise."""

    def write(path: Path) -> None:
        with av.open(str(path), "w") as output:
            stream: Any = output.add_stream(codec, rate=25)
            stream.width = stream.height = 64
            stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "rgb24"
            output.start_encoding()
            for index in range(3):
                packet = av.Packet(picture)
                packet.stream, packet.pts, packet.dts, packet.time_base = stream, index, index, stream.time_base
                packet.is_keyframe = True
                output.mux(packet)

    return write


def _gif(path: Path) -> None:
    Pictures.new("P", (64, 64)).save(path, save_all=True, append_images=[Pictures.new("P", (64, 64), 3)])
    data = bytearray(path.read_bytes())
    data[6:10] = struct.pack("<HH", HUGE, HUGE)
    path.write_bytes(data)


def _raw(path: Path) -> None:
    path.write_bytes(f"YUV4MPEG2 W{HUGE} H{HUGE} F25:1 C420jpeg\nFRAME\n".encode() + bytes(1000))


def _claiming(field: bytes, offset: int, value: bytes) -> Callable[[Path], None]:
    """An mp4 in which every box of one kind holds ``value`` at a place."""

    def write(path: Path) -> None:
        data = bytearray(good("mp4"))
        place = data.find(field)
        assert place > 0
        while place > 0:
            data[place + offset : place + offset + len(value)] = value
            place = data.find(field, place + 1)
        path.write_bytes(data)

    return write


@pytest.mark.parametrize(
    ("name", "write"),
    [
        pytest.param("a.mjpeg", lambda path: path.write_bytes(_jpeg(HUGE, HUGE) * 5), id="motion jpeg"),
        pytest.param("a.avi", _wrapped(_jpeg(HUGE, HUGE), "mjpeg"), id="jpeg in avi"),
        pytest.param("a.mkv", _wrapped(_jpeg(HUGE, HUGE), "mjpeg"), id="jpeg in mkv"),
        pytest.param("a.mov", _wrapped(_png(HUGE, HUGE), "png"), id="png in mov"),
        pytest.param("a.mov", _wrapped(_png(9000, 9000), "png"), id="png that is a little too large"),
        pytest.param("a.gif", _gif, id="gif"),
        pytest.param("a.y4m", _raw, id="raw pictures"),
        pytest.param("a.mp4", _claiming(b"avc1", 28, struct.pack(">HH", HUGE, HUGE)), id="mp4's own header"),
    ],
)
def test_pictures_that_claim_to_be_huge(tmp_path: Path, name: str, write: Callable[[Path], Any]) -> None:
    write(tmp_path / name)
    before = _peak_mb()
    outcome = look(tmp_path / name)
    # The mp4's stream says again how large its pictures are, and is believed.
    assert isinstance(outcome, str) or outcome == 20
    assert _peak_mb() - before < 300


def _peak_mb() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(_claiming(b"mvhd", 16, struct.pack(">II", 1, 2**32 - 1)), id="the film lasts 136 years"),
        pytest.param(_claiming(b"mdhd", 16, struct.pack(">II", 1, 2**32 - 1)), id="a tick is a second"),
        pytest.param(_claiming(b"mdhd", 16, struct.pack(">II", 0, 0)), id="a tick is nothing"),
        pytest.param(_claiming(b"stts", 8, struct.pack(">II", 20, 2**31 - 1)), id="a frame lasts 6 hours"),
        pytest.param(_claiming(b"stsz", 12, struct.pack(">I", 2**32 - 1)), id="four thousand million frames"),
        pytest.param(_claiming(b"tkhd", 16, struct.pack(">II", 0, 0)), id="a track without a number"),
    ],
)
def test_claims_about_time(tmp_path: Path, write: Callable[[Path], None]) -> None:
    write(tmp_path / "a.mp4")
    outcome = look(tmp_path / "a.mp4")
    assert isinstance(outcome, str) or outcome <= 20


def test_a_stamp_years_ahead(tmp_path: Path) -> None:
    years_s = 20 * 365 * 86_400.0
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as output:
        stream: Any = output.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuvj420p"
        output.start_encoding()
        file = io.BytesIO()
        Pictures.new("RGB", (64, 64)).save(file, "JPEG", subsampling=2)
        for index, time_s in enumerate([*even_times(10), years_s, years_s + 0.04]):
            packet = av.Packet(file.getvalue())
            packet.stream, packet.time_base, packet.is_keyframe = stream, stream.time_base, True
            packet.pts = packet.dts = round(time_s / stream.time_base)
            assert index < 12
            output.mux(packet)
    with open_video(path) as video:
        times = [frame.time_s for frame in video.frames()]
    assert len(times) == 12
    assert times[-1] < 1
    assert len(plan(path, segment_s=1, within=ALL).stretches) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_that_never_ends(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "live.mp4")
    assert "no regular file" in str(look(tmp_path / "live.mp4"))


def test_a_link_to_an_endless_device(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").symlink_to("/dev/zero")
    assert "no regular file" in str(look(tmp_path / "a.mp4"))


def test_garbage_without_end_is_given_up(tmp_path: Path) -> None:
    # Pictures that cannot be decoded, for as long as a film: the search for the first good one ends.
    path = tmp_path / "a.avi"
    with av.open(str(path), "w") as output:
        stream: Any = output.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuvj420p"
        output.start_encoding()
        for index in range(6000):
            packet = av.Packet(b"\xff\xd8garbage" * 20)
            packet.stream, packet.pts, packet.dts, packet.time_base = stream, index, index, stream.time_base
            output.mux(packet)
    assert "No picture" in str(look(path))


def _changed(kind: str, field: bytes, offset: int, value: bytes) -> Callable[[Path], None]:
    """A good file of this kind in which ``value`` stands behind the first ``field``."""

    def write(path: Path) -> None:
        data = bytearray(good(kind))
        place = data.index(field) + offset
        data[place : place + len(value)] = value
        path.write_bytes(data)

    return write


@pytest.mark.parametrize(
    ("kind", "write"),
    [
        pytest.param("avi", _changed("avi", b"strh", 28, struct.pack("<II", 2**31 - 1, 1)), id="a picture in 68 years"),
        pytest.param("avi", _changed("avi", b"strh", 28, struct.pack("<II", 1, 2**31 - 1)), id="far too many a second"),
        pytest.param("avi", _changed("avi", b"strh", 28, struct.pack("<II", 0, 0)), id="no rate"),
        pytest.param("flv", _changed("flv", b"FLV", 4, b"\x01"), id="sound that was not announced"),
        pytest.param("flv", _changed("flv", b"FLV", 4, b"\x00"), id="nothing was announced"),
    ],
)
def test_headers_that_lie_are_survived(tmp_path: Path, kind: str, write: Callable[[Path], None]) -> None:
    write(tmp_path / f"a.{kind}")
    assert look(tmp_path / f"a.{kind}") == 20


@pytest.mark.parametrize("matrix", [0, 3, 8, 10, 14])
def test_colours_that_nobody_can_convert(tmp_path: Path, matrix: int) -> None:
    """The file's own words about its colours: RGB (which it is not), reserved, and three that swscale does not know."""
    path = tmp_path / "a.mkv"
    data = bytearray()
    with av.open(str(path), "w") as output:
        stream: Any = output.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuvj420p"
        stream.codec_context.colorspace = matrix
        output.start_encoding()
        file = io.BytesIO()
        Pictures.new("RGB", (64, 64), (200, 100, 50)).save(file, "JPEG", subsampling=2)
        data += file.getvalue()
        for index in range(3):
            packet = av.Packet(bytes(data))
            packet.stream, packet.pts, packet.dts, packet.time_base = stream, index, index, stream.time_base
            packet.is_keyframe = True
            output.mux(packet)
    assert look(path) == 3
    with open_video(path) as video:
        shown = next(video.frames()).image
    assert abs(shown.astype(int) - [200, 100, 50]).max() < 30


@given(
    kind=st.sampled_from(sorted(CONTAINERS)),
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=30),
)
@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_broken_sound_does_not_stop_the_pictures(kind: str, flips: list[tuple[float, int]]) -> None:
    data = bytearray(good(kind))
    for place, bits in flips:
        data[int(place * len(data))] ^= bits
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / f"clip.{kind}").write_bytes(data)
        (folder / "pictures.nut").write_bytes(_drawn())
        join([folder / "pictures.nut"], folder / f"clip.{kind}", folder / "joined.mp4", lasts=3600)
        with av.open(str(folder / "joined.mp4")) as container:
            assert sum(1 for _ in container.decode(video=0)) == 5


@functools.cache
def _drawn() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pictures.nut"
        with VideoWriter(path, width=64, height=48, frame_rate=25, preset="ultrafast", crf=30) as writer:
            for index in range(5):
                writer.write(np.full((48, 64, 3), 40 * index, np.uint8), index / 25)
        return path.read_bytes()
