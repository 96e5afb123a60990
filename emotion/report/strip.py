"""The strip of time below the merged video's panels: which label was shown when, and where we are."""

from __future__ import annotations

import numpy as np

from emotion.palette import PANEL_BACKGROUND, PANEL_TEXT, PANEL_TRACK, of_label
from emotion.report.canvas import Area
from emotion.report.curves import FAINT
from emotion.report.moments import NONE, PLACES, Moments
from emotion.report.timeline import LABELS
from emotion.types import UNCERTAIN, Image

UNSURE_HEIGHT = 0.4
"""Uncertain stretches are drawn this share as high, so that they can be told by more than their grey."""


class TimeStrip:
    """Bright up to now, faint ahead, with a cursor. One thread at a time may use it."""

    def __init__(self, moments: Moments, strip: Area, scale: float, *, onto: Image) -> None:
        """It draws the strip, and its cursor a little beyond, into ``onto``, in which ``strip`` is its area."""
        beyond = round(4 * scale)
        self._moments = moments
        self._area = Area(strip.left, strip.top - beyond, strip.width, strip.height + 2 * beyond)
        self._image = self._area.of(onto)
        self._bright, self._ahead = draw_strip(moments, strip.width, strip.height, beyond)
        self._line_px = max(2, round(2 * scale))
        self._cursor = 0
        self._image[...] = self._ahead
        self._draw_line(0)

    def draw(self, time_s: float) -> tuple[Area, ...]:
        """Show this time, and return the areas of the whole picture that have changed: one at most."""
        moments, width = self._moments, self._area.width
        share = (time_s - moments.start_s) / moments.lasts_s if moments.lasts_s > 0 else 0.0
        cursor = round(width * min(max(share, 0.0), 1.0))
        if cursor == self._cursor:
            return ()
        left = max(min(cursor, self._cursor) - self._line_px, 0)
        right = min(max(cursor, self._cursor) + self._line_px, width)
        self._image[:, left:cursor] = self._bright[:, left:cursor]
        self._image[:, cursor:right] = self._ahead[:, cursor:right]
        self._draw_line(cursor)
        self._cursor = cursor
        return (Area(self._area.left + left, self._area.top, right - left, self._area.height),)

    def _draw_line(self, cursor: int) -> None:
        left = min(max(cursor - self._line_px // 2, 0), self._area.width - self._line_px)
        self._image[:, left : left + self._line_px] = PANEL_TEXT


def draw_strip(moments: Moments, width: int, height: int, beyond: int) -> tuple[Image, Image]:
    """The strip as it looks when its time has passed, and before; above and below are ``beyond`` pixels of nothing."""
    places = moments.strip(width)
    background = np.array(PANEL_BACKGROUND)
    bright = np.array([*(of_label(label) for label in LABELS), PANEL_TRACK])[places]
    ahead = background + (bright - background) * FAINT
    ahead[places == NONE] = PANEL_TRACK
    high = np.where(places == PLACES[UNCERTAIN], round(height * UNSURE_HEIGHT), height)
    from_middle = np.abs(np.arange(height + 2 * beyond) + 0.5 - (height / 2 + beyond))
    shown = (from_middle[:, None] < high / 2)[..., None]
    return np.where(shown, bright, background).astype(np.uint8), np.where(shown, ahead, background).astype(np.uint8)
