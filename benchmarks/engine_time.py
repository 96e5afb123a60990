"""(c) What the engine takes for one frame of 640x480, against FER with MTCNN."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from fer_worker import FerWorker
from harness import Bench, median, percentile, scratch
from records import Must, record

from emotion.media.read import open_video
from emotion.settings import DetectorName, Settings
from emotion.types import Frame, Image
from emotion.vision.engine import Engine

SIZE = (640, 480)
MEAN, MIDDLE, WORST, FASTER = Must(6, "≤"), Must(3, "≤"), Must(30, "≤"), Must(40)
# FER gets this many frames in one go: they travel as a file of 1 MB each.
FER_FRAMES = 20


def measure(bench: Bench) -> Iterator[dict[str, Any]]:
    """Milliseconds of the engine, a fresh one per round over the whole clip, and of FER on frames spread over it."""
    settings = Settings.load(detector=DetectorName.MTCNN)
    frames = read_frames(bench.clip)
    step = max(len(frames) // min(FER_FRAMES, bench.peer_frames), 1)
    walls: list[float] = []
    cpus: list[float] = []
    theirs: list[float] = []
    ratios: list[float] = []
    with scratch() as folder, FerWorker(["mtcnn"]) as fer:
        chosen = Path(folder) / "frames.npy"
        np.save(chosen, np.stack([frame.image for frame in frames[::step]]))
        first = Path(folder) / "first.npy"
        np.save(first, frames[0].image[None])
        fer.ask("mtcnn", first)  # tensorflow is slow at its first picture, and a video has one
        for _ in range(bench.runs):
            wall, cpu = engine_ms(frames, settings)
            answers = [taken_ms for taken_ms, _ in fer.ask("mtcnn", chosen)]
            ratios.append(float(np.mean(answers) / np.mean(wall)))
            walls += wall
            cpus += cpu
            theirs += answers
    details = {"cpu_ms": float(np.mean(cpus)), "frames": len(frames), "size": list(SIZE), "rounds": bench.runs}
    yield record("c", "engine per frame of 640×480, mean", float(np.mean(walls)), "ms", MEAN, **details)
    yield record(
        "c", "engine per frame of 640×480, p50", percentile(walls, 0.5), "ms", MIDDLE, cpu_ms=percentile(cpus, 0.5)
    )
    yield record(
        "c", "engine per frame of 640×480, p99", percentile(walls, 0.99), "ms", WORST, cpu_ms=percentile(cpus, 0.99)
    )
    yield record(
        "c",
        "engine against `FER(mtcnn=True).detect_emotions`, means",
        median(ratios),
        "×",
        FASTER,
        spread=[min(ratios), max(ratios)],
        fer_ms=float(np.mean(theirs)),
        fer_frames=len(frames[::step]),
        note="FER on frames spread over the same clip, warm",
    )


def read_frames(clip: Path) -> list[Frame]:
    """The clip at 640x480, the picture filled: scaled up, and what is too wide or too high cut off."""
    with open_video(clip) as video:
        return [Frame(frame.index, frame.time_s, _filled(frame.image)) for frame in video.frames()]


def engine_ms(frames: Sequence[Frame], settings: Settings) -> tuple[list[float], list[float]]:
    """Wall and CPU milliseconds of each frame but the first, whose cost is the pyramid's making."""
    engine = Engine.create(settings)
    engine.analyze(frames[0])
    wall, cpu = [], []
    for frame in frames[1:]:
        began, began_cpu = time.perf_counter(), time.process_time()
        engine.analyze(frame)
        wall.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - began_cpu) * 1000)
    return wall, cpu


def _filled(image: Image) -> Image:
    width, height = SIZE
    scale = max(width / image.shape[1], height / image.shape[0])
    large = cv2.resize(image, (round(image.shape[1] * scale), round(image.shape[0] * scale)))
    left, top = (large.shape[1] - width) // 2, (large.shape[0] - height) // 2
    return np.ascontiguousarray(large[top : top + height, left : left + width])
