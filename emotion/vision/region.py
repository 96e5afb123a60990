"""The part of the picture in which faces are looked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from emotion.types import Detection, Image


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle in pixels of the upright picture; what lies beyond the picture is left out."""

    left: int
    top: int
    width: int | None
    height: int | None

    def of(self, image: Image) -> Image:
        """What lies in it."""
        if self == WHOLE_PICTURE:
            return image
        right = None if self.width is None else self.left + self.width
        bottom = None if self.height is None else self.top + self.height
        return np.ascontiguousarray(image[self.top : bottom, self.left : right])

    def in_picture(self, found: Sequence[Detection]) -> tuple[Detection, ...]:
        """What was found in it, in pixels of the whole picture."""
        if self == WHOLE_PICTURE:
            return tuple(found)
        return tuple(map(self._moved, found))

    def _moved(self, found: Detection) -> Detection:
        box = replace(found.box, x=found.box.x + self.left, y=found.box.y + self.top)
        landmarks = tuple((x + self.left, y + self.top) for x, y in found.landmarks)
        return replace(found, box=box, landmarks=landmarks)


WHOLE_PICTURE = Region(0, 0, None, None)
