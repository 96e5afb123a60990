"""A face drawn by the program, for demonstrations and for machines without a camera. No person's picture is needed.

It is shaded rather than outlined, because the face detectors look for light and dark where a photograph has them.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from emotion.types import Image

SIZE = (640, 480)
MIDDLE_Y = 230
# How far the head moves to either side.
SWAY = 26
RATE = 15.0
# Each look is held for a while, and passes into the next.
HOLD_S, CHANGE_S = 2.5, 0.7

Plane = npt.NDArray[np.float32]
Color = tuple[float, float, float]

BACKGROUND: Color = (104, 122, 138)
SKIN: Color = (224, 178, 150)
SHADOW: Color = (150, 100, 80)
HAIR: Color = (62, 42, 32)
SHIRT: Color = (52, 84, 120)
LIPS: Color = (176, 84, 84)
INSIDE: Color = (70, 24, 28)
WHITE: Color = (246, 244, 240)
IRIS: Color = (70, 52, 40)


@dataclass(frozen=True, slots=True)
class Look:
    """How the face is held; 0 is at rest."""

    smile: float = 0.0
    """1 is a broad smile, -1 corners drawn down."""
    open: float = 0.0
    """The mouth: 0 closed to 1 wide open."""
    wide: float = 0.0
    """The eyes: 1 wide open, -1 narrowed."""
    raised: float = 0.0
    """The brows, both."""
    frown: float = 0.0
    """Their inner ends: 1 drawn down and together, -1 drawn up."""

    def towards(self, other: Look, share: float) -> Look:
        names = [field.name for field in fields(self)]
        return Look(*(getattr(self, name) * (1 - share) + getattr(other, name) * share for name in names))


LOOKS = (
    Look(),
    Look(smile=1.0, open=0.35, wide=-0.3, raised=0.1),
    Look(open=0.9, wide=1.0, raised=1.0),
    Look(smile=-1.0, wide=-0.4, raised=-0.1, frown=-1.5),
    Look(smile=-0.5, open=0.15, wide=-0.2, raised=-1.0, frown=1.5),
)


def pictures() -> Iterator[tuple[float, Image]]:
    """Pictures with their times in seconds, for ever."""
    for number in itertools.count():
        time_s = number / RATE
        yield time_s, drawn(look_at(time_s), sway=math.sin(time_s * 0.9))


def look_at(time_s: float) -> Look:
    """The look at a time: one after the other, passing gently."""
    turn, within_s = divmod(time_s, HOLD_S + CHANGE_S)
    now, following = (LOOKS[int(turn + step) % len(LOOKS)] for step in (0, 1))
    share = max(0.0, (within_s - HOLD_S) / CHANGE_S)
    return now.towards(following, share * share * (3 - 2 * share))


def drawn(look: Look, *, sway: float = 0.0) -> Image:
    """The face with that look; ``sway`` from -1 to 1 moves it a little."""
    shift = round(SWAY * sway)
    # The head is the same every time: drawing it anew would be three quarters of the work.
    pen = Pen(_background()[:, SWAY - shift : SWAY - shift + SIZE[0]].copy(), SIZE[0] / 2 + shift)
    for side in (-1, 1):
        _eye(pen, side, look)
    _nose(pen)
    _mouth(pen, look)
    return np.clip(pen.canvas, 0, 255).astype(np.uint8)


class Pen:
    """Soft ellipses on a canvas, in coordinates of the face: its centre is (0, 0), a unit is a pixel."""

    def __init__(self, canvas: Plane, x: float) -> None:
        height, width = canvas.shape[:2]
        self.canvas = canvas
        self._x = np.arange(width, dtype=np.float32)[None] - np.float32(x)
        self._y = np.arange(height, dtype=np.float32)[:, None] - np.float32(MIDDLE_Y)

    def ellipse(
        self,
        x: float,
        y: float,
        rx: float,
        ry: float,
        color: Color,
        *,
        soft: float = 1.5,
        strength: float = 1.0,
        bend: float = 0.0,
        slant: float = 0.0,
    ) -> None:
        """``soft`` is the width of its edge; ``bend`` moves its ends down by so much, ``slant`` its right end."""
        rows = self._span(self._y[:, 0], y, ry + soft + abs(bend) + abs(slant))
        columns = self._span(self._x[0], x, rx + soft)
        across = (self._x[:, columns] - x) / rx
        down = (self._y[rows] - y - bend * across**2 - slant * across) / ry
        radius = np.sqrt(across**2 + down**2)
        edge = max(soft, 0.1) / min(rx, ry)
        share = strength * np.clip((1 + edge / 2 - radius) / edge, 0, 1)[..., None]
        part = self.canvas[rows, columns]
        part += share * (np.asarray(color, np.float32) - part)

    @staticmethod
    def _span(axis: npt.NDArray[np.float32], middle: float, reach: float) -> slice:
        first, last = np.searchsorted(axis, [middle - reach, middle + reach])
        return slice(int(first), int(last))


@functools.cache
def _background() -> Plane:
    """The head without its features, a little wider than the picture."""
    width, height = SIZE[0] + 2 * SWAY, SIZE[1]
    canvas = np.empty((height, width, 3), np.float32)
    canvas[:] = BACKGROUND
    pen = Pen(canvas, width / 2)
    _head(pen)
    return canvas


def _head(pen: Pen) -> None:
    pen.ellipse(0, 250, 190, 110, SHIRT, soft=6)
    pen.ellipse(0, 130, 46, 70, SHADOW, soft=8)
    pen.ellipse(0, 128, 42, 66, SKIN, soft=20, strength=0.7)
    pen.ellipse(0, -36, 122, 136, HAIR, soft=8)
    pen.ellipse(-99, 8, 16, 30, SHADOW, soft=6)
    pen.ellipse(99, 8, 16, 30, SHADOW, soft=6)
    pen.ellipse(0, 8, 98, 130, SHADOW, soft=5)
    pen.ellipse(0, 4, 94, 126, SKIN, soft=40)
    pen.ellipse(0, -96, 104, 46, HAIR, soft=10, bend=34)
    pen.ellipse(0, -48, 60, 26, (240, 200, 174), soft=40, strength=0.6)
    for side in (-1, 1):
        pen.ellipse(side * 50, 40, 28, 22, (236, 168, 146), soft=26, strength=0.6)
    pen.ellipse(0, 112, 40, 14, SHADOW, soft=16, strength=0.35)


def _eye(pen: Pen, side: int, look: Look) -> None:
    x, opening = side * 40.0, 7.5 + 5.5 * look.wide
    pen.ellipse(x, -16, 30, 20, SHADOW, soft=18, strength=0.45)
    pen.ellipse(x, -13, 21, opening + 2.5, (96, 60, 48), soft=3)
    pen.ellipse(x, -12, 19, opening, WHITE, soft=2)
    pen.ellipse(x, -13, 9.5, min(9.5, opening), IRIS, soft=2)
    pen.ellipse(x, -13, 4.5, min(4.5, opening), (16, 12, 10), soft=1.5)
    pen.ellipse(x + 3, -16, 2.2, 2.2, WHITE, soft=1)
    pen.ellipse(x, -14 - opening, 23, 3.5, (70, 44, 36), soft=2.5, bend=7)
    brow = -36 - 13 * look.raised
    pen.ellipse(x - side * 3 * look.frown, brow, 27, 5, HAIR, soft=4, bend=6, slant=-side * 9 * look.frown)


def _nose(pen: Pen) -> None:
    pen.ellipse(-9, 12, 7, 34, SHADOW, soft=14, strength=0.3)
    pen.ellipse(4, 8, 7, 36, (244, 206, 182), soft=14, strength=0.7)
    pen.ellipse(0, 44, 20, 10, SHADOW, soft=12, strength=0.5)
    for side in (-1, 1):
        pen.ellipse(side * 9, 47, 5.5, 3.2, (96, 52, 44), soft=3)


def _mouth(pen: Pen, look: Look) -> None:
    wide = 33 + 13 * max(look.smile, -0.3) - 9 * look.open * (1 - max(look.smile, 0))
    bend, y = -15 * look.smile, 80 + 8 * look.smile + 5 * look.open
    pen.ellipse(0, y + 12, wide, 12, SHADOW, soft=14, strength=0.3, bend=bend)
    pen.ellipse(0, y, wide, 7 + 17 * look.open, LIPS, soft=3, bend=bend)
    if look.open > 0.05:
        pen.ellipse(0, y, wide - 6, 2 + 15 * look.open, INSIDE, soft=2, bend=bend)
        pen.ellipse(0, y - 7 * look.open, wide - 9, 1 + 6 * look.open, WHITE, soft=2, bend=bend, strength=0.95)
    else:
        pen.ellipse(0, y, wide - 2, 1.6, INSIDE, soft=2, bend=bend)
    if look.smile > 0:
        for side in (-1, 1):
            pen.ellipse(side * (wide + 8), y - 22, 4, 22, SHADOW, soft=7, strength=0.45 * look.smile)
