"""A recording of an hour: memory stays where it was after a minute, and the sound is in step to the end."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from clips import number_in, numbered_image

TESTS = Path(__file__).parents[1]
RATE, SOUND_RATE, SIZE = 10, 16_000, (160, 120)
# So long that both 160 pictures and 250 packets of AAC fill it exactly, and can be repeated.
LOOP_S = 16
BEEPS_S = 0.5
# One process does all tasks, as a worker does those of many jobs.
WORKER = """
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from pieces import in_pieces
from emotion.settings import Settings
chosen = Settings.load(detector="haar", every=10, video_preset="ultrafast")
planned = in_pieces(Path(sys.argv[2]), Path(sys.argv[3]), chosen)
(peak,) = [line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
print(json.dumps({"peak_kb": int(peak), "segments": planned.segments}))
"""


def long_clip(path: Path, seconds: int) -> Path:
    """Numbered pictures and two beeps a second, of which the first 16 seconds are encoded and then repeated."""
    with av.open(str(path), "w") as output:
        video: Any = output.add_stream("libx264", rate=RATE, options={"preset": "veryfast", "g": "40", "bf": "0"})
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        sound: Any = output.add_stream("aac", rate=SOUND_RATE)
        sound.layout = "mono"
        pictures, beeps = list(_pictures(video)), list(_beeps(sound))
        for number in range(seconds * RATE):
            data, is_keyframe = pictures[number % len(pictures)]
            packet = av.Packet(data)
            packet.stream, packet.time_base, packet.is_keyframe = video, Fraction(1, RATE), is_keyframe
            packet.pts = packet.dts = number
            output.mux(packet)
        for number in range(seconds * SOUND_RATE // 1024):
            packet = av.Packet(beeps[number % len(beeps)])
            packet.stream, packet.time_base = sound, Fraction(1, SOUND_RATE)
            packet.pts = packet.dts = number * 1024
            output.mux(packet)
    return path


def _pictures(stream: Any) -> Iterator[tuple[bytes, bool]]:
    for number in range(LOOP_S * RATE):
        frame = av.VideoFrame.from_ndarray(numbered_image(number, SIZE), format="rgb24")
        frame.pts, frame.time_base = number, Fraction(1, RATE)
        yield from ((bytes(packet), packet.is_keyframe) for packet in stream.encode(frame))
    yield from ((bytes(packet), packet.is_keyframe) for packet in stream.encode(None))


def _beeps(stream: Any) -> Iterator[bytes]:
    """The packets of the second of two rounds: what an encoder gives when the round goes on for ever."""
    times_s = np.arange(2 * LOOP_S * SOUND_RATE) / SOUND_RATE
    tone = (9000 * np.sin(2 * np.pi * 440 * times_s) * (times_s % BEEPS_S < 0.1)).astype(np.int16)
    packets: list[av.Packet[Any]] = []
    for start in range(0, len(tone), 1024):
        frame = av.AudioFrame.from_ndarray(tone[None, start : start + 1024], format="s16", layout="mono")
        frame.sample_rate, frame.time_base, frame.pts = SOUND_RATE, Fraction(1, SOUND_RATE), start
        packets += stream.encode(frame)
    packets += stream.encode(None)
    first = LOOP_S * SOUND_RATE
    yield from (bytes(packet) for packet in packets if first <= (packet.pts or 0) < 2 * first)


def analysed(folder: Path, seconds: int) -> dict[str, Any]:
    source = long_clip(folder / f"{seconds}.mp4", seconds)
    command = [sys.executable, "-c", WORKER, str(TESTS), str(source), str(folder / str(seconds))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="asks the system for the peak of a process's memory")
def test_an_hour(tmp_path: Path) -> None:
    minute, hour = analysed(tmp_path, 60), analysed(tmp_path, 3600)
    assert (minute["segments"], hour["segments"]) == (2, 120)
    assert hour["peak_kb"] <= 1.15 * minute["peak_kb"], (minute, hour)
    for name in ("annotated.mp4", "merged.mp4"):
        _is_in_step(tmp_path / "3600" / "results" / name)
    facts = json.loads((tmp_path / "3600" / "results" / "summary.json").read_text())
    assert facts["source"]["frames"] == 3600 * RATE
    assert facts["source"]["duration_s"] == pytest.approx(3600)


def _is_in_step(path: Path) -> None:
    """Both the pictures and the beeps of the last seconds are where they were in the source."""
    with av.open(str(path)) as container:
        container.seek(3590 * av.time_base)
        times_s: list[float] = [float(frame.time) for frame in container.decode(video=0) if frame.time >= 3590]
    assert times_s == pytest.approx([3590 + index / RATE for index in range(10 * RATE)], abs=1e-3)
    with av.open(str(path)) as container:
        container.seek(3590 * av.time_base)
        heard = [(frame.time, np.abs(frame.to_ndarray()[0])) for frame in container.decode(audio=0)]
    samples = np.concatenate([wave for time_s, wave in heard if time_s >= 3592])
    begins_s = next(time_s for time_s, _ in heard if time_s >= 3592)
    loud = np.flatnonzero(samples > 0.05)
    # The first sound after a silence is the beginning of a beep.
    beginnings = loud[1:][np.diff(loud) > 0.2 * SOUND_RATE]
    late = (begins_s + beginnings / SOUND_RATE + BEEPS_S / 2) % BEEPS_S - BEEPS_S / 2
    assert len(late) > 5
    assert np.abs(late).max() < 0.5 / RATE


def test_the_clip_itself_is_in_step(tmp_path: Path) -> None:
    with av.open(str(long_clip(tmp_path / "a.mp4", 40))) as container:
        numbers = [number_in(frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]
    assert numbers == [number % (LOOP_S * RATE) for number in range(40 * RATE)]
