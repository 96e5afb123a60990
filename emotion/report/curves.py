"""The cumulative chart as a picture: the right panel of the merged video, and the PNG."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image as Pictures
from PIL import ImageDraw

from emotion.palette import PANEL_BACKGROUND, PANEL_GRID, PANEL_QUIET, PANEL_TEXT, RGB, Rgb
from emotion.report.canvas import Area, blit
from emotion.report.headline import NO_FACE
from emotion.report.layout import clock, nice_step, spread, ticks, time_step, unit
from emotion.report.moments import Moments
from emotion.report.text import Typeface, fitting_size, words
from emotion.report.timeline import Floats, Timeline
from emotion.settings import Settings
from emotion.types import EMOTIONS, Emotion, Image

FINER = 3
"""Lines are drawn so many times larger and averaged down: Pillow's own have no antialiasing."""
FAINT = 0.4
LINE, LEAD = 2.4, 1.4
NOTCH = 0.1
"""Radians: on the outside of a line 2.4 pixels wide the gap of such a turn is 0.12 pixels."""


@dataclass(frozen=True, slots=True)
class Axes:
    """How seconds and score-seconds become pixels."""

    plot: Area
    start_s: float
    end_s: float
    top: float
    """The score-seconds at the upper border."""

    def x(self, time_s: float) -> float:
        span = self.end_s - self.start_s
        share = (time_s - self.start_s) / span if span > 0 else 0.0
        return self.plot.left + self.plot.width * min(max(share, 0.0), 1.0)

    def y(self, value: float) -> float:
        return self.plot.bottom - self.plot.height * value / self.top


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """The finished chart twice: as it looks when all of it has happened, and when none has."""

    bright: Image
    faint: Image
    axes: Axes
    any_face: bool


def cumulative_picture(timeline: Timeline, size: tuple[int, int], settings: Settings) -> Image:
    """The whole cumulative chart, ``size`` being its width and height."""
    return _Chart(Moments.of(timeline), size, settings).draw(1.0)


def draw_curves(moments: Moments, size: tuple[int, int], settings: Settings) -> Curves:
    """The chart with curves in full colour and with faint ones; all else is the same in both."""
    chart = _Chart(moments, size, settings)
    return Curves(chart.draw(1.0), chart.draw(FAINT), chart.axes, chart.any_face)


class _Chart:
    def __init__(self, moments: Moments, size: tuple[int, int], settings: Settings) -> None:
        self._moments, self._size, self._scale = moments, size, unit(size)
        self._typeface = Typeface.of(settings)
        self._words = words(settings, self._typeface)
        names = list(self._words.values())
        self._name_px = fitting_size(self._typeface, names, round(14 * self._scale), round(size[0] * 0.3))
        self._tick_px = round(13 * self._scale)
        self._lead_px = round(18 * self._scale)
        self.any_face = bool(moments.persons.any())
        self._arrange()

    def _arrange(self) -> None:
        highest = float(self._moments.sums[-1].max())
        top = highest * 1.04 if highest > 0 else 1.0
        height = self._size[1] - round(30 * self._scale) - self._typeface.height(self._tick_px) // 2
        self._step = nice_step(top, max(height // round(56 * self._scale), 2))
        name_px = max(self._typeface.width(word, self._name_px) for word in self._words.values())
        label_px = max(self._typeface.width(self._amount(value), self._tick_px) for value in (0.0, top))
        left = label_px + round(8 * self._scale)
        plot = Area(
            left,
            self._typeface.height(self._tick_px) // 2,
            max(self._size[0] - left - self._lead_px - name_px - round(4 * self._scale), 10),
            height,
        )
        self.axes = Axes(plot, self._moments.start_s, self._moments.end_s, top)
        half = self._typeface.height(self._name_px) / 2
        ends = [self.axes.y(value) for value in self._moments.sums[-1]]
        places = spread(ends, half * 2 - 1, plot.top - half / 2, plot.bottom + half / 2)
        self._ends = list(zip(EMOTIONS, ends, places, strict=True)) if self.any_face else []

    def draw(self, strength: float) -> Image:
        image = self._draw_lines(strength)
        self._write_axes(image)
        for emotion, _, place in self._ends:
            sprite = self._typeface.sprite(self._words[emotion], self._name_px, PANEL_TEXT)
            left = self.axes.plot.right + self._lead_px + round(4 * self._scale)
            blit(image, sprite, left, round(place - sprite.height / 2))
        if not self.any_face:
            self._write_center(image, NO_FACE)
        return image

    def _draw_lines(self, strength: float) -> Image:
        width, height = self._size
        picture = Pictures.new("RGB", (width * FINER, height * FINER), PANEL_BACKGROUND)
        pen = ImageDraw.Draw(picture)
        plot, thick = self.axes.plot, max(1, round(self._scale)) * FINER
        for value in self._amounts():
            y = round(self.axes.y(value)) * FINER
            pen.rectangle((plot.left * FINER, y, plot.right * FINER - 1, y + thick - 1), fill=PANEL_GRID)
        line = round(LINE * self._scale * FINER)
        for emotion, end, place in self._ends:
            _draw_curve(pen, self._curve(emotion), _towards(PANEL_BACKGROUND, RGB[emotion], strength), line)
            lead = [(plot.right, end), (plot.right + self._lead_px * 0.35, end), (plot.right + self._lead_px, place)]
            pen.line(
                [(x * FINER, y * FINER) for x, y in lead],
                fill=RGB[emotion],
                width=round(LEAD * self._scale * FINER),
                joint="curve",
            )
        return np.array(picture.reduce(FINER))

    def _curve(self, emotion: Emotion) -> Floats:
        """Its corners, shape ``(n, 2)``: one per pixel: more cannot be seen, and an hour has 100,000."""
        plot, moments = self.axes.plot, self._moments
        times = np.linspace(moments.start_s, moments.end_s, plot.width + 1)
        values = np.interp(times, moments.knots, moments.sums[:, EMOTIONS.index(emotion)])
        y = plot.bottom - plot.height * values / self.axes.top
        return np.stack([plot.left + np.arange(plot.width + 1.0), y], axis=1) * FINER

    def _write_axes(self, image: Image) -> None:
        plot = self.axes.plot
        for value in self._amounts():
            sprite = self._typeface.sprite(self._amount(value), self._tick_px, PANEL_QUIET)
            x = plot.left - sprite.width - round(8 * self._scale)
            blit(image, sprite, x, round(self.axes.y(value) - sprite.height / 2))
        for text, middle in self._moments_of_axis():
            sprite = self._typeface.sprite(text, self._tick_px, PANEL_QUIET)
            start = min(round(middle - sprite.width / 2), self._size[0] - sprite.width)
            blit(image, sprite, start, plot.bottom + round(8 * self._scale))

    def _moments_of_axis(self) -> list[tuple[str, float]]:
        start, end = self.axes.start_s, self.axes.end_s
        if end <= start:
            return []
        step = time_step(end - start, max(self.axes.plot.width // round(52 * self._scale), 2))
        if end >= 60 and step >= 1:
            return [(clock(time), self.axes.x(time)) for time in ticks(start, end, step)]
        return [
            (f"{time:g} s" if step >= 1 else f"{time:.1f} s", self.axes.x(time)) for time in ticks(start, end, step)
        ]

    def _amounts(self) -> list[float]:
        return ticks(0.0, self.axes.top, self._step)

    def _amount(self, value: float) -> str:
        digits = next((digits for digits in range(4) if self._step >= 0.999 * 10.0**-digits), 4)
        return f"{value:.{digits}f}" if value else "0"

    def _write_center(self, image: Image, text: str) -> None:
        sprite = self._typeface.sprite(text, round(16 * self._scale), PANEL_QUIET)
        plot = self.axes.plot
        x = plot.left + (plot.width - sprite.width) // 2
        blit(image, sprite, x, plot.top + (plot.height - sprite.height) // 2)


def _draw_curve(pen: ImageDraw.ImageDraw, corners: Floats, color: Rgb, width: int) -> None:
    """A line through the corners, round where it turns by so much that a notch would show.

    Pillow's own ``joint="curve"`` puts a pie at each of the thousand corners, which takes longer than all the rest.
    """
    pen.line([(x, y) for x, y in corners.tolist()], fill=color, width=width)
    step = np.diff(corners, axis=0)
    turn = np.abs(np.diff(np.arctan2(step[:, 1], step[:, 0])))
    half = width / 2
    for x, y in corners[1:-1][turn > NOTCH].tolist():
        pen.ellipse((x - half, y - half, x + half, y + half), fill=color)


def _towards(start: Rgb, end: Rgb, share: float) -> Rgb:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(start, end, strict=True))
    return red, green, blue
