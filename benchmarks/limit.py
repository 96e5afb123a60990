"""(b) A whole recording with all artefacts, against what the codecs alone take."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.video.frame import PictureType, VideoFrame
from harness import Bench, median, run_analyze, scratch
from records import Must, record

from emotion.jobs.artefacts import ANNOTATED_MP4, MERGED_MP4, SUMMARY_JSON
from emotion.media.probe import probe
from emotion.media.write import ENCODER, ENCODER_OPTIONS, MUXER_OPTIONS, TICKS
from emotion.settings import Settings

MUST = Must(0.6)
VIDEOS = (ANNOTATED_MP4, MERGED_MP4)
NOTE = (
    "the limit: the clip decoded once and both videos encoded from memory, each in a thread of its own beside x264's; "
    "no analysis, drawing, colours, sound or start of a process. Ours: the whole process"
)


def measure(bench: Bench) -> Iterator[dict[str, Any]]:
    """Seconds of the limit by seconds of ours, turn by turn."""
    settings = Settings.load()
    limits: list[float] = []
    limits_cpu: list[float] = []
    in_turn: list[float] = []
    wholes: list[float] = []
    wholes_cpu: list[float] = []
    inner: list[float] = []
    with scratch() as name:
        folder = Path(name)
        # Rate factor 0 is lossless: what comes out of these files is to the bit what went into the encoders.
        run_analyze(bench.clip, folder / "exact", EMOTION_VIDEO_CRF="0")
        pictures = [_frames(_result(folder / "exact") / video) for video in VIDEOS]
        for _ in range(bench.runs):
            in_turn.append(codecs(bench.clip, pictures, folder, settings, threads=1).wall_s)
            spent = codecs(bench.clip, pictures, folder, settings)
            limits.append(spent.wall_s)
            limits_cpu.append(spent.cpu_s)
            ran = run_analyze(bench.clip, folder / "ours")
            wholes.append(ran.wall_s)
            wholes_cpu.append(ran.cpu_s)
            inner.append(json.loads((_result(folder / "ours") / SUMMARY_JSON).read_text())["seconds_taken"])
        same = [_video_bytes(folder / video) / _video_bytes(_result(folder / "ours") / video) for video in VIDEOS]
    ratios = [least / whole for least, whole in zip(limits, wholes, strict=True)]
    yield record(
        "b",
        "`analyze` against the codecs alone",
        median(ratios),
        "of the limit",
        MUST,
        spread=[min(ratios), max(ratios)],
        without_start=median([least / taken for least, taken in zip(limits, inner, strict=True)]),
        in_turn=median([least / whole for least, whole in zip(in_turn, wholes, strict=True)]),
        by_cpu_time=median([least / whole for least, whole in zip(limits_cpu, wholes_cpu, strict=True)]),
        limit_s=median(limits),
        ours_process_s=median(wholes),
        ours_without_start_s=median(inner),
        preset=settings.video_preset,
        crf=settings.video_crf,
        bytes_of_limit_by_ours=same,
        note=NOTE,
    )


@dataclass(frozen=True, slots=True)
class Spent:
    wall_s: float
    cpu_s: float


def codecs(
    clip: Path, pictures: Sequence[Sequence[VideoFrame]], folder: Path, settings: Settings, *, threads: int = 3
) -> Spent:
    """Decodes ``clip`` and encodes ``pictures``, so many of the three at the same time."""
    rate = Fraction(probe(clip).frame_rate).limit_denominator(100_000)
    began, began_cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(threads) as pool:
        work = [pool.submit(_decode, clip)]
        for video, frames in zip(VIDEOS, pictures, strict=True):
            work.append(pool.submit(_encode, folder / video, frames, rate, settings))
    for one in work:
        one.result()
    return Spent(time.perf_counter() - began, time.process_time() - began_cpu)


def _decode(clip: Path) -> None:
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for _ in container.decode(stream):
            pass


def _encode(path: Path, frames: Sequence[VideoFrame], rate: Fraction, settings: Settings) -> None:
    """As emotion.media.write does it, less the sound, the change of colours and their names in the header."""
    options = {"preset": settings.video_preset, "crf": str(settings.video_crf), **ENCODER_OPTIONS}
    with av.open(str(path), "w", format="mp4", container_options=MUXER_OPTIONS) as output:
        stream = output.add_stream(ENCODER, rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt = frames[0].width, frames[0].height, "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, TICKS)
        for frame in frames:
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))


def _frames(path: Path) -> list[VideoFrame]:
    """All frames, fit to be encoded again: with times on the writer's clock, and free to be of any type."""
    frames = []
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            frame.pts = round(frame.pts * frame.time_base * TICKS)
            frame.time_base = Fraction(1, TICKS)
            frame.pict_type = PictureType.NONE
            frames.append(frame)
    return frames


def _video_bytes(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(packet.size for packet in container.demux(video=0))


def _result(folder: Path) -> Path:
    return next(folder.iterdir())
