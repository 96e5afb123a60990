"""A timeline's main face at any time, quickly: what the moving pictures ask for at each of their frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from emotion.report.timeline import NAMES, Floats, Timeline
from emotion.types import EMOTIONS, Scores

NONE = len(EMOTIONS)
"""Stands for "no face" where an emotion's place in the order is expected."""


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """The main face over time as plain arrays, made once per timeline."""

    start_s: float
    end_s: float
    times: Floats
    """When each of ``n`` frames starts."""
    scores: Floats
    """Shape ``(n, 7)``, NaN without a face."""
    persons: npt.NDArray[np.int64]
    """Shape ``(n,)``, 0 without a face."""
    knots: Floats
    """Shape ``(n + 1,)``: the times between which ``sums`` is linear."""
    sums: Floats
    """Score x seconds up to each knot, shape ``(n + 1, 7)``."""

    @classmethod
    def of(cls, timeline: Timeline) -> Self:
        main, sums = timeline.main_face(), timeline.cumulative()
        return cls(
            start_s=timeline.start_s,
            end_s=timeline.end_s,
            times=main["time_s"].to_numpy(dtype=np.float64),
            scores=main[NAMES].to_numpy(dtype=np.float64),
            persons=main["face"].fillna(0).to_numpy(dtype=np.int64),
            knots=sums["time_s"].to_numpy(dtype=np.float64),
            sums=sums[NAMES].to_numpy(dtype=np.float64),
        )

    @property
    def lasts_s(self) -> float:
        return self.end_s - self.start_s

    def at(self, time_s: float) -> Scores | None:
        """The scores at a time: linear between two analysed frames of the same person, otherwise those of the last."""
        if not len(self.times):
            return None
        # Times of the video and of the table may differ in the last digit; a microsecond early is still that frame.
        now = max(int(np.searchsorted(self.times, time_s + 1e-6, side="right")) - 1, 0)
        if not self.persons[now]:
            return None
        values = self.scores[now]
        later = min(now + 1, len(self.times) - 1)
        span = self.times[later] - self.times[now]
        if span > 0 and self.persons[later] == self.persons[now]:
            share = min(max((time_s - self.times[now]) / span, 0.0), 1.0)
            values = values + (self.scores[later] - values) * share
        return Scores(tuple(values.tolist()))

    def total(self, time_s: float) -> list[float]:
        """Per emotion the score x seconds up to a time."""
        return [float(np.interp(time_s, self.knots, column)) for column in self.sums.T]

    def dominants(self, columns: int) -> npt.NDArray[np.int64]:
        """The whole time in ``columns`` equal stretches: the place in EMOTIONS that fills most of each, or NONE."""
        if not len(self.times):
            return np.full(columns, NONE)
        filled = np.where(np.isnan(self.scores), -1.0, self.scores)
        which = np.where(self.persons > 0, filled.argmax(axis=1), NONE)
        seconds = np.diff(self.knots)[:, None] * (which[:, None] == np.arange(NONE + 1))
        sums = np.vstack([np.zeros(NONE + 1), np.cumsum(seconds, axis=0)])
        edges = np.linspace(self.start_s, self.end_s, columns + 1)
        parts = np.stack([np.diff(np.interp(edges, self.knots, column)) for column in sums.T], axis=1)
        return np.asarray(parts.argmax(axis=1), dtype=np.int64)
