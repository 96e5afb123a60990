"""What a session adds up to, in a bounded number of points however long it lasts.

Nothing here is safe across threads: its owner locks.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

from emotion.live.values import NOTHING, Point, Story
from emotion.types import EMOTIONS, Face, Scores

# A chart a few hundred pixels wide shows no more than this.
MAX_POINTS = 300
FIRST_INTERVAL_S = 0.25
# After a longer gap (camera covered, tab asleep) nobody knows what the face showed meanwhile.
LONGEST_STEP_S = 1.0
# The curve of the last minute, five points a second: 300, and scores are smoothed over 0.3 s anyway.
RECENT_S, RECENT_STEP_S = 60.0, 0.2
# Persons whose own story is kept; who was seen longest ago goes first. Passers-by get numbers too, for hours.
MAX_PERSONS = 24
UNSEEN = (math.nan,) * len(EMOTIONS)


class CumulativeHistory:
    """Exact totals, and a curve of at most :data:`MAX_POINTS` that grows coarser evenly as time passes."""

    def __init__(self) -> None:
        self._totals = NOTHING
        self._points = [Point(0.0, self._totals)]
        self._interval_s = FIRST_INTERVAL_S
        self._last_s: float | None = None

    def add(self, time_s: float, scores: Scores | None) -> float:
        """Counts ``scores`` for the time since the last call, and returns that time; None is a picture without a face.

        A longer gap counts as :data:`LONGEST_STEP_S`.
        """
        step_s = 0.0 if self._last_s is None else min(max(time_s - self._last_s, 0.0), LONGEST_STEP_S)
        self._last_s = time_s
        if scores is not None:
            self._totals = tuple(
                total + score * step_s for total, score in zip(self._totals, scores.values, strict=True)
            )
        if time_s - self._points[-1].time_s >= self._interval_s:
            self._points.append(Point(time_s, self._totals))
            self._thin_out()
        return step_s

    def points(self) -> tuple[Point, ...]:
        """The curve, its last point exact."""
        if self._last_s is None or self._last_s <= self._points[-1].time_s:
            return tuple(self._points)
        return (*self._points, Point(self._last_s, self._totals))

    def _thin_out(self) -> None:
        if len(self._points) > MAX_POINTS:
            self._points = self._points[::2]
            self._interval_s *= 2


class RecentScores:
    """The scores of the last minute, a few a second, with holes where there was no face."""

    def __init__(self) -> None:
        self._points: deque[Point] = deque()

    def add(self, time_s: float, scores: Scores | None) -> None:
        values = scores.values if scores else UNSEEN
        came_or_went = bool(self._points) and math.isnan(self._points[-1].totals[0]) == (scores is not None)
        if not self._points or came_or_went or time_s - self._points[-1].time_s >= RECENT_STEP_S:
            self._points.append(Point(time_s, values))
        while self._points and time_s - self._points[0].time_s > RECENT_S:
            self._points.popleft()

    def points(self) -> tuple[Point, ...]:
        return tuple(self._points)


class PersonHistory:
    """What one person showed, or whoever was the largest face."""

    def __init__(self) -> None:
        self._cumulative = CumulativeHistory()
        self._recent = RecentScores()
        self._label_s: dict[str, float] = {}

    def add(self, time_s: float, face: Face | None) -> None:
        """What a picture shows of them; None where they are not in it."""
        scores = face.scores if face else None
        step_s = self._cumulative.add(time_s, scores)
        self._recent.add(time_s, scores)
        if face:
            self._label_s[face.label] = self._label_s.get(face.label, 0.0) + step_s

    def story(self) -> Story:
        return Story(self._recent.points(), self._cumulative.points(), tuple(self._label_s.items()))


class Histories:
    """The story of whoever was the largest face, and that of each person of late."""

    def __init__(self) -> None:
        self._largest = PersonHistory()
        # In the order in which they were last seen.
        self._persons: dict[int, PersonHistory] = {}

    def add(self, time_s: float, faces: Sequence[Face], largest: Face | None, *, chosen: int | None = None) -> None:
        """What a picture shows; the story of the track ``chosen`` stays, however long nobody has seen them."""
        self._largest.add(time_s, largest)
        seen = {face.track: face for face in faces}
        for track, history in self._persons.items():
            if track not in seen:
                history.add(time_s, None)
        for track, face in seen.items():
            history = self._persons.pop(track) if track in self._persons else PersonHistory()
            history.add(time_s, face)
            self._persons[track] = history
        while len(self._persons) > MAX_PERSONS:
            del self._persons[next(track for track in self._persons if track != chosen)]

    def story(self, track: int | None) -> Story:
        """That of a person, of the largest faces for None; nothing of somebody who was never seen, or too long ago."""
        if track is None:
            return self._largest.story()
        known = self._persons.get(track)
        return known.story() if known else Story()
