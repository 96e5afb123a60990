"""All analyses of a recording, packed: an hour of them as Python objects would weigh several hundred megabytes."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import overload

from emotion.types import EMOTIONS, UNCERTAIN, Analysis, Box, Face, Point, Scores

LABELS = (*EMOTIONS, UNCERTAIN)
SCORES = len(EMOTIONS)
# Track, four of the box, confidence, quality, label, smoothed and raw scores, and how many landmarks.
FIXED = 9 + 2 * SCORES
MOST_LANDMARKS = 5
STRIDE = FIXED + 2 * MOST_LANDMARKS


class Story(Sequence[Analysis]):
    """A sequence of analyses that can only grow. Takes 264 bytes per face, and gives back what was put in."""

    def __init__(self) -> None:
        self._indices = array("q")
        self._times = array("d")
        # Where the faces of each frame begin; one more at the end.
        self._begins = array("q", [0])
        self._faces = array("d")

    def append(self, analysis: Analysis) -> None:
        self._indices.append(analysis.index)
        self._times.append(analysis.time_s)
        for face in analysis.faces:
            self._faces.extend(_packed(face))
        self._begins.append(self._begins[-1] + len(analysis.faces))

    @property
    def times_s(self) -> Sequence[float]:
        return self._times

    def __len__(self) -> int:
        return len(self._indices)

    @overload
    def __getitem__(self, place: int) -> Analysis: ...
    @overload
    def __getitem__(self, place: slice) -> list[Analysis]: ...
    def __getitem__(self, place: int | slice) -> Analysis | list[Analysis]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        place %= len(self)
        faces = range(self._begins[place], self._begins[place + 1])
        return Analysis(self._indices[place], self._times[place], tuple(self._face(number) for number in faces))

    def _face(self, number: int) -> Face:
        return _unpacked(self._faces[number * STRIDE : (number + 1) * STRIDE])


def _packed(face: Face) -> list[float]:
    marks = [side for point in face.landmarks[:MOST_LANDMARKS] for side in point]
    return [
        face.track,
        *(face.box.x, face.box.y, face.box.width, face.box.height),
        face.confidence,
        face.quality,
        LABELS.index(face.label),
        *face.scores.values,
        *face.raw.values,
        len(marks) // 2,
        *marks,
        *[0.0] * (2 * MOST_LANDMARKS - len(marks)),
    ]


def _unpacked(numbers: Sequence[float]) -> Face:
    track, x, y, width, height, confidence, quality, label, *rest = numbers
    marks = rest[2 * SCORES + 1 :]
    landmarks: list[Point] = [(marks[2 * n], marks[2 * n + 1]) for n in range(int(rest[2 * SCORES]))]
    return Face(
        track=int(track),
        box=Box(x, y, width, height),
        confidence=confidence,
        scores=Scores(tuple(rest[:SCORES])),
        raw=Scores(tuple(rest[SCORES : 2 * SCORES])),
        label=LABELS[int(label)],
        quality=quality,
        landmarks=tuple(landmarks),
    )
