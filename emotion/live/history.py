"""What a session adds up to, in a bounded number of points however long it lasts."""

from __future__ import annotations

from dataclasses import dataclass

from emotion.types import EMOTIONS, Scores

# A chart a few hundred pixels wide shows no more than this.
MAX_POINTS = 300
FIRST_INTERVAL_S = 0.25
# After a longer gap (camera covered, tab asleep) nobody knows what the face showed meanwhile.
LONGEST_STEP_S = 1.0


@dataclass(frozen=True, slots=True)
class Point:
    """The cumulative score of each emotion at a time."""

    time_s: float
    totals: tuple[float, ...]
    """Score x seconds, in the order of the emotions."""


class CumulativeHistory:
    """Exact totals, and a curve of at most :data:`MAX_POINTS` that grows coarser evenly as time passes.

    Not safe across threads: its owner locks.
    """

    def __init__(self) -> None:
        self._totals = (0.0,) * len(EMOTIONS)
        self._points = [Point(0.0, self._totals)]
        self._interval_s = FIRST_INTERVAL_S
        self._last_s: float | None = None

    def add(self, time_s: float, scores: Scores | None) -> None:
        """Counts ``scores`` for the time since the last call; None is a frame without a face."""
        step_s = 0.0 if self._last_s is None else min(max(time_s - self._last_s, 0.0), LONGEST_STEP_S)
        self._last_s = time_s
        if scores is not None:
            self._totals = tuple(
                total + score * step_s for total, score in zip(self._totals, scores.values, strict=True)
            )
        if time_s - self._points[-1].time_s >= self._interval_s:
            self._points.append(Point(time_s, self._totals))
            self._thin_out()

    def points(self) -> tuple[Point, ...]:
        """The curve, its last point exact."""
        if self._last_s is None or self._last_s <= self._points[-1].time_s:
            return tuple(self._points)
        return (*self._points, Point(self._last_s, self._totals))

    def _thin_out(self) -> None:
        if len(self._points) > MAX_POINTS:
            self._points = self._points[::2]
            self._interval_s *= 2
