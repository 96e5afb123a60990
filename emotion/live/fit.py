"""Pictures of any size in one size: a camera's stream changes it as the network pleases, a video file cannot."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from emotion.pixels import resize
from emotion.types import Analysis, Box, Face, Image

Size = tuple[int, int]
"""Width and height in pixels."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How a picture lies in one of another size: as large as it can be, in the middle, black beside it."""

    size: Size
    """Of what it lies in."""
    width: int
    height: int
    left: int
    top: int
    scale: float

    @classmethod
    def of(cls, picture: Size, into: Size) -> Self:
        scale = min(into[0] / picture[0], into[1] / picture[1])
        width, height = max(round(picture[0] * scale), 1), max(round(picture[1] * scale), 1)
        return cls(into, width, height, (into[0] - width) // 2, (into[1] - height) // 2, scale)

    @property
    def changes_nothing(self) -> bool:
        return self.size == (self.width, self.height) and self.scale == 1

    def image(self, image: Image) -> Image:
        """The picture in the other size."""
        if self.changes_nothing:
            return image
        fitted = np.zeros((self.size[1], self.size[0], 3), np.uint8)
        inside = fitted[self.top : self.top + self.height, self.left : self.left + self.width]
        inside[:] = resize(image, width=self.width, height=self.height)
        return fitted

    def analysis(self, analysis: Analysis) -> Analysis:
        """What was found in the picture, where it is in the other size."""
        if self.changes_nothing:
            return analysis
        return replace(analysis, faces=tuple(self._face(face) for face in analysis.faces))

    def _face(self, face: Face) -> Face:
        x, y, scale, box = self.left, self.top, self.scale, face.box
        placed = Box(x + box.x * scale, y + box.y * scale, box.width * scale, box.height * scale)
        marks = tuple((x + mark[0] * scale, y + mark[1] * scale) for mark in face.landmarks)
        return replace(face, box=placed, landmarks=marks)
