"""A timeline's main face at any time, quickly: what the moving pictures ask for at each of their frames."""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from emotion.report.columns import LABEL, LABELS, QUALITY, SCORES, TRACK, Floats, Places
from emotion.report.timeline import Timeline
from emotion.types import Scores

NONE = len(LABELS)
"""Stands for "no face" where a label's place in LABELS is expected."""

PLACES = {label: place for place, label in enumerate(LABELS)}


@dataclass(frozen=True, slots=True)
class Moment:
    """The main face at one time."""

    scores: Scores
    label: str
    """An emotion, or UNCERTAIN."""
    quality: float


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """The main face over time as plain arrays, made once per timeline."""

    start_s: float
    end_s: float
    times: Floats
    """When each of ``n`` frames starts."""
    scores: Floats
    """Shape ``(n, 7)``, NaN without a face."""
    labels: Places
    """Shape ``(n,)``: places in LABELS, NONE without a face."""
    qualities: Floats
    """Shape ``(n,)``, NaN without a face."""
    persons: npt.NDArray[np.int64]
    """Shape ``(n,)``, 0 without a face."""
    knots: Floats
    """Shape ``(n + 1,)``: the times between which ``sums`` is linear."""
    sums: Floats
    """Score x seconds up to each knot, shape ``(n + 1, 7)``."""

    @classmethod
    def of(cls, timeline: Timeline) -> Moments:
        """The moments of a timeline, the same for all who ask while it lives. Any thread."""
        # An hour's weigh 5 MB, and the merged video, the GIF and the chart want them at the same time.
        with _LOCK:
            made = _MADE.get(timeline)
            if made is None:
                made = _MADE[timeline] = cls._made(timeline)
            return made

    @classmethod
    def _made(cls, timeline: Timeline) -> Self:
        columns, main = timeline.columns, timeline.columns.main()
        knots, sums = timeline.sums(main)
        return cls(
            start_s=timeline.start_s,
            end_s=timeline.end_s,
            times=columns.times_s,
            scores=columns.of(main, SCORES),
            labels=np.nan_to_num(columns.of(main, LABEL), nan=NONE).astype(np.int8),
            qualities=columns.of(main, QUALITY),
            persons=np.nan_to_num(columns.of(main, TRACK)).astype(np.int64),
            knots=knots,
            sums=sums,
        )

    @property
    def lasts_s(self) -> float:
        return self.end_s - self.start_s

    def at(self, time_s: float) -> Moment | None:
        """The main face at a time, None where there is none.

        Its scores are linear between two analysed frames of the same person, otherwise those of the last frame, whose
        label and quality stay until the next.
        """
        if not len(self.times):
            return None
        # Times of the video and of the table may differ in the last digit; a microsecond early is still that frame.
        now = max(int(self.times.searchsorted(time_s + 1e-6, side="right")) - 1, 0)
        if not self.persons[now]:
            return None
        values = self.scores[now]
        later = min(now + 1, len(self.times) - 1)
        span = self.times[later] - self.times[now]
        if span > 0 and self.persons[later] == self.persons[now]:
            share = min(max((time_s - self.times[now]) / span, 0.0), 1.0)
            values = values + (self.scores[later] - values) * share
        return Moment(Scores(tuple(values.tolist())), LABELS[self.labels[now]], float(self.qualities[now]))

    def total(self, time_s: float) -> list[float]:
        """Per emotion the score x seconds up to a time."""
        later = int(self.knots.searchsorted(time_s, side="right"))
        if later in (0, len(self.knots)):
            return [float(value) for value in self.sums[min(later, len(self.knots) - 1)]]
        before, after = self.knots[later - 1], self.knots[later]
        share = (time_s - before) / (after - before)
        start = self.sums[later - 1]
        return [float(value) for value in start + (self.sums[later] - start) * share]

    def strip(self, columns: int) -> npt.NDArray[np.int64]:
        """The whole time in ``columns`` equal stretches: the label that fills most of each (its place), or NONE."""
        if not len(self.times):
            return np.full(columns, NONE)
        edges = np.linspace(self.start_s, self.end_s, columns + 1)
        parts = [np.diff(np.interp(edges, self.knots, self._seconds(place))) for place in range(NONE + 1)]
        return np.asarray(np.argmax(parts, axis=0), dtype=np.int64)

    def _seconds(self, place: int) -> Floats:
        """How long the label has been ``place`` up to each knot, shape ``(n + 1,)``."""
        return np.append(0.0, np.cumsum(np.diff(self.knots) * (self.labels == place)))


_LOCK = threading.Lock()
_MADE: weakref.WeakKeyDictionary[Timeline, Moments] = weakref.WeakKeyDictionary()
