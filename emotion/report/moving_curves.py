"""The right panel of the merged video: the cumulative chart with a cursor that walks through it."""

from __future__ import annotations

from dataclasses import dataclass

from emotion.palette import PANEL_BACKGROUND, PANEL_QUIET, RGB
from emotion.report.canvas import Area, blit
from emotion.report.curves import draw_curves
from emotion.report.layout import unit
from emotion.report.moments import Moments
from emotion.report.patches import dot
from emotion.settings import Settings
from emotion.types import EMOTIONS, Image


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the cursor stands and the dots lie."""

    cursor: int
    """The first column that has not happened."""
    dots: tuple[tuple[int, int], ...]
    """Left and top of each dot."""
    columns: Area
    """All that they cover, in the panel's full height."""


class CurvesPanel:
    """Curves that are bright up to now and faint ahead. One thread at a time may use it.

    Between two pictures only the columns around the last place and the new one are written.
    """

    def __init__(self, moments: Moments, settings: Settings, *, onto: Image) -> None:
        """It draws into ``onto``, which has the panel's size."""
        height, width = onto.shape[:2]
        scale = unit((width, height))
        self._moments, self._image = moments, onto
        self._curves = draw_curves(moments, (width, height), settings)
        self._line_px = max(1, round(scale))
        self._dots = [dot(RGB[emotion], round(3.5 * scale), PANEL_BACKGROUND) for emotion in EMOTIONS]
        self._shown: _Place | None = None
        onto[...] = self._curves.bright

    def draw(self, time_s: float) -> tuple[Area, ...]:
        """Show this time, and return the areas that have changed: one at most."""
        if not self._curves.any_face:
            return ()
        place = self._place(time_s)
        if place == self._shown:
            return ()
        # At first all is bright, up to the right border.
        before = self._shown.columns if self._shown else Area(0, 0, self._image.shape[1], self._image.shape[0])
        self._shown = place
        changed = before.joined(place.columns)
        self._restore(changed, place.cursor)
        axes = self._curves.axes
        left = min(place.cursor, axes.plot.right - self._line_px)
        Area(left, axes.plot.top, self._line_px, axes.plot.height).of(self._image)[...] = PANEL_QUIET
        for sprite, (x, y) in zip(self._dots, place.dots, strict=True):
            blit(self._image, sprite, x, y)
        return (changed,)

    def _restore(self, area: Area, cursor: int) -> None:
        """Write the chart without cursor and dots into these columns."""
        between = min(max(cursor, area.left), area.right)
        self._image[:, area.left : between] = self._curves.bright[:, area.left : between]
        self._image[:, between : area.right] = self._curves.faint[:, between : area.right]

    def _place(self, time_s: float) -> _Place:
        axes, (height, width) = self._curves.axes, self._image.shape[:2]
        x, cursor = axes.x(time_s), round(axes.x(time_s))
        dots = tuple(
            (round(x - sprite.width / 2), round(axes.y(value) - sprite.height / 2))
            for sprite, value in zip(self._dots, self._moments.total(time_s), strict=True)
        )
        beyond = self._dots[0].width // 2 + 1 + self._line_px
        left, right = max(cursor - beyond, 0), min(cursor + beyond + 1, width)
        return _Place(cursor, dots, Area(left, 0, right - left, height))
