"""The numbers of a recording person by person, as people put the faces together, and without what they excluded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from emotion.notes import Notes, Span
from emotion.report.columns import SCORES, TRACK, Columns, Floats, Ints
from emotion.report.timeline import Timeline
from emotion.types import EMOTIONS, Emotion, Scores

MAIN = 0
"""Stands for the main face, which is the largest of each frame or whom the job was told to follow, where a person's
number is expected."""
POINTS = 300


def regrouped(timeline: Timeline, notes: Notes) -> Timeline:
    """The same recording with persons in the place of faces."""
    if not notes.turns:
        return timeline
    columns = timeline.columns
    times = np.repeat(columns.times_s, columns.counts)
    faces = columns.faces.copy()
    for turn in notes.turns:  # by time, so that the last one said stays
        belongs = (columns.faces[:, TRACK] == turn.face) & (times >= turn.from_s)
        faces[belongs, TRACK] = turn.person
    return Timeline(replace(columns, faces=faces), timeline.end_s)


def in_view_s(timeline: Timeline) -> dict[int, float]:
    """Person -> seconds in view, the longest first; of equals the lower number."""
    columns = timeline.columns
    persons, places = np.unique(columns.faces[:, TRACK].astype(np.int64), return_inverse=True)
    # Two faces of one person in one frame, which a person may have said, are still that one frame.
    rows = np.repeat(np.arange(len(columns.frames)), columns.counts)
    seen = np.unique(np.stack([places.reshape(-1), rows], axis=1), axis=0)
    seconds = np.bincount(seen[:, 0], weights=timeline.lasts_s()[seen[:, 1]], minlength=len(persons))
    order = np.lexsort((persons, -seconds))
    return {int(persons[place]): float(seconds[place]) for place in order}


def only(timeline: Timeline, person: int) -> Ints:
    """Per frame the place of the person's largest face among the faces, -1 without one; MAIN is the main face."""
    columns = timeline.columns
    person = person or columns.person
    if person == MAIN:
        return columns.main()
    kept = np.flatnonzero(columns.faces[:, TRACK] == person)
    rows = np.repeat(np.arange(len(columns.frames)), columns.counts)[kept]
    areas = columns.faces[kept, 3] * columns.faces[kept, 4]
    places = np.full(len(columns.frames), -1)
    order = np.argsort(areas, kind="stable")
    places[rows[order]] = kept[order]  # the last one written is the largest
    return places


def kept_s(times_s: Sequence[float] | Floats, end_s: float, excluded: Iterable[Span]) -> Floats:
    """How long each stretch between two times counts, the last one until the end: shape ``(n,)``."""
    begins = np.asarray(times_s, dtype=np.float64)
    ends = np.append(begins[1:], end_s) if len(begins) else begins
    lasts = np.maximum(ends - begins, 0.0)
    for left, right in excluded:
        lasts -= np.clip(np.minimum(ends, right) - np.maximum(begins, left), 0.0, lasts)
    return lasts


@dataclass(frozen=True, slots=True)
class Figures:
    """What a recording comes down to for one person."""

    seconds: float
    """In view, as far as it counts."""
    share: dict[Emotion, float]
    """Of that time; they add up to 1, or 0 where nobody is in view."""
    mean: Scores | None
    cumulative: tuple[tuple[float, tuple[float, ...]], ...]
    """Times and score x seconds up to then: at most POINTS + 1."""

    @classmethod
    def of(cls, timeline: Timeline, *, person: int = MAIN, excluded: Iterable[Span] = ()) -> Self:
        """From every frame of ``timeline``; ``excluded`` must not overlap."""
        columns: Columns = timeline.columns
        places = only(timeline, person)
        lasts = kept_s(columns.times_s, timeline.end_s, excluded)
        seen = places >= 0
        weights, total = lasts[seen], float(lasts[seen].sum())
        shares = np.bincount(columns.dominants[places[seen]], weights=weights, minlength=len(EMOTIONS))
        scores = columns.of(places, SCORES)
        sums = np.vstack([np.zeros(len(EMOTIONS)), np.cumsum(np.nan_to_num(scores) * lasts[:, None], axis=0)])
        chosen = np.unique(np.linspace(0, len(sums) - 1, POINTS + 1).round().astype(np.int64))
        knots = np.append(columns.times_s, timeline.end_s)
        return cls(
            seconds=total,
            share={emotion: float(shares[place]) / total if total else 0.0 for place, emotion in enumerate(EMOTIONS)},
            mean=Scores(tuple((sums[-1] / total).tolist())) if total else None,
            cumulative=tuple((float(knots[place]), tuple(sums[place].tolist())) for place in chosen),
        )
