"""Every face's curves in a few hundred points: what the player draws, and what opens an hour-long result at once."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Self

import numpy as np

from emotion.errors import InputError
from emotion.report.columns import SCORES, Floats, Ints
from emotion.report.people import MAIN, in_view_s, only
from emotion.report.timeline import Timeline
from emotion.types import EMOTIONS

POINTS = 300
FACES = 8
# A line of 200 pixels does not show the next digit, and sums over hours stay right to a ten-thousandth.
DIGITS = 4

Row = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class FaceTrace:
    """One face over time; ``n`` is the number of stretches that the recording is cut into."""

    face: int
    """A person's number, or MAIN for the largest face of each frame."""
    seconds: float
    """In view."""
    seen_s: tuple[float, ...]
    """In view during each stretch, ``n`` numbers: score x this is what a stretch adds to the cumulative curve."""
    scores: tuple[Row, ...]
    """Seven rows of ``n`` means over the time in view, in the emotions' order; None where it was not in view."""


@dataclass(frozen=True, slots=True)
class Traces:
    """The curves of a recording."""

    times_s: tuple[float, ...]
    """When each stretch begins, ``n`` numbers; one ends where the next begins."""
    end_s: float
    faces: tuple[FaceTrace, ...]
    """The main face first, then the others, the longest in view first."""

    @classmethod
    def of(
        cls, timeline: Timeline, points: int = POINTS, faces: int = FACES, focus: tuple[float, float] | None = None
    ) -> Self:
        """At most ``points`` stretches of equally many frames, and the ``faces`` that are longest in view.

        With ``focus``, two times, the frames between them are cut into as many stretches again, for a closer look.
        """
        first = _firsts(timeline.frames, points)
        if focus is not None:
            begin, end = np.searchsorted(timeline.columns.times_s, focus)
            first = np.union1d(first, begin + _firsts(int(end - begin), points))
        # Two frames may claim the same time; the nanosecond keeps their stretch from dividing by zero.
        lasts = timeline.lasts_s() + 1e-9
        numbers = [MAIN, *list(in_view_s(timeline))[:faces]]
        times = tuple(np.round(timeline.columns.times_s[first], DIGITS).tolist())
        return cls(times, timeline.end_s, tuple(_trace(timeline, number, first, lasts) for number in numbers))

    def to_json(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What :meth:`to_json` gave. Raises InputError."""
        try:
            read = json.loads(text)
            faces = tuple(
                FaceTrace(one["face"], one["seconds"], tuple(one["seen_s"]), tuple(tuple(row) for row in one["scores"]))
                for one in read["faces"]
            )
            return cls(tuple(read["times_s"]), read["end_s"], faces)
        except (ValueError, KeyError, TypeError) as error:
            raise InputError("The curves of this recording cannot be read. Analyse the video again.") from error


def _firsts(frames: int, points: int) -> Ints:
    """The first frame of each stretch."""
    stretches = min(frames, points)
    return np.arange(stretches, dtype=np.int64) * frames // max(stretches, 1)


def _trace(timeline: Timeline, number: int, first: Ints, lasts: Floats) -> FaceTrace:
    places = only(timeline, number)
    scores = timeline.columns.of(places, SCORES)
    weights = np.where(places >= 0, lasts, 0.0)
    if not len(first):
        return FaceTrace(number, 0.0, (), tuple(() for _ in EMOTIONS))
    seen = np.add.reduceat(weights, first)
    sums = np.add.reduceat(np.nan_to_num(scores) * weights[:, None], first)
    means = np.round(sums / np.maximum(seen, 1e-12)[:, None], DIGITS)
    rows = tuple(
        tuple(value if second > 0 else None for value, second in zip(row, seen.tolist(), strict=True))
        for row in means.T.tolist()
    )
    return FaceTrace(number, round(float(weights.sum()), DIGITS), tuple(np.round(seen, DIGITS).tolist()), rows)
