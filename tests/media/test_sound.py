import itertools
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from clips import cut_short, even_times, first_beep_s, garbled, make_clip

from emotion.media.probe import probe
from emotion.media.read import open_video
from emotion.media.write import VideoWriter


def _rewrite(source: Path, sound: Path | None = None) -> Path:
    """What the product does: every frame of ``source`` written anew, with sound."""
    path = source.with_name(f"out-{source.name}.mp4")
    with open_video(source) as video:
        writer = VideoWriter(
            path,
            width=video.info.width,
            height=video.info.height,
            frame_rate=video.info.frame_rate,
            preset="ultrafast",
            crf=30,
            sound=sound or source,
        )
        with writer:
            for frame in video.frames():
                writer.write(frame.image, frame.time_s)
    return path


def _sound(path: Path) -> tuple[str, int, list[bytes]]:
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        data = [bytes(packet) for packet in container.demux(stream) if packet.size]
        return stream.codec.canonical_name, stream.channels, data


@pytest.mark.parametrize(
    ("name", "options", "codec", "copied"),
    [
        pytest.param("a.mp4", {"sound": "aac"}, "aac", True, id="aac in mp4"),
        pytest.param("a.mkv", {"sound": "aac"}, "aac", True, id="aac in mkv"),
        pytest.param("a.ts", {"sound": "aac"}, "aac", False, id="aac in ts, without its ADTS headers"),
        pytest.param("a.mp4", {"sound": "mp3"}, "mp3", True, id="mp3 in mp4"),
        pytest.param("a.mkv", {"sound": "opus"}, "opus", True, id="opus in mkv"),
        pytest.param("a.webm", {"sound": "opus", "codec": "libvpx"}, "opus", True, id="opus in webm"),
        pytest.param("a.mkv", {"sound": "flac"}, "flac", True, id="flac in mkv"),
        pytest.param("a.mov", {"sound": "pcm", "channels": 2}, "aac", False, id="pcm in mov"),
        pytest.param("a.avi", {"sound": "pcm", "codec": "mpeg4"}, "aac", False, id="pcm in avi"),
        pytest.param("a.mkv", {"sound": "ac3", "channels": 6}, "aac", False, id="ac3 surround"),
    ],
)
def test_sound_goes_along(tmp_path: Path, name: str, options: dict[str, Any], codec: str, copied: bool) -> None:
    source = make_clip(tmp_path / name, times_s=even_times(25), **options)
    path = _rewrite(source)
    before, after = _sound(source), _sound(path)
    assert after[0] == codec
    assert after[1] == min(options.get("channels", 1), 2)
    assert (before[2] == after[2]) is copied
    assert probe(path).duration_s == pytest.approx(1.0, abs=0.06)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.mov"])
@pytest.mark.parametrize(
    ("pictures_s", "sound_s"),
    [
        pytest.param(0.0, 0.0, id="together"),
        pytest.param(0.0, 0.3, id="pictures first"),
        pytest.param(0.4, 0.0, id="sound first"),
        pytest.param(0.4, 0.9, id="both late"),
    ],
)
def test_sound_stays_in_step(tmp_path: Path, name: str, pictures_s: float, sound_s: float) -> None:
    sound = "pcm" if name.endswith("mov") else "aac"
    times_s = even_times(10, start_s=pictures_s)
    source = make_clip(tmp_path / name, times_s=times_s, sound=sound, sound_start_s=sound_s, sound_s=0.5)
    path = _rewrite(source)
    with open_video(path) as video:
        picture_s = next(video.frames()).time_s
    # Matroska rounds to milliseconds, and encoding anew smears the beep's edge by less than two.
    with av.open(str(path)) as container:
        heard_s = first_beep_s(path) - max(0, (container.start_time or 0) / av.time_base)
    assert heard_s - picture_s == pytest.approx(sound_s - pictures_s, abs=0.003)


def test_longer_sound_is_kept(tmp_path: Path) -> None:
    path = _rewrite(make_clip(tmp_path / "a.mp4", times_s=even_times(10), sound_s=3.0))
    assert probe(path).duration_s == pytest.approx(3.0, abs=0.05)


def test_shorter_sound_ends(tmp_path: Path) -> None:
    path = _rewrite(make_clip(tmp_path / "a.mp4", times_s=even_times(50), sound_s=0.5))
    assert probe(path).frames == 50


def test_interleaved_for_streaming(tmp_path: Path) -> None:
    path = _rewrite(make_clip(tmp_path / "a.mp4", times_s=even_times(100)))
    with av.open(str(path)) as container:
        packets: list[Any] = [packet for packet in container.demux() if packet.size]
        packets.sort(key=lambda packet: packet.pos)
        times_s = [float(packet.dts * packet.time_base) for packet in packets]
    assert max(abs(later - earlier) for earlier, later in itertools.pairwise(times_s)) < 0.5


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda path: cut_short(path, 0.5), id="cut off"),
        pytest.param(lambda path: garbled(path, 0.3, 0.6), id="a hole"),
        pytest.param(lambda path: garbled(path, 0.2, 1.0), id="mostly noise"),
    ],
)
@pytest.mark.parametrize("sound", ["aac", "opus", "ac3"])
def test_broken_sound_does_not_harm_the_pictures(tmp_path: Path, harm: Any, sound: str) -> None:
    pictures = make_clip(tmp_path / "pictures.mp4", times_s=even_times(50), sound=None)
    broken = harm(make_clip(tmp_path / "a.mkv", times_s=even_times(50), size=(16, 16), sound=sound))
    path = _rewrite(pictures, sound=broken)
    with open_video(path) as video:
        assert [frame.time_s for frame in video.frames()] == pytest.approx(even_times(50), abs=1e-5)


@pytest.mark.parametrize("name", ["silent.mp4", "missing.mp4", "text.mp4"])
def test_no_sound_is_no_error(tmp_path: Path, clip: Path, name: str) -> None:
    source = tmp_path / name
    if name == "silent.mp4":
        make_clip(source, times_s=even_times(3), sound=None)
    elif name == "text.mp4":
        source.write_text("no video")
    assert not probe(_rewrite(clip, sound=source)).has_sound


def test_loudness_survives_encoding_anew(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "a.mov", times_s=even_times(50), sound="pcm")
    assert _power(_rewrite(source)) == pytest.approx(_power(source), rel=0.1)


def _power(path: Path) -> float:
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray().astype(float) for frame in container.decode(audio=0)]
    samples = np.concatenate([part.ravel() for part in frames])
    return float((samples / (32_768 if np.abs(samples).max() > 2 else 1)).std())
