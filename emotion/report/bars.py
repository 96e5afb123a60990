"""The bar chart of one moment: the middle panel of the merged video, and the GIF."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emotion.palette import PANEL_BACKGROUND, PANEL_QUIET, PANEL_TEXT, PANEL_TRACK, RGB, Rgb
from emotion.report.canvas import Area, blit, put_right
from emotion.report.headline import Headline
from emotion.report.layout import unit
from emotion.report.moments import Moment
from emotion.report.patches import filled_patch
from emotion.report.text import Typeface, fitting_size, widest_number, words
from emotion.settings import Settings
from emotion.types import EMOTIONS, Emotion, Image


@dataclass(frozen=True, slots=True)
class _Row:
    """What one row of the chart shows."""

    length: int
    """Pixels of the coloured bar."""
    value: str
    leads: bool


class BarsPanel:
    """Seven horizontal bars at fixed places, and above them the main face's label in large letters.

    What never changes is drawn once, and of the rest only what differs from the last time. One thread at a time may
    use it.
    """

    def __init__(self, size: tuple[int, int], settings: Settings, *, onto: Image | None = None) -> None:
        """``size`` is its width and height. It draws into ``onto``, an image of that size, or into one of its own."""
        self._typeface = Typeface.of(settings)
        self._words = words(settings, self._typeface)
        self._arrange(size)
        self._still = self._draw_still(size)
        self._full = self._draw_full()
        self.image = np.empty_like(self._still) if onto is None else onto
        self.image[...] = self._still
        self._headline = Headline(self._words, settings, onto=self._head.of(self.image))
        self._shown = [_Row(0, "", leads=False)] * len(EMOTIONS)

    def draw(self, moment: Moment | None) -> tuple[Area, ...]:
        """Show this moment, or no face, and return the areas of :attr:`image` that have changed: small ones."""
        head = self._headline.draw(moment)
        changed = [head] if head is not None else []
        for i, emotion in enumerate(EMOTIONS):
            row = self._row_of(moment, emotion, self._bars[i])
            if row != self._shown[i]:
                changed += self._draw_row(i, self._shown[i], row)
                self._shown[i] = row
        return tuple(changed)

    def _arrange(self, size: tuple[int, int]) -> None:
        width, height = size
        scale = unit(size)
        names = list(self._words.values())
        self._text_px = fitting_size(self._typeface, names, round(16 * scale), round(width * 0.4))
        self._head = Area(0, 0, width, round(44 * scale))
        pitch = min((height - self._head.height - round(10 * scale)) / len(EMOTIONS), 90 * scale)
        first = height - pitch * len(EMOTIONS)
        self._rows = [Area(0, round(first + i * pitch), width, round(pitch)) for i in range(len(EMOTIONS))]
        name_px = max(self._typeface.width(name, self._text_px) for name in names)
        gap, bar_px = round(14 * scale), round(min(pitch * 0.5, 24 * scale))
        left = name_px + gap
        self._bars = [
            Area(
                left,
                row.top + (row.height - bar_px) // 2,
                width - left - gap - widest_number(self._typeface, self._text_px),
                bar_px,
            )
            for row in self._rows
        ]
        # A bar's right end is round, a piece of its own; bars shorter than two such have no room for it.
        self._round_px = bar_px // 5 + 1
        self._ends = [self._draw_end(RGB[emotion], bar_px) for emotion in EMOTIONS]

    def _draw_still(self, size: tuple[int, int]) -> Image:
        image = np.empty((size[1], size[0], 3), dtype=np.uint8)
        image[...] = PANEL_BACKGROUND
        for i, bar in enumerate(self._bars):
            filled_patch(PANEL_TRACK, bar.height // 5).draw(image, bar)
            self._write_name(image, i, PANEL_QUIET)
        return image

    def _draw_full(self) -> Image:
        """The still part with all bars at full length."""
        image = self._still.copy()
        for emotion, bar in zip(EMOTIONS, self._bars, strict=True):
            filled_patch(RGB[emotion], bar.height // 5).draw(image, bar)
        return image

    def _draw_end(self, color: Rgb, height: int) -> Image:
        """The right end of a bar over the track."""
        image = np.empty((height, self._round_px, 3), dtype=np.uint8)
        image[...] = PANEL_TRACK
        filled_patch(color, height // 5).draw(image, Area(-2 * self._round_px, 0, 3 * self._round_px, height))
        return image

    def _row_of(self, moment: Moment | None, emotion: Emotion, bar: Area) -> _Row:
        if moment is None:
            return _Row(0, "", leads=False)
        score = moment.scores[emotion]
        return _Row(round(bar.width * min(max(score, 0.0), 1.0)), f"{score:.2f}", leads=emotion == moment.label)

    def _draw_row(self, i: int, before: _Row, row: _Row) -> list[Area]:
        """Show a row that differs from the one before, and return what has changed: its name, bar's end and number."""
        bar, line = self._bars[i], self._rows[i]
        changed = []
        if row.leads != before.leads:
            self._write_name(self.image, i, PANEL_TEXT if row.leads else PANEL_QUIET)
            changed.append(Area(line.left, line.top, bar.left - line.left, line.height))
        if row.length != before.length:
            self._draw_bar(i, row.length)
            start = max(min(before.length, row.length) - 2 * self._round_px, 0)
            end = min(max(before.length, row.length) + self._round_px, bar.width)
            changed.append(Area(bar.left + start, bar.top, end - start, bar.height))
        if (row.value, row.leads) != (before.value, before.leads):
            changed.append(self._draw_value(Area(bar.right, line.top, line.right - bar.right, line.height), row))
        return changed

    def _draw_value(self, place: Area, row: _Row) -> Area:
        if row.value:
            color = PANEL_TEXT if row.leads else PANEL_QUIET
            put_right(place.of(self.image), self._typeface.picture(row.value, self._text_px, color, PANEL_BACKGROUND))
        else:
            place.of(self.image)[...] = PANEL_BACKGROUND
        return place

    def _write_name(self, image: Image, i: int, color: Rgb) -> None:
        """The emotion before its bar; what would reach beyond the row is left out."""
        line = self._rows[i]
        room = Area(0, line.top, self._bars[i].left, line.height).of(image)
        room[...] = PANEL_BACKGROUND
        sprite = self._typeface.sprite(self._words[EMOTIONS[i]], self._text_px, color)
        blit(room, sprite, 0, (line.height - sprite.height) // 2)

    def _draw_bar(self, i: int, length: int) -> None:
        bar, round_px = self._bars[i], self._round_px
        shown, still, full = bar.of(self.image), bar.of(self._still), bar.of(self._full)
        straight = length - round_px
        if round_px <= straight <= bar.width - 2 * round_px:
            shown[:, :straight] = full[:, :straight]
            shown[:, straight:length] = self._ends[i]
            shown[:, length:] = still[:, length:]
            return
        # Too short for both round ends, or so long that it ends on the track's round end.
        shown[...] = still
        if length:
            radius = min(bar.height // 5, (length - 1) // 2)
            filled_patch(RGB[EMOTIONS[i]], radius).draw(shown, Area(0, 0, length, bar.height))
