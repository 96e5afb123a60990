"""Where things lie in the merged video, and the arithmetic of axes. Pure numbers: nothing is drawn here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from emotion.report.canvas import Area

GUTTER_PX = 24
LARGEST = (1280, 720)
"""Width and height up to which a source keeps its size in the merged video."""
LOWEST_PX = 270
NARROWEST_PX = 300
"""Below these a chart cannot be read, so smaller sources grow, as far as LARGEST allows."""
SMALLEST_UNIT = 0.8
"""Text of 15 units stays at 12 pixels."""
TIME_STEPS_S = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)


@dataclass(frozen=True, slots=True)
class Layout:
    """The merged video: three panels of one size, their titles above, one strip below."""

    size: tuple[int, int]
    panels: tuple[Area, Area, Area]
    picture: Area
    """Where the source's picture lies: all of the first panel, unless the source is much longer than wide or high."""
    title_top: int
    title_px: int
    strip: Area


def merged_layout(source: tuple[int, int]) -> Layout:
    """The layout for a source of this width and height; all of its sizes that a codec cares about are even."""
    inner = _fit(source)
    width, height = max(inner[0], NARROWEST_PX), max(inner[1], LOWEST_PX)
    scale = unit((width, height))
    title_px = round(15 * scale)
    title_room, strip_px = round(27 * scale), round(14 * scale)
    top = GUTTER_PX + _even(title_room)
    strip_top = top + height + round(18 * scale)
    total = strip_top + strip_px + GUTTER_PX
    lefts = [GUTTER_PX + i * (width + GUTTER_PX) for i in range(3)]
    first, second, third = (Area(left, top, width, height) for left in lefts)
    return Layout(
        size=(3 * width + 4 * GUTTER_PX, total + total % 2),
        panels=(first, second, third),
        picture=Area(first.left + (width - inner[0]) // 4 * 2, top + (height - inner[1]) // 4 * 2, *inner),
        title_top=GUTTER_PX - round(2 * scale),
        title_px=title_px,
        strip=Area(GUTTER_PX, strip_top, 3 * width + 2 * GUTTER_PX, strip_px),
    )


def unit(size: tuple[int, int]) -> float:
    """The scale of text and lines in a panel of this width and height: 1 where the shorter side is 360."""
    return max(min(size) / 360, SMALLEST_UNIT)


def _fit(source: tuple[int, int]) -> tuple[int, int]:
    width, height = source
    grow = max(LOWEST_PX / height, NARROWEST_PX / width, 1.0)
    scale = min(grow, LARGEST[0] / width, LARGEST[1] / height)
    return _even(width * scale), _even(height * scale)


def _even(length: float) -> int:
    return max(2 * round(length / 2), 2)


def nice_step(length: float, count: int) -> float:
    """The distance of ticks, 1, 2 or 5 times a power of ten, so that about ``count`` divide ``length`` (above 0)."""
    rough = length / max(count, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    return next((power * factor for factor in (1, 2, 5) if power * factor >= rough * 0.999), power * 10)


def time_step(length_s: float, count: int) -> float:
    """The same for seconds: at most ``count`` ticks, at distances that clocks have."""
    rough = length_s / max(count, 1)
    return next((step for step in TIME_STEPS_S if step >= rough), 3600 * math.ceil(rough / 3600))


def ticks(start: float, end: float, step: float) -> list[float]:
    """The multiples of ``step`` from ``start`` to ``end``."""
    first, last = math.ceil(start / step - 1e-9), math.floor(end / step + 1e-9)
    return [i * step for i in range(first, last + 1)]


def clock(time_s: float) -> str:
    """``"1:05"``, and ``"1:00:05"`` from an hour on."""
    minutes, seconds = divmod(int(time_s + 1e-6), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places at least ``gap`` apart, in the order of the wanted ones and as near to them as least squares can be.

    Pool adjacent violators (isotonic regression) on the wanted places less the room of those before. Where there is
    too little room between ``low`` and ``high`` the gap shrinks.
    """
    if len(wanted) > 1:
        gap = min(gap, (high - low) / (len(wanted) - 1))
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    pools: list[tuple[float, int]] = []
    for rank, i in enumerate(order):
        mean, count = wanted[i] - rank * gap, 1
        while pools and pools[-1][0] > mean:
            other, others = pools.pop()
            mean, count = (mean * count + other * others) / (count + others), count + others
        pools.append((mean, count))
    highest = high - (len(wanted) - 1) * gap
    means = [min(max(mean, low), highest) for mean, count in pools for _ in range(count)]
    places = {i: means[rank] + rank * gap for rank, i in enumerate(order)}
    return [places[i] for i in range(len(wanted))]
