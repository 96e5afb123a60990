"""Laying small translucent pictures over large ones, in NumPy, clipped at the borders.

These are the only functions of this package that write into an image they are given: the caller owns that image.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from emotion.palette import PANEL_BACKGROUND, Rgb
from emotion.types import Image

Mix = npt.NDArray[np.uint16]
Coverage = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """A picture with transparency, ready to lay over another: ``shown = (behind * keep + add) >> 8``.

    Both have the shape ``(height, width, 3)``; ``keep`` counts from 0 (covers) to 256 (clear), the same in all three
    channels: one number for the three, stretched by NumPy, would take five times as long. Sixteen bits suffice, since
    ``keep`` and the opacity inside ``add`` sum to 256.
    """

    keep: Mix
    add: Mix

    @classmethod
    def of(cls, coverage: Coverage, color: Rgb) -> Self:
        """One colour, as opaque as ``coverage`` (shape ``(height, width)``, 0 to 1) says."""
        opacity = np.repeat(np.rint(coverage * 256).astype(np.uint16)[..., None], 3, axis=2)
        return cls(256 - opacity, opacity * np.array(color, dtype=np.uint16))

    def over(self, below: Sprite) -> Sprite:
        """Both as one, this one on top."""
        keep = self.keep.astype(np.uint32)
        add = (below.add * keep >> 8).astype(np.uint16) + self.add
        return Sprite((below.keep * keep >> 8).astype(np.uint16), add)

    def placed(self, x: int, y: int, width: int, height: int) -> Self:
        """A sprite of this size, clear but for this one, whose top left corner is at ``(x, y)``; cut at the borders."""
        keep, add = np.full((height, width, 3), 256, np.uint16), np.zeros((height, width, 3), np.uint16)
        to = slice(max(y, 0), max(y + self.height, 0)), slice(max(x, 0), max(x + self.width, 0))
        room = keep[to].shape
        of = slice(max(-y, 0), max(-y, 0) + room[0]), slice(max(-x, 0), max(-x, 0) + room[1])
        keep[to], add[to] = self.keep[of], self.add[of]
        return type(self)(keep, add)

    def on(self, color: Rgb) -> Image:
        """The sprite laid on one colour: an opaque picture, which can be copied instead of mixed."""
        image = np.empty(self.keep.shape, dtype=np.uint8)
        image[...] = color
        blit(image, self, 0, 0)
        return image

    @property
    def width(self) -> int:
        return int(self.keep.shape[1])

    @property
    def height(self) -> int:
        return int(self.keep.shape[0])


@dataclass(frozen=True, slots=True)
class Area:
    """Whole pixels of a picture, half-open like every box."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def bottom(self) -> int:
        return self.top + self.height

    def of(self, image: Image) -> Image:
        """The part of ``image`` that it covers, as a view: writing there writes into ``image``."""
        return image[self.top : self.bottom, self.left : self.right]

    def moved(self, x: int, y: int) -> Area:
        """As large, ``x`` pixels further right and ``y`` further down."""
        return Area(self.left + x, self.top + y, self.width, self.height)

    def joined(self, other: Area) -> Area:
        """The smallest area that covers both."""
        left, top = min(self.left, other.left), min(self.top, other.top)
        return Area(left, top, max(self.right, other.right) - left, max(self.bottom, other.bottom) - top)

    def even(self) -> Area:
        """The smallest area around it whose borders are even: video keeps one colour for two by two pixels."""
        left, top = self.left // 2 * 2, self.top // 2 * 2
        return Area(left, top, (self.right + 1) // 2 * 2 - left, (self.bottom + 1) // 2 * 2 - top)


def blit(image: Image, sprite: Sprite, x: int, y: int) -> None:
    """Lay ``sprite`` over ``image`` with its top left corner at ``(x, y)``; what lies outside is left out."""
    lay(image, sprite, Area(x, y, sprite.width, sprite.height))


def lay(image: Image, sprite: Sprite, area: Area) -> None:
    """Mix as much of the sprite into the image as ``area``, which is not larger than it, covers."""
    left, right = max(area.left, 0), min(area.right, image.shape[1])
    top, bottom = max(area.top, 0), min(area.bottom, image.shape[0])
    if left >= right or top >= bottom:
        return
    rows, columns = slice(top - area.top, bottom - area.top), slice(left - area.left, right - area.left)
    region = image[top:bottom, left:right]
    mixed = region.astype(np.uint16)
    mixed *= sprite.keep[rows, columns]
    mixed += sprite.add[rows, columns]
    mixed >>= 8
    region[...] = mixed


def fill(image: Image, color: Rgb, area: Area) -> None:
    """One colour in as much of ``area`` as lies in the image."""
    top, left = max(area.top, 0), max(area.left, 0)
    image[top : max(area.bottom, 0), left : max(area.right, 0)] = color


def put_right(area: Image, picture: Image) -> None:
    """Copy an opaque picture to the right end of ``area``, at half its height; the rest becomes a panel's background.

    Of a larger picture the right end and the middle rows show.
    """
    height, width = min(picture.shape[0], area.shape[0]), min(picture.shape[1], area.shape[1])
    top, skip = (area.shape[0] - height) // 2, (picture.shape[0] - height) // 2
    area[...] = PANEL_BACKGROUND
    area[top : top + height, area.shape[1] - width :] = picture[skip : skip + height, picture.shape[1] - width :]
