"""The merged video: annotated picture, bars of the moment, cumulative curves, and a strip of time below."""

from __future__ import annotations

import numpy as np

from emotion.palette import PANEL_BACKGROUND, PANEL_QUIET
from emotion.pixels import resize
from emotion.report.bars import BarsPanel
from emotion.report.canvas import Area, blit
from emotion.report.layout import clock, merged_layout, unit
from emotion.report.moments import Moments
from emotion.report.moving_curves import CurvesPanel
from emotion.report.strip import TimeStrip
from emotion.report.text import Typeface, fitting_size
from emotion.report.timeline import Timeline
from emotion.settings import Settings
from emotion.types import Image

TITLES = ("Video", "This moment", "Score-seconds so far")


class MergedVideo:
    """Makes the pictures of the merged video, one after the other or in any order. One thread at a time may use it.

    All that does not move is drawn when it is made; a frame writes what differs from the one before, and says where.
    """

    def __init__(self, timeline: Timeline, source_size: tuple[int, int], settings: Settings) -> None:
        """``source_size`` is the annotated pictures' width and height. Raises SettingsError for an unreadable font."""
        self._layout = merged_layout(source_size)
        self._moments = Moments.of(timeline)
        self._typeface = Typeface.of(settings)
        self._canvas = self._draw_still()
        _, middle, right = self._layout.panels
        scale = unit((middle.width, middle.height))
        self._bars = BarsPanel((middle.width, middle.height), settings, onto=middle.of(self._canvas))
        self._curves = CurvesPanel(self._moments, settings, onto=right.of(self._canvas))
        self._strip = TimeStrip(self._moments, self._layout.strip, scale, onto=self._canvas)
        self._clock, self._clock_text = self._clock_area(), ""
        self._changed: tuple[Area, ...] = ()
        self._drawn = False

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of its pictures; both are even."""
        return self._layout.size

    @property
    def changed(self) -> tuple[Area, ...]:
        """Where the last picture may differ from the one before: a few areas with even borders, at first all of it.

        Whoever keeps a converted copy of the picture needs to convert only these again, chroma included.
        """
        return self._changed

    @property
    def picture(self) -> Area:
        """Where the annotated picture goes; its corner and sides are even."""
        return self._layout.picture

    def frame(self, annotated: Image, time_s: float) -> Image:
        """The picture for the annotated one of ``time_s``. It is valid until the next call: copy it to keep it."""
        place = self._layout.picture
        place.of(self._canvas)[...] = resize(annotated, width=place.width, height=place.height)
        first = not self._drawn
        charts = self.charts(time_s)
        self._changed = self._changed if first else (place, *self._changed)
        return charts

    def charts(self, time_s: float) -> Image:
        """The same without the annotated picture, for whoever puts that into :attr:`picture` by another way."""
        _, middle, right = self._layout.panels
        changed = [
            *(area.moved(middle.left, middle.top) for area in self._bars.draw(self._moments.at(time_s))),
            *(area.moved(right.left, right.top) for area in self._curves.draw(time_s)),
            *self._strip.draw(time_s),
            *self._draw_clock(time_s),
        ]
        whole = Area(0, 0, *self._layout.size)
        self._changed = tuple(area.even() for area in changed) if self._drawn else (whole,)
        self._drawn = True
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

    def _draw_clock(self, time_s: float) -> tuple[Area, ...]:
        text = f"{clock(max(time_s, 0.0))} / {clock(self._moments.end_s)}"
        if text == self._clock_text:
            return ()
        self._clock_text = text
        shown = self._clock.of(self._canvas)
        shown[...] = PANEL_BACKGROUND
        sprite = self._typeface.passing(text, self._layout.title_px, PANEL_QUIET)
        blit(shown, sprite, shown.shape[1] - sprite.width, 0)
        return (self._clock,)
