"""How a decoded picture becomes the one that a player shows: square pixels, the right way up."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from av.sidedata.sidedata import Type
from av.video.frame import VideoFrame

from emotion.pixels import reorient
from emotion.types import Image

# Beyond these a pixel's shape is a mistake in the header; real ones lie between 0.5 and 2.2 (anamorphic film).
SANE_PIXELS = (0.25, 4.0)


@dataclass(frozen=True, slots=True)
class Turn:
    """Which way up a picture is to be shown: rows and columns swapped first, then mirrored."""

    transpose: bool = False
    flip_x: bool = False
    flip_y: bool = False

    @classmethod
    def of(cls, frame: VideoFrame) -> Turn:
        """What the container says about ``frame``: phones write how they were held beside the pictures.

        The display matrix of ISO 14496-12 maps a pixel of the frame to a place on the screen, x' = a x + c y and
        y' = b x + d y; FFmpeg gives it as nine integers, row by row. The nearest of the eight upright ways is used.
        """
        matrix = frame.side_data.get(Type.DISPLAYMATRIX)  # type: ignore[call-overload]
        if matrix is None:
            return cls()
        a, b, _, c, d = (int(number) for number in np.frombuffer(bytes(matrix), np.int32)[:5])
        if abs(a) >= abs(b):
            return cls(flip_x=a < 0, flip_y=d < 0)
        return cls(transpose=True, flip_x=c < 0, flip_y=b < 0)

    @property
    def degrees(self) -> int:
        """How far a player turns the picture clockwise: 0, 90, 180 or 270; mirroring left out."""
        if self.transpose:
            return 90 if self.flip_x else 270
        return 180 if self.flip_y else 0

    def upright(self, image: Image) -> Image:
        """``image`` as it is to be shown."""
        return reorient(image, transpose=self.transpose, flip_x=self.flip_x, flip_y=self.flip_y)


AS_STORED = Turn()


@dataclass(frozen=True, slots=True)
class Geometry:
    """The size that every decoded picture is scaled to, and how it is then turned."""

    scaled_width: int
    scaled_height: int
    turn: Turn

    @classmethod
    def of(cls, frame: VideoFrame, pixel_aspect: Fraction | None) -> Geometry:
        """``pixel_aspect`` is a pixel's width over its height. Pictures are stretched to make it 1, never shrunk."""
        width, height = frame.width, frame.height
        aspect = float(pixel_aspect or 1)
        if SANE_PIXELS[0] <= aspect <= SANE_PIXELS[1]:
            width, height = round(width * max(aspect, 1.0)), round(height / min(aspect, 1.0))
        return cls(width, height, Turn.of(frame))

    @property
    def width(self) -> int:
        """As shown."""
        return self.scaled_height if self.turn.transpose else self.scaled_width

    @property
    def height(self) -> int:
        """As shown."""
        return self.scaled_width if self.turn.transpose else self.scaled_height

    def within(self, width: int, height: int) -> Geometry:
        """The same, scaled down where it is shown larger than ``width`` x ``height``; the aspect stays."""
        scale = min(width / self.width, height / self.height)
        if scale >= 1:
            return self
        return Geometry(max(1, round(self.scaled_width * scale)), max(1, round(self.scaled_height * scale)), self.turn)
