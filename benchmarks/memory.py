"""(e) The memory that a long video takes, against a short one."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from harness import Bench, run_analyze, say, scratch
from records import Must, record

MUST = Must(1.15, "≤")
SIZE, RATE, FACE_PX = (160, 120), 10, 64


def measure(bench: Bench) -> Iterator[dict[str, Any]]:
    """Peak memory of ``analyze`` on the longest video by that on the shortest; one run each, as memory is no noise."""
    with scratch() as name:
        folder = Path(name)
        peaks: dict[float, float] = {}
        speeds: dict[float, float] = {}
        for minutes in sorted(bench.minutes):
            clip = long_clip(folder, minutes)
            ran = run_analyze(clip, folder / f"out-{minutes}")
            peaks[minutes], speeds[minutes] = ran.peak_mib, minutes * 60 * RATE / ran.wall_s
            say(f"    {minutes:g} minutes: {ran.peak_mib:.0f} MiB")
    first, last = min(peaks), max(peaks)
    yield record(
        "e",
        f"peak memory of {last:g} minutes against {first:g}",
        peaks[last] / peaks[first],
        "×",
        MUST,
        mib={f"{minutes:g}": peak for minutes, peak in peaks.items()},
        frames_per_s={f"{minutes:g}": speed for minutes, speed in speeds.items()},
        video=f"{SIZE[0]}×{SIZE[1]}, {RATE} frames/s, one face, sound",
    )


def long_clip(folder: Path, minutes: float) -> Path:
    """A moving face for so long: one minute at most is encoded, and its packets are repeated."""
    import clips

    part_s = min(minutes, 1) * 60
    part = folder / f"part-{part_s:g}.mp4"
    if not part.exists():
        clips.make_face_clip(part, count=round(part_s * RATE), rate=RATE, size=SIZE, face_px=FACE_PX)
    return _repeated(
        part, folder / f"long-{minutes:g}.mp4", Fraction(part_s).limit_denominator(1000), round(minutes * 60 / part_s)
    )


def _repeated(source: Path, target: Path, length_s: Fraction, times: int) -> Path:
    with av.open(str(source)) as part, av.open(str(target), "w") as whole:
        streams = {stream.index: whole.add_stream_from_template(stream) for stream in part.streams}
        for turn in range(times):
            part.seek(0)
            for packet in part.demux():
                # AAC begins a little before zero and ends a little late: what sticks out would overlap the next turn.
                if packet.dts is None or packet.pts is None:
                    continue
                if packet.pts < 0 or (packet.pts + (packet.duration or 0)) * packet.time_base > length_s:
                    continue
                shift = round(turn * length_s / packet.time_base)
                packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                packet.stream = streams[packet.stream.index]
                whole.mux(packet)
    return target
