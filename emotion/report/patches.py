"""Shapes of a few colours: rounded rectangles of any size, frames and dots. Each is drawn once and kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from emotion.palette import Rgb
from emotion.report.canvas import Area, Coverage, Sprite, fill, lay
from emotion.types import Image

# What lies behind a coloured line is darkened by this share, so that the line shows on any background.
OUTLINE_OPACITY = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A rounded rectangle of any size from one small picture: corners are copied, what lies between is stretched."""

    sprite: Sprite
    corner: int
    """Pixels of a corner's side; the sprite is ``2 * corner + 1`` wide and high."""

    def draw(self, image: Image, area: Area) -> None:
        """Draw it into ``image``; an area smaller than the two corners grows to their size."""
        for row, (top, height) in enumerate(_thirds(area.top, area.height, self.corner)):
            for column, (left, width) in enumerate(_thirds(area.left, area.width, self.corner)):
                part = _part(self, row, column, _room(height), _room(width))
                if isinstance(part, Sprite):
                    lay(image, part, Area(left, top, width, height))
                elif part is not None:
                    fill(image, part, Area(left, top, width, height))

    def sized(self, width: int, height: int) -> Sprite:
        """The whole of it at a size that has room for the corners, as one sprite."""
        rows, columns = (self._picks(length) for length in (height, width))
        return Sprite(*(np.ascontiguousarray(mix[rows][:, columns]) for mix in (self.sprite.keep, self.sprite.add)))

    def _picks(self, length: int) -> npt.NDArray[np.intp]:
        """For each pixel of a side which one of the sprite it is."""
        middle = np.full(length - 2 * self.corner, self.corner)
        return np.concatenate([np.arange(self.corner), middle, np.arange(self.corner) + self.corner + 1])


def _thirds(start: int, length: int, corner: int) -> tuple[tuple[int, int], ...]:
    """Where the two ends of one side and its middle start, and how long they are."""
    length = max(length, 2 * corner)
    return (start, corner), (start + corner, length - 2 * corner), (start + length - corner, corner)


def _room(length: int) -> int:
    """Rounded up, so that boxes of about one size share their stretched sides."""
    return -(-length // 64) * 64


# A part of a side of 640 pixels is 30 KB; most are corners or plain colours.
@lru_cache(maxsize=1024)
def _part(patch: Patch, row: int, column: int, height: int, width: int) -> Sprite | Rgb | None:
    """One ninth of a patch: a plain colour, None where it is clear, or a sprite of at least its size."""
    ends = (slice(0, patch.corner), slice(patch.corner, patch.corner + 1), slice(patch.corner + 1, None))
    keep, add = patch.sprite.keep[ends[row], ends[column]], patch.sprite.add[ends[row], ends[column]]
    if keep.min() == 256:
        return None
    if not keep.any() and (add == add[0, 0]).all():
        red, green, blue = (int(channel) >> 8 for channel in add[0, 0])
        return red, green, blue
    size = height if row == 1 else keep.shape[0], width if column == 1 else keep.shape[1], 3
    return Sprite(np.ascontiguousarray(np.broadcast_to(keep, size)), np.ascontiguousarray(np.broadcast_to(add, size)))


def _rounded(side: int, inset: float, radius: float) -> Coverage:
    """Coverage of a rounded square in a ``side`` x ``side`` picture, ``inset`` pixels from its borders.

    The distance to the rounded square's border (its signed distance function), cut to one pixel, is the antialiasing.
    """
    half = side / 2
    offset = np.abs(np.arange(side) + 0.5 - half) - (half - inset - radius)
    outside = np.hypot(np.maximum(offset, 0)[:, None], np.maximum(offset, 0)[None, :])
    inside = np.minimum(np.maximum(offset[:, None], offset[None, :]), 0)
    return np.asarray(np.clip(0.5 + radius - outside - inside, 0, 1), dtype=np.float64)


def rounded(width: int, height: int, radius: int) -> Coverage:
    """Coverage of a rectangle with round corners that fills ``width`` x ``height`` pixels; see :func:`_rounded`."""
    half_width, half_height = width / 2, height / 2
    x = np.abs(np.arange(width) + 0.5 - half_width) - (half_width - radius)
    y = np.abs(np.arange(height) + 0.5 - half_height) - (half_height - radius)
    outside = np.hypot(np.maximum(x, 0)[None, :], np.maximum(y, 0)[:, None])
    inside = np.minimum(np.maximum(x[None, :], y[:, None]), 0)
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
