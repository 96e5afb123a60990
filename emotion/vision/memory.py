"""Remembering: the half of the engine that needs no pixels, only the whole story."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from emotion.types import Analysis, Face, Reading, Scores, Sighting
from emotion.vision.labels import NEW, next_label
from emotion.vision.smoothing import Smoothed, smooth
from emotion.vision.tracking import Tracks, follow

Adjust = Callable[[int, Scores], Scores]
"""A person's number and the scores of one frame -> what counts for that person."""


@dataclass(frozen=True, slots=True)
class _State:
    """What is remembered of one person besides their place."""

    smoothed: Smoothed
    label: str


class Memory:
    """Who is who, calm scores and calm labels, through one recording. It belongs to one thread."""

    def __init__(self, *, smoothing_s: float, label_margin: float, uncertain_below: float) -> None:
        self._smoothing_s = smoothing_s
        self._label_margin = label_margin
        self._uncertain_below = uncertain_below
        self._tracks = Tracks()
        self._states: dict[int, _State] = {}
        self.adjust: Adjust | None = None
        """What is smoothed and named in the place of a frame's own scores, which stay in ``Face.raw``."""

    def take_over(self, before: Memory) -> None:
        """Goes on with the persons whom ``before`` knows: with other settings they keep their numbers."""
        self._tracks, self._states, self.adjust = before._tracks, dict(before._states), before.adjust

    def remember(self, sighting: Sighting) -> Analysis:
        """The faces with their tracks, in the order of these. Sightings must come in the order of time.

        Of persons who appear in the same frame the larger gets the smaller number. A cut ends all tracks.
        """
        readings = sorted(sighting.readings, key=lambda reading: -reading.detection.box.area)
        boxes = [reading.detection.box for reading in readings]
        before = Tracks(next_number=self._tracks.next_number) if sighting.cut else self._tracks
        self._tracks, numbers = follow(before, boxes, sighting.time_s)
        faces = [self._face(*pair, sighting.time_s) for pair in zip(readings, numbers, strict=True)]
        known = {track.number for track in self._tracks.known}
        self._states = {number: state for number, state in self._states.items() if number in known}
        return Analysis(sighting.index, sighting.time_s, tuple(sorted(faces, key=lambda face: face.track)))

    def _face(self, reading: Reading, track: int, time_s: float) -> Face:
        scores = self.adjust(track, reading.scores) if self.adjust else reading.scores
        state = self._step(self._states.get(track), scores, time_s)
        self._states[track] = state
        found = reading.detection
        return Face(
            track=track,
            box=found.box,
            confidence=found.confidence,
            scores=state.smoothed.scores,
            raw=reading.scores,
            label=state.label,
            quality=reading.quality,
            landmarks=found.landmarks,
        )

    def _step(self, before: _State | None, scores: Scores, time_s: float) -> _State:
        smoothed = smooth(before.smoothed if before else None, scores, time_s, constant_s=self._smoothing_s)
        label = next_label(
            before.label if before else NEW,
            smoothed.scores,
            margin=self._label_margin,
            uncertain_below=self._uncertain_below,
        )
        return _State(smoothed, label)
