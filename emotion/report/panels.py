"""The merged video: annotated picture, bars of the moment, cumulative curves, and a strip of time below."""

from __future__ import annotations

import numpy as np

from emotion.palette import PANEL_BACKGROUND, PANEL_QUIET, PANEL_TEXT, PANEL_TRACK, RGB
from emotion.pixels import resize
from emotion.report.bars import BarsPanel
from emotion.report.canvas import Area, blit, dot
from emotion.report.curves import FAINT, Curves, draw_curves
from emotion.report.layout import clock, merged_layout, unit
from emotion.report.moments import Moments
from emotion.report.text import Typeface, fitting_size
from emotion.report.timeline import Timeline
from emotion.settings import Settings
from emotion.types import EMOTIONS, Image

TITLES = ("Video", "This moment", "Score-seconds so far")


class MergedVideo:
    """Makes the pictures of the merged video, one after the other or in any order. One thread at a time may use it.

    All that does not move is drawn when it is made; a frame costs a few copies and about twenty small sprites.
    """

    def __init__(self, timeline: Timeline, source_size: tuple[int, int], settings: Settings) -> None:
        """``source_size`` is the annotated pictures' width and height. Raises SettingsError for an unreadable font."""
        self._layout = merged_layout(source_size)
        self._moments = Moments.of(timeline)
        self._typeface = Typeface.of(settings)
        self._scale = unit((self._layout.panels[0].width, self._layout.panels[0].height))
        _, middle, right = self._layout.panels
        self._curves = draw_curves(self._moments, (right.width, right.height), settings)
        self._strip, self._strip_ahead = draw_strip(self._moments, self._layout.strip)
        self._canvas = self._draw_still()
        self._bars = BarsPanel((middle.width, middle.height), settings, onto=middle.of(self._canvas))
        self._clock = self._clock_area()
        self._dots = [dot(RGB[emotion], round(3.5 * self._scale), PANEL_BACKGROUND) for emotion in EMOTIONS]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of its pictures; both are even."""
        return self._layout.size

    def frame(self, annotated: Image, time_s: float) -> Image:
        """The picture for the annotated one of ``time_s``. It is valid until the next call: copy it to keep it."""
        place = self._layout.picture
        place.of(self._canvas)[...] = resize(annotated, width=place.width, height=place.height)
        self._bars.draw(self._moments.at(time_s))
        self._draw_curves(time_s)
        self._draw_strip(time_s)
        self._draw_clock(time_s)
        return self._canvas

    def _draw_still(self) -> Image:
        width, height = self._layout.size
        canvas = np.empty((height, width, 3), dtype=np.uint8)
        canvas[...] = PANEL_BACKGROUND
        clock_px = self._typeface.width("0:00:00 / 0:00:00", self._layout.title_px)
        room = [self._layout.panels[0].width - clock_px, *(panel.width for panel in self._layout.panels[1:])]
        for title, panel, room_px in zip(TITLES, self._layout.panels, room, strict=True):
            size = fitting_size(self._typeface, [title], self._layout.title_px, room_px)
            sprite = self._typeface.sprite(title, size, PANEL_QUIET)
            blit(canvas, sprite, panel.left, self._layout.title_top)
        return canvas

    def _clock_area(self) -> Area:
        width = self._typeface.width("0:00:00 / 0:00:00", self._layout.title_px)
        height = self._typeface.height(self._layout.title_px)
        return Area(self._layout.panels[0].right - width, self._layout.title_top, width, height)

    def _draw_clock(self, time_s: float) -> None:
        self._clock.of(self._canvas)[...] = PANEL_BACKGROUND
        text = f"{clock(max(time_s, 0.0))} / {clock(self._moments.end_s)}"
        sprite = self._typeface.sprite(text, self._layout.title_px, PANEL_QUIET)
        blit(self._canvas, sprite, self._clock.right - sprite.width, self._clock.top)

    def _draw_curves(self, time_s: float) -> None:
        curves, panel = self._curves, self._layout.panels[2].of(self._canvas)
        if not curves.any_face:
            panel[...] = curves.bright
            return
        cursor = round(curves.axes.x(time_s))
        panel[:, :cursor] = curves.bright[:, :cursor]
        panel[:, cursor:] = curves.faint[:, cursor:]
        _draw_cursor(panel, cursor, curves.axes.plot, max(1, round(self._scale)))
        self._draw_dots(panel, curves, time_s)

    def _draw_dots(self, panel: Image, curves: Curves, time_s: float) -> None:
        x = curves.axes.x(time_s)
        for sprite, value in zip(self._dots, self._moments.total(time_s), strict=True):
            y = curves.axes.y(value)
            blit(panel, sprite, round(x - sprite.width / 2), round(y - sprite.height / 2))

    def _draw_strip(self, time_s: float) -> None:
        strip = self._layout.strip
        share = (time_s - self._moments.start_s) / self._moments.lasts_s if self._moments.lasts_s > 0 else 0.0
        cursor = round(strip.width * min(max(share, 0.0), 1.0))
        beyond = round(4 * self._scale)
        around = Area(strip.left - beyond, strip.top - beyond, strip.width + 2 * beyond, strip.height + 2 * beyond)
        around.of(self._canvas)[...] = PANEL_BACKGROUND
        shown = strip.of(self._canvas)
        shown[:, :cursor] = self._strip[:cursor]
        shown[:, cursor:] = self._strip_ahead[cursor:]
        line = max(2, round(2 * self._scale))
        left = min(max(strip.left + cursor - line // 2, strip.left), strip.right - line)
        Area(left, around.top, line, around.height).of(self._canvas)[...] = PANEL_TEXT


def draw_strip(moments: Moments, strip: Area) -> tuple[Image, Image]:
    """The colour of each column of the strip, shape ``(width, 3)``: when its time has passed, and before."""
    colors = np.array([*(RGB[emotion] for emotion in EMOTIONS), PANEL_TRACK], dtype=np.float64)
    bright = colors[moments.dominants(strip.width)]
    ahead = np.array(PANEL_BACKGROUND) + (bright - np.array(PANEL_BACKGROUND)) * FAINT
    ahead[(bright == np.array(PANEL_TRACK)).all(axis=1)] = PANEL_TRACK
    return bright.astype(np.uint8), ahead.astype(np.uint8)


def _draw_cursor(panel: Image, x: int, plot: Area, thickness: int) -> None:
    left = min(x, plot.right - thickness)
    Area(left, plot.top, thickness, plot.height).of(panel)[...] = PANEL_QUIET
