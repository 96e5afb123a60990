"""(d) Do we lose faces, or gain false ones, by not searching the whole of every frame?"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from harness import Bench, median
from records import Must, record

from emotion.media.read import open_video
from emotion.settings import DetectorName, Settings
from emotion.types import Box, Frame
from emotion.vision.engine import Engine

MUST = Must(1, "±", 0.01)
# Boxes that overlap by more are of the same face.
SAME = 0.5


@dataclass(frozen=True, slots=True)
class Look:
    """One way of looking at a whole clip."""

    ms: float
    """Mean of a frame, scores and tracks included."""
    boxes: tuple[tuple[Box, ...], ...]

    def found(self) -> int:
        """Frames with a face."""
        return sum(bool(boxes) for boxes in self.boxes)

    def too_many(self, people: int) -> int:
        """Faces beyond the number of people: false ones, as nobody is two."""
        return sum(max(0, len(boxes) - people) for boxes in self.boxes)


def measure(bench: Bench) -> Iterator[dict[str, Any]]:
    """For each detector, frames with a face found when refining by those found when scanning every frame."""
    with open_video(bench.clip) as video:
        frames = list(video.frames())
    for detector in DetectorName:
        ways = {
            "refined": Settings.load(detector=detector),
            "scanned": Settings.load(detector=detector, scan_interval_ms=0),
        }
        rounds = [{name: look(frames, settings) for name, settings in ways.items()} for _ in range(bench.runs)]
        last = rounds[-1]
        yield record(
            "d",
            f"{detector}: frames with a face found, refined against scanned",
            last["refined"].found() / max(last["scanned"].found(), 1),
            "of a scan of every frame",
            MUST,
            frames=len(frames),
            people=bench.people,
            scan_interval_ms=ways["refined"].scan_interval_ms,
            **{f"found_{name}": one.found() for name, one in last.items()},
            **{f"extra_{name}": one.too_many(bench.people) for name, one in last.items()},
            **{f"ms_{name}": median([one[name].ms for one in rounds]) for name in ways},
            faster=median([one["scanned"].ms / one["refined"].ms for one in rounds]),
            only_refined=_alone(last["refined"].boxes, last["scanned"].boxes),
            only_scanned=_alone(last["scanned"].boxes, last["refined"].boxes),
            mean_overlap=_mean_overlap(last["refined"].boxes, last["scanned"].boxes),
        )


def look(frames: Sequence[Frame], settings: Settings) -> Look:
    engine = Engine.create(settings)
    began = time.perf_counter()
    analyses = [engine.analyze(frame) for frame in frames]
    taken_s = time.perf_counter() - began
    return Look(taken_s * 1000 / len(frames), tuple(tuple(face.box for face in one.faces) for one in analyses))


def _alone(these: Sequence[Sequence[Box]], those: Sequence[Sequence[Box]]) -> int:
    """How many faces of the one way the other did not find in the same frame."""
    return sum(overlap < SAME for overlap in _overlaps(these, those))


def _mean_overlap(these: Sequence[Sequence[Box]], those: Sequence[Sequence[Box]]) -> float:
    """Of the faces that both ways found."""
    same = [overlap for overlap in _overlaps(these, those) if overlap >= SAME]
    return sum(same) / len(same) if same else 0.0


def _overlaps(these: Sequence[Sequence[Box]], those: Sequence[Sequence[Box]]) -> Iterator[float]:
    for boxes, others in zip(these, those, strict=True):
        for box in boxes:
            yield max((box.overlap(other) for other in others), default=0.0)
