"""Laying small translucent pictures over large ones, in NumPy, clipped at the borders.

These are the only functions of this package that write into an image they are given: the caller owns that image.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np
import numpy.typing as npt

from emotion.palette import Rgb
from emotion.types import Image

Mix = npt.NDArray[np.uint16]
Coverage = npt.NDArray[np.float64]

# What lies behind a coloured line is darkened by this share, so that the line shows on any background.
OUTLINE_OPACITY = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """A picture with transparency, ready to lay over another: ``shown = (behind * keep + add) >> 8``.

    ``keep`` has shape ``(height, width, 1)`` and counts from 0 (covers) to 256 (clear); ``add`` has shape
    ``(height, width, 3)``. Sixteen bits suffice, since ``keep`` and the opacity inside ``add`` sum to 256.
    """

    keep: Mix
    add: Mix

    @classmethod
    def of(cls, coverage: Coverage, color: Rgb) -> Self:
        """One colour, as opaque as ``coverage`` (shape ``(height, width)``, 0 to 1) says."""
        opacity = np.rint(coverage * 256).astype(np.uint16)[..., None]
        return cls(256 - opacity, opacity * np.array(color, dtype=np.uint16))

    def over(self, below: Sprite) -> Sprite:
        """Both as one, this one on top."""
        keep = self.keep.astype(np.uint32)
        add = (below.add * keep >> 8).astype(np.uint16) + self.add
        return Sprite((below.keep * keep >> 8).astype(np.uint16), add)

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


def blit(image: Image, sprite: Sprite, x: int, y: int) -> None:
    """Lay ``sprite`` over ``image`` with its top left corner at ``(x, y)``; what lies outside is left out."""
    _lay(image, sprite.keep, sprite.add, Area(x, y, sprite.width, sprite.height))


def _lay(image: Image, keep: Mix, add: Mix, area: Area) -> None:
    """Mix into ``area`` of the image; a side of length 1 of ``keep`` and ``add`` is stretched over the whole area."""
    left, right = max(area.left, 0), min(area.right, image.shape[1])
    top, bottom = max(area.top, 0), min(area.bottom, image.shape[0])
    if left >= right or top >= bottom:
        return
    rows = slice(None) if keep.shape[0] == 1 else slice(top - area.top, bottom - area.top)
    columns = slice(None) if keep.shape[1] == 1 else slice(left - area.left, right - area.left)
    region = image[top:bottom, left:right]
    mixed = np.multiply(region, keep[rows, columns], dtype=np.uint16)
    mixed += add[rows, columns]
    mixed >>= 8
    region[...] = mixed


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A rounded rectangle of any size from one small picture: corners are copied, what lies between is stretched."""

    sprite: Sprite
    corner: int
    """Pixels of a corner's side; the sprite is ``2 * corner + 1`` wide and high."""

    def draw(self, image: Image, area: Area) -> None:
        """Draw it into ``image``; an area smaller than the two corners grows to their size."""
        keep, add, corner = self.sprite.keep, self.sprite.add, self.corner
        for source_y, top, height in _thirds(area.top, area.height, corner):
            for source_x, left, width in _thirds(area.left, area.width, corner):
                part = keep[source_y, source_x]
                if part.min() < 256:
                    _lay(image, part, add[source_y, source_x], Area(left, top, width, height))


def _thirds(start: int, length: int, corner: int) -> tuple[tuple[slice, int, int], ...]:
    """Where the two ends and the middle of one side come from, where they start and how long they are."""
    length = max(length, 2 * corner)
    return (
        (slice(0, corner), start, corner),
        (slice(corner, corner + 1), start + corner, length - 2 * corner),
        (slice(corner + 1, None), start + length - corner, corner),
    )


def _rounded(side: int, inset: float, radius: float) -> Coverage:
    """Coverage of a rounded square in a ``side`` x ``side`` picture, ``inset`` pixels from its borders.

    The distance to the rounded square's border (its signed distance function), cut to one pixel, is the antialiasing.
    """
    half = side / 2
    offset = np.abs(np.arange(side) + 0.5 - half) - (half - inset - radius)
    outside = np.hypot(np.maximum(offset, 0)[:, None], np.maximum(offset, 0)[None, :])
    inside = np.minimum(np.maximum(offset[:, None], offset[None, :]), 0)
    return np.asarray(np.clip(0.5 + radius - outside - inside, 0, 1), dtype=np.float64)


@lru_cache(maxsize=128)
def filled_patch(color: Rgb, radius: int) -> Patch:
    """A filled rounded rectangle."""
    corner = radius + 1
    return Patch(Sprite.of(_rounded(2 * corner + 1, 0, radius), color), corner)


@lru_cache(maxsize=128)
def ring_patch(color: Rgb, thickness: int, radius: int) -> Patch:
    """The border of a rounded rectangle with a pixel of dark on both sides; ``radius`` is the outermost one."""
    corner = max(radius, thickness + 2) + 1
    side = 2 * corner + 1

    def ring(inset: int, width: int) -> Coverage:
        inner = _rounded(side, inset + width, max(radius - inset - width, 0))
        return _rounded(side, inset, max(radius - inset, 0)) - inner

    dark = Sprite.of(ring(0, thickness + 2) * OUTLINE_OPACITY, (0, 0, 0))
    return Patch(Sprite.of(ring(1, thickness), color).over(dark), corner)


@lru_cache(maxsize=128)
def dot(color: Rgb, radius: int, outline: Rgb = (0, 0, 0)) -> Sprite:
    """A round dot with a thin outline; its centre is the sprite's."""
    side = 2 * radius + 3
    rim = Sprite.of(_rounded(side, 0, side / 2) * OUTLINE_OPACITY, outline)
    return Sprite.of(_rounded(side, 1, side / 2 - 1), color).over(rim)
