"""All analyses of a recording, packed: an hour of them as Python objects would weigh several hundred megabytes."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import BinaryIO, Self, overload

import numpy as np

from emotion.report.columns import LABELS, RAW, SCORES, WIDTH, Columns
from emotion.types import Analysis, Box, Face, Point, Scores

MOST_LANDMARKS = 5
STRIDE = WIDTH + 1 + 2 * MOST_LANDMARKS
"""After the numbers of Columns: how many landmarks, and where they are."""


class Story(Sequence[Analysis]):
    """A sequence of analyses that can only grow. Takes 264 bytes per face, and gives back what was put in."""

    def __init__(self) -> None:
        self._indices = array("q")
        self._times = array("d")
        # Where the faces of each frame begin; one more at the end.
        self._begins = array("q", [0])
        self._faces = array("d")

    @classmethod
    def of(cls, analyses: Iterable[Analysis]) -> Self:
        """The analyses as a story, itself if they are one."""
        if isinstance(analyses, cls):
            return analyses
        story = cls()
        for analysis in analyses:
            story.append(analysis)
        return story

    def append(self, analysis: Analysis) -> None:
        self._indices.append(analysis.index)
        self._times.append(analysis.time_s)
        for face in analysis.faces:
            self._faces.extend(packed(face))
        self._begins.append(self._begins[-1] + len(analysis.faces))

    def append_packed(self, index: int, time_s: float, faces: array[float]) -> None:
        """A frame whose faces :func:`packed` packed, one after the other."""
        self._indices.append(index)
        self._times.append(time_s)
        self._faces.extend(faces)
        self._begins.append(self._begins[-1] + len(faces) // STRIDE)

    @property
    def times_s(self) -> Sequence[float]:
        return self._times

    def columns(self) -> Columns:
        """The numbers where they lie, not copied. From then on the story cannot grow (BufferError)."""
        faces = np.frombuffer(self._faces, np.float64).reshape(-1, STRIDE)
        return Columns(
            frames=np.frombuffer(self._indices, np.int64),
            times_s=np.frombuffer(self._times, np.float64),
            begins=np.frombuffer(self._begins, np.int64),
            faces=faces,
            dominants=faces[:, SCORES].argmax(axis=1).astype(np.int8),
        )

    def write(self, file: BinaryIO) -> None:
        """All of it as it lies in memory: for a process of the same kind of machine. Raises OSError."""
        array("q", [len(self._indices), len(self._faces)]).tofile(file)
        for numbers in (self._indices, self._times, self._begins, self._faces):
            numbers.tofile(file)

    @classmethod
    def read(cls, file: BinaryIO) -> Self:
        """What :meth:`write` wrote. Raises EOFError where something is missing."""
        story, counts = cls(), array("q")
        counts.fromfile(file, 2)
        frames, numbers = counts
        story._begins = array("q")
        for target, count in (
            (story._indices, frames),
            (story._times, frames),
            (story._begins, frames + 1),
            (story._faces, numbers),
        ):
            target.fromfile(file, count)
        return story

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


def packed(face: Face) -> list[float]:
    """In the order of ``Columns.faces``, and then the landmarks."""
    marks = [side for point in face.landmarks[:MOST_LANDMARKS] for side in point]
    return [
        face.track,
        *(face.box.x, face.box.y, face.box.width, face.box.height),
        face.confidence,
        *face.scores.values,
        face.quality,
        *face.raw.values,
        LABELS.index(face.label),
        len(marks) // 2,
        *marks,
        *[0.0] * (2 * MOST_LANDMARKS - len(marks)),
    ]


def _unpacked(numbers: Sequence[float]) -> Face:
    track, x, y, width, height, confidence = numbers[: SCORES.start]
    quality, label, count = numbers[SCORES.stop], numbers[RAW.stop], numbers[WIDTH]
    marks = numbers[WIDTH + 1 :]
    landmarks: list[Point] = [(marks[2 * n], marks[2 * n + 1]) for n in range(int(count))]
    return Face(
        track=int(track),
        box=Box(x, y, width, height),
        confidence=confidence,
        scores=Scores(tuple(numbers[SCORES])),
        raw=Scores(tuple(numbers[RAW])),
        label=LABELS[int(label)],
        quality=quality,
        landmarks=tuple(landmarks),
    )
