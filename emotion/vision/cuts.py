"""Where another scene begins: a hard cut, told from pans, flashes and fast movement.

Two looks. The first, at every frame, compares small samples and nearly always ends it. Only where they differ much
does the second look for the parts of one sample in the other: after a pan or a flash most are still there, after a cut
hardly any.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from emotion.pixels import best_match
from emotion.types import Image

Sample = npt.NDArray[np.float32]

# The picture is sampled at about this many points, by strides: no pass over all its pixels (0.1 ms at any size).
COLUMNS, ROWS = 96, 54
# Below this mean difference, in levels of 255 and after the mean brightness is taken out, nothing was cut: talking
# heads stay below 6, cuts between clips of like lighting were 25 and more.
DIFFERENT = 12.0
# A sample that varies less than this is a flash, a black frame or the middle of a fade: no scene to compare with.
FLAT = 8.0
# Parts are squares of this side and are looked for up to this far away, in points: a sixth of the picture's width.
PART, REACH = 18, 16
# A part counts as found again at this normalised correlation, and a scene as gone on if this share of them is.
ALIKE, KEPT = 0.75, 0.3


class Cuts:
    """Compares each frame with the one before. It belongs to one thread."""

    def __init__(self) -> None:
        self._begun = False
        self.first: Sample | None = None
        """The sample of the very first picture; None if it was flat."""
        self.last: Sample | None = None
        """The sample that the next picture is compared with: the last that was not flat."""

    def begins_scene(self, image: Image, *, anew: bool = False) -> bool:
        """Whether a hard cut lies between the last picture shown to this and ``image``; never at the first.

        ``anew`` asks this still, but lets nothing older have a say in what comes after ``image``.
        """
        now, before = _sample(image), self.last
        flat = float(now.std()) < FLAT
        if not self._begun:
            self._begun, self.first = True, None if flat else now
        if flat:
            self.last = None if anew else before
            return False
        self.last = now
        return is_cut(before, now)


def is_cut(before: Sample | None, now: Sample | None) -> bool:
    """Whether two samples show different scenes; never where one is missing."""
    if before is None or now is None:
        return False
    return before.shape != now.shape or _differ(before, now)


def _sample(image: Image) -> Sample:
    """Green, which is most of the brightness, at evenly spread points: each the mean of four, against noise."""
    height, width = image.shape[:2]
    step = max(width // COLUMNS, height // ROWS, 1)
    rows, columns = height // step * step, width // step * step
    green = image[:rows, :columns, 1]
    near, far = step // 4, step * 3 // 4
    total = np.zeros((rows // step, columns // step), dtype=np.float32)
    for row in (near, far):
        for column in (near, far):
            total += green[row::step, column::step]
    return np.asarray(total / 4, dtype=np.float32)


def _differ(before: Sample, now: Sample) -> bool:
    change = now - before
    if float(np.abs(change - change.mean()).mean()) < DIFFERENT:
        return False
    likeness = [best_match(part, around) for part, around in _parts(before, now)]
    return bool(likeness) and sum(value >= ALIKE for value in likeness) < KEPT * len(likeness)


def _parts(before: Sample, now: Sample) -> list[tuple[Sample, Sample]]:
    """Each part of ``now`` that shows anything, and what was around its place before."""
    height, width = now.shape
    side = min(PART, height, width)
    pairs = []
    for top in range(0, height - side + 1, side):
        for left in range(0, width - side + 1, side):
            part = now[top : top + side, left : left + side]
            rows = slice(max(top - REACH, 0), top + side + REACH)
            columns = slice(max(left - REACH, 0), left + side + REACH)
            if float(part.std()) >= FLAT:
                pairs.append((part, before[rows, columns]))
    return pairs
