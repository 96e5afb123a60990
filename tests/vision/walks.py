"""Made-up walks of faces with known truth, a tracker that does the plain thing, and a count of mistaken identities."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from emotion.types import Box

Walk = Callable[[float], Box | None]
Step = Callable[[Sequence[Box], float], Sequence[int]]
"""The boxes of a frame and its time to the number of each box."""

WIDTH = 100.0


@dataclass(frozen=True, slots=True)
class Scene:
    """Some walks, the nearest to the camera first: it hides whoever passes behind."""

    walks: tuple[Walk, ...]
    seconds: float
    fps: float
    seed: int
    jitter: float = 0.02
    """Of the width: what a detector's boxes miss by."""
    missed: float = 0.02
    """Share of the faces that the detector does not find."""


def straight(x: float, y: float, *, vx: float = 0, vy: float = 0, size: float = 1.0, bob: float = 0.0) -> Walk:
    """All in widths of a face, and widths per second; ``bob`` is how far it nods."""
    return lambda t: _box(x + vx * t, y + vy * t + bob * math.sin(t * 5), size)


def away(walk: Walk, first_s: float, last_s: float) -> Walk:
    """The same, unseen for a while."""
    return lambda t: None if first_s <= t < last_s else walk(t)


def frames(scene: Scene) -> Iterator[tuple[float, list[tuple[int, Box]]]]:
    """Time, and who is seen where. The order of the boxes is the detector's: by chance."""
    chance = random.Random(scene.seed)
    for index in range(int(scene.seconds * scene.fps) + 1):
        time_s = index / scene.fps
        seen: list[tuple[int, Box]] = []
        for person, walk in enumerate(scene.walks):
            box = walk(time_s)
            if box and not any(_hidden(box, other) for _, other in seen):
                seen.append((person, box))
        found = [
            (person, _shaken(box, scene.jitter, chance)) for person, box in seen if chance.random() >= scene.missed
        ]
        chance.shuffle(found)
        yield time_s, found


def switches(scene: Scene, step: Step) -> int:
    """How often a person gets another number than they had."""
    last: dict[int, int] = {}
    count = 0
    for time_s, found in frames(scene):
        numbers = step([box for _, box in found], time_s)
        for (person, _), number in zip(found, numbers, strict=True):
            count += last.get(person, number) != number
            last[person] = number
    return count


def plain_overlap() -> Step:
    """What most programs do: the box that overlaps the last one most, by 0.3 at least; forgotten after a second."""
    known: dict[int, tuple[Box, float]] = {}

    def step(boxes: Sequence[Box], time_s: float) -> Sequence[int]:
        alive = {number: box for number, (box, seen_s) in known.items() if time_s - seen_s <= 1.0}
        pairs = sorted(
            ((box.overlap(old), i, n) for i, box in enumerate(boxes) for n, old in alive.items()), reverse=True
        )
        named: dict[int, int] = {}
        for overlap, index, number in pairs:
            if overlap >= 0.3 and index not in named and number not in named.values():
                named[index] = number
        for index, box in enumerate(boxes):
            number = named.setdefault(index, max(known, default=0) + 1)
            known[number] = (box, time_s)
        return [named[index] for index in range(len(boxes))]

    return step


def _box(x: float, y: float, size: float) -> Box:
    side = WIDTH * size
    return Box(x * WIDTH - side / 2, y * WIDTH - side / 2, side, side * 1.2)


def _hidden(box: Box, nearer: Box) -> bool:
    """A detector finds a face no more when about half of it is covered."""
    width = min(box.right, nearer.right) - max(box.x, nearer.x)
    height = min(box.bottom, nearer.bottom) - max(box.y, nearer.y)
    return width > 0 and height > 0 and width * height > 0.5 * box.area


def _shaken(box: Box, jitter: float, chance: random.Random) -> Box:
    x, y, size = (chance.gauss(0, jitter) * box.width for _ in range(3))
    return Box(box.x + x - size / 2, box.y + y - size / 2, box.width + size, box.height + size)
