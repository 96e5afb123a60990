import os
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from clips import cut_short, even_times, make_clip

from emotion.errors import UnreadableVideo
from emotion.media.geometry import AS_STORED, Geometry
from emotion.media.planes import Matrix
from emotion.media.probe import VideoInfo, probe

RECORDED = {"codec": "libvpx", "sound": "opus", "muxer_options": {"live": "1"}}


def test_everything_about_a_clip(clip: Path) -> None:
    assert probe(clip) == VideoInfo(
        name="clip.mp4",
        width=160,
        height=120,
        duration_s=0.4,
        frames=10,
        frame_rate=25.0,
        codec="h264",
        rotation_deg=0,
        has_sound=True,
        matrix=Matrix.BT601,
        geometry=Geometry(160, 120, AS_STORED),
    )


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        pytest.param("a.mkv", {"sound": None}, {"has_sound": False, "frames": 10}, id="no sound, count estimated"),
        pytest.param("a.mp4", {"rotation": 90}, {"width": 120, "height": 160, "rotation_deg": 90}, id="phone"),
        pytest.param("a.mp4", {"pixel_aspect": Fraction(4, 3)}, {"width": 213, "height": 120}, id="wide pixels"),
        pytest.param("a.mp4", {"pixel_aspect": Fraction(1, 2)}, {"width": 160, "height": 240}, id="tall pixels"),
        pytest.param("a.mp4", {"pixel_aspect": Fraction(99)}, {"width": 160, "height": 120}, id="absurd pixels"),
        pytest.param("a.webm", {"codec": "libvpx", "sound": "opus"}, {"codec": "vp8"}, id="webm"),
        pytest.param("a.webm", RECORDED, {"duration_s": 0.0, "frames": 0}, id="browser's recording does not say"),
        pytest.param("a.mp4", {"size": (161, 121)}, {"width": 161, "height": 121}, id="odd size"),
        pytest.param("a.mp4", {"times_s": [0.0]}, {"frames": 1, "frame_rate": 25.0}, id="one frame"),
        pytest.param("🙂 ünï.mp4", {}, {"name": "🙂 ünï.mp4"}, id="name in other scripts"),
        pytest.param("data:x.mp4", {}, {"name": "data:x.mp4"}, id="name like an address"),
    ],
)
def test_facts(tmp_path: Path, name: str, options: dict[str, Any], expected: dict[str, Any]) -> None:
    info = probe(make_clip(tmp_path / name, **{"times_s": even_times(10), **options}))
    assert {key: getattr(info, key) for key in expected} == expected


def test_relative_path(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(clip.parent)
    assert probe(Path("clip.mp4")).frames == 10


def _missing(folder: Path) -> Path:
    return folder / "bad.mp4"


def _folder(folder: Path) -> Path:
    (folder / "bad.mp4").mkdir()
    return folder / "bad.mp4"


def _with(data: bytes) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / "bad.mp4").write_bytes(data)
        return folder / "bad.mp4"

    return write


def _cut_mp4(folder: Path) -> Path:
    path = make_clip(folder / "whole.mp4", times_s=even_times(10))
    return cut_short(path, 0.6).rename(folder / "bad.mp4")


def _sound_only(folder: Path) -> Path:
    return make_clip(folder / "bad.mp4", times_s=[])


def _cover_art(folder: Path) -> Path:
    path = folder / "bad.mp3"
    with av.open(str(path), "w") as output:
        sound = output.add_stream("libmp3lame", rate=48_000)
        cover = output.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 32, 32, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        picture = av.VideoFrame(32, 32, "yuvj420p")
        frame = av.AudioFrame("s16p", "stereo", 1152)
        # Their memory comes as it is, and what is in it decides what the file looks like.
        for plane in (*picture.planes, *frame.planes):
            plane.update(bytes(plane.buffer_size))
        output.mux(cover.encode(picture))
        frame.sample_rate = 48_000
        output.mux(sound.encode(frame))
        output.mux(sound.encode(None))
    return path


def _pictures_of_nothing(folder: Path) -> Path:
    path = make_clip(folder / "bad.mp4", times_s=even_times(5), sound=None)
    data = bytearray(path.read_bytes())
    start = data.index(b"mdat") + 4
    stop = data.index(b"moov") - 4
    data[start:stop] = bytes(stop - start)
    path.write_bytes(data)
    return path


def _far_too_wide(folder: Path) -> Path:
    return make_clip(folder / "bad.mkv", times_s=[0.0], size=(8208, 16), sound=None)


def _no_permission(folder: Path) -> Path:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    path = make_clip(folder / "bad.mp4", times_s=[0.0])
    path.chmod(0)
    return path


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(_missing, "does not exist", id="missing"),
        pytest.param(_folder, "is a folder", id="folder"),
        pytest.param(lambda _: Path(os.devnull), "no regular file", id="device"),
        pytest.param(_with(b""), "is empty", id="empty"),
        pytest.param(_with(b"Dear diary,\n" * 500), "no video that can be read", id="text"),
        pytest.param(_with(b"#EXTM3U\n#EXTINF:1,\nother.ts\n"), "no video that can be read", id="playlist"),
        pytest.param(_with(b"ffconcat version 1.0\nfile other.mp4\n"), "no video that can be read", id="list of files"),
        pytest.param(_with(bytes(10_000)), "no video that can be read", id="zeros"),
        pytest.param(_cut_mp4, "its index is missing", id="truncated mp4"),
        pytest.param(_sound_only, "has no pictures", id="sound only"),
        pytest.param(_cover_art, "has no pictures", id="cover art is no video"),
        pytest.param(_pictures_of_nothing, "No picture in", id="decodes to nothing"),
        pytest.param(_far_too_wide, "8208 x 16", id="absurd size"),
        pytest.param(_no_permission, "may not be read", id="no permission"),
    ],
)
def test_bad_input_gets_one_sentence(tmp_path: Path, make: Callable[[Path], Path], words: str) -> None:
    path = make(tmp_path)
    with pytest.raises(UnreadableVideo) as caught:
        probe(path)
    message = str(caught.value)
    assert words in message
    assert f"'{path.name}'" in message
    assert str(tmp_path) not in message
    assert message.endswith(".")
