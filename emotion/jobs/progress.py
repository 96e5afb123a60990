"""How far an analysis is."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """A recorded video is read twice: first to see, then to draw."""

    SEEING = "Looking for faces"
    DRAWING = "Drawing the videos"


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of an analysis."""

    stage: Stage
    frames_done: int
    """Of this stage."""
    frames_total: int
    """An estimate until the first stage is over, never less than ``frames_done``; 0 where nobody knows."""
    stage_s: float
    elapsed_s: float

    @property
    def share(self) -> float:
        """Between 0 and 1, over both stages."""
        within = self.frames_done / self.frames_total if self.frames_total else 0.0
        return (list(Stage).index(self.stage) + min(within, 1.0)) / len(Stage)

    @property
    def frames_per_second(self) -> float:
        return self.frames_done / self.stage_s if self.stage_s > 0 else 0.0

    @property
    def left_s(self) -> float | None:
        """A guess at the seconds still needed; None as long as a guess would be noise."""
        if self.share < 0.01 or self.elapsed_s < 0.5:
            return None
        return self.elapsed_s * (1 - self.share) / self.share


OnProgress = Callable[[Progress], None]
"""Called after every frame, in the thread that works; it may raise Cancelled."""


def ignore(_: Progress) -> None:
    """For callers who do not want to know."""


class Meter:
    """Counts the frames of a stage and tells whoever wants to know. One thread at a time."""

    def __init__(self, on_progress: OnProgress = ignore) -> None:
        self._on_progress = on_progress
        self._began = self._stage_began = time.monotonic()
        self._stage = Stage.SEEING
        self._total = 0
        self.frames_done = 0

    @property
    def elapsed_s(self) -> float:
        return time.monotonic() - self._began

    def start(self, stage: Stage, total: int) -> None:
        """Begins a stage of about ``total`` frames, 0 if nobody knows."""
        self._stage, self._total, self._stage_began, self.frames_done = stage, total, time.monotonic(), 0

    def tick(self) -> None:
        """Counts a frame. Raises what the listener raises."""
        self.frames_done += 1
        total = max(self._total, self.frames_done) if self._total else 0
        stage_s = time.monotonic() - self._stage_began
        self._on_progress(Progress(self._stage, self.frames_done, total, stage_s, self.elapsed_s))


def in_words(progress: Progress) -> str:
    """``Looking for faces: 120 of 472 frames, 61 frames/s, about 12 s left``."""
    total = f" of {progress.frames_total}" if progress.frames_total else ""
    parts = [f"{progress.stage}: {progress.frames_done}{total} frames", f"{progress.frames_per_second:.0f} frames/s"]
    if progress.left_s is not None:
        parts.append(f"about {duration(progress.left_s)} left")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """``12 s``, ``3:05 min`` or ``1:02:00 h``."""
    whole = max(round(seconds), 0)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}:{rest:02d} min"
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d} h"
