"""What was seen in a piece of a recording, as numbers and as a file."""

from __future__ import annotations

import zipfile
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from emotion.errors import OutputError
from emotion.files import staged_file
from emotion.types import Box, Detection, Point, Reading, Scores, Sighting
from emotion.vision.cuts import Sample

MOST_LANDMARKS = 5
# The box, the confidence, seven scores, the quality, how many landmarks and where they are.
STRIDE = 4 + 1 + 7 + 1 + 1 + 2 * MOST_LANDMARKS
NOTHING: Sample = np.empty((0, 0), np.float32)


class Sightings:
    """Sightings in the order of time, packed: 192 bytes for each face."""

    def __init__(self) -> None:
        self._indices = array("q")
        self._times = array("d")
        self._cuts = array("b")
        # Where the faces of each frame begin; one more at the end.
        self._begins = array("q", [0])
        self._faces = array("d")

    def append(self, sighting: Sighting) -> None:
        self._indices.append(sighting.index)
        self._times.append(sighting.time_s)
        self._cuts.append(sighting.cut)
        for reading in sighting.readings:
            self._faces.extend(_packed(reading))
        self._begins.append(self._begins[-1] + len(sighting.readings))

    def __len__(self) -> int:
        return len(self._indices)

    def __iter__(self) -> Iterator[Sighting]:
        for place, (index, time_s, cut) in enumerate(zip(self._indices, self._times, self._cuts, strict=True)):
            faces = range(self._begins[place], self._begins[place + 1])
            readings = tuple(_unpacked(self._faces[number * STRIDE : (number + 1) * STRIDE]) for number in faces)
            yield Sighting(index, time_s, readings, bool(cut))

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Everything, by name."""
        kinds = {"indices": np.int64, "times": np.float64, "cuts": np.int8, "begins": np.int64, "faces": np.float64}
        return {name: np.frombuffer(getattr(self, f"_{name}"), kind) for name, kind in kinds.items()}

    @classmethod
    def of(cls, arrays: dict[str, npt.NDArray[np.generic]]) -> Sightings:
        """What :meth:`arrays` gave."""
        sightings = cls()
        sightings._begins = array("q")
        for name in ("indices", "times", "cuts", "begins", "faces"):
            getattr(sightings, f"_{name}").frombytes(arrays[name].tobytes())
        return sightings


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What was seen in a piece, and what its neighbours need to know."""

    sightings: Sightings
    """Their frames count from the piece's first."""
    frames: int
    """All, also those that were not looked at."""
    last_s: tuple[float, ...]
    """The times of the last two frames, or of as many as there are."""
    damage: str
    """A sentence where pictures were lost, else empty."""
    first: Sample | None
    """What the first frame that was looked at is compared with the piece before by; None if it shows nothing."""
    last: Sample | None
    """The same for the end."""
    seconds_taken: float


def save(part: Part, path: Path) -> None:
    """Writes the part to a file that appears whole. Raises OutputError."""
    with staged_file(path, lasting=True) as staged, staged.open("wb") as file:
        np.savez(
            file,
            allow_pickle=False,
            **part.sightings.arrays(),
            frames=np.array(part.frames),
            last_s=np.array(part.last_s, np.float64),
            damage=np.frombuffer(part.damage.encode(), np.uint8),
            first=NOTHING if part.first is None else part.first,
            last=NOTHING if part.last is None else part.last,
            seconds_taken=np.array(part.seconds_taken),
        )


def load(path: Path) -> Part:
    """What :func:`save` wrote. Raises OutputError where it is gone or damaged."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in arrays.files}
    except (OSError, EOFError, ValueError, zipfile.BadZipFile) as error:
        raise OutputError("A part of this analysis is missing on the disk. Start the analysis again.") from error
    return Part(
        sightings=Sightings.of(found),
        frames=int(found["frames"]),
        last_s=tuple(found["last_s"].tolist()),
        damage=found["damage"].tobytes().decode(),
        first=_sample(found["first"]),
        last=_sample(found["last"]),
        seconds_taken=float(found["seconds_taken"]),
    )


def _sample(values: Sample) -> Sample | None:
    return values if values.size else None


def _packed(reading: Reading) -> list[float]:
    found = reading.detection
    marks = [side for point in found.landmarks[:MOST_LANDMARKS] for side in point]
    return [
        *(found.box.x, found.box.y, found.box.width, found.box.height),
        found.confidence,
        *reading.scores.values,
        reading.quality,
        len(marks) // 2,
        *marks,
        *[0.0] * (2 * MOST_LANDMARKS - len(marks)),
    ]


def _unpacked(numbers: Sequence[float]) -> Reading:
    x, y, width, height, confidence = numbers[:5]
    marks = numbers[14:]
    landmarks: list[Point] = [(marks[2 * n], marks[2 * n + 1]) for n in range(int(numbers[13]))]
    detection = Detection(Box(x, y, width, height), confidence, tuple(landmarks))
    return Reading(detection, Scores(tuple(numbers[5:12])), numbers[12])
