"""The bar chart of one moment: the middle panel of the merged video, and the GIF."""

from __future__ import annotations

import numpy as np

from emotion.palette import PANEL_BACKGROUND, PANEL_QUIET, PANEL_TEXT, PANEL_TRACK, RGB
from emotion.report.canvas import Area, Sprite, blit, filled_patch
from emotion.report.layout import unit
from emotion.report.text import Typeface, fitting_size, words
from emotion.settings import Settings
from emotion.types import EMOTIONS, Emotion, Image, Scores

NO_FACE = "no face"


class BarsPanel:
    """Seven horizontal bars at fixed places, and above them the dominant emotion in large letters.

    What never changes is drawn once. One thread at a time may use it.
    """

    def __init__(self, size: tuple[int, int], settings: Settings, *, onto: Image | None = None) -> None:
        """``size`` is its width and height. It draws into ``onto``, an image of that size, or into one of its own."""
        self._typeface = Typeface.of(settings)
        self._words = words(settings, self._typeface)
        self._image = np.empty((size[1], size[0], 3), dtype=np.uint8) if onto is None else onto
        self._arrange(size)
        self._still = self._draw_still(size)

    def draw(self, scores: Scores | None) -> Image:
        """The chart of these scores, or of no face. The image is the panel's own: it is valid until the next call."""
        self._image[...] = self._still
        if scores is None:
            self._write(NO_FACE, 0, self._head, self._head_px, PANEL_QUIET)
            return self._image
        dominant = scores.dominant
        self._draw_head(dominant, scores[dominant])
        for emotion, row in zip(EMOTIONS, self._rows, strict=True):
            self._draw_row(emotion, scores[emotion], row, leads=emotion is dominant)
        return self._image

    def _arrange(self, size: tuple[int, int]) -> None:
        width, height = size
        scale = unit(size)
        names = list(self._words.values())
        self._text_px = fitting_size(self._typeface, names, round(16 * scale), round(width * 0.4))
        heads = [_capital(name) for name in names]
        number = self._typeface.width("0.00", round(30 * scale), bold=True)
        room = width - number - round(34 * scale)
        self._head_px = fitting_size(self._typeface, heads, round(30 * scale), room, bold=True)
        self._mark_px = round(6 * scale)
        self._head = Area(0, 0, width, round(44 * scale))
        pitch = min((height - self._head.height - round(10 * scale)) / len(EMOTIONS), 90 * scale)
        first = height - pitch * len(EMOTIONS)
        self._rows = [Area(0, round(first + i * pitch), width, round(pitch)) for i in range(len(EMOTIONS))]
        name_px = max(self._typeface.width(name, self._text_px) for name in names)
        value_px = self._typeface.width("0.00", self._text_px)
        gap, bar_px = round(14 * scale), round(min(pitch * 0.5, 24 * scale))
        left = name_px + gap
        self._bars = [
            Area(left, row.top + (row.height - bar_px) // 2, width - left - gap - value_px, bar_px)
            for row in self._rows
        ]

    def _draw_still(self, size: tuple[int, int]) -> Image:
        image = np.empty((size[1], size[0], 3), dtype=np.uint8)
        image[...] = PANEL_BACKGROUND
        for emotion, row, bar in zip(EMOTIONS, self._rows, self._bars, strict=True):
            filled_patch(PANEL_TRACK, bar.height // 5).draw(image, bar)
            sprite = self._typeface.sprite(self._words[emotion], self._text_px, PANEL_QUIET)
            blit(image, sprite, 0, _middle(row, sprite))
        return image

    def _draw_head(self, emotion: Emotion, score: float) -> None:
        mark = Area(0, self._head.top + 4, self._mark_px, self._head.height - 8)
        filled_patch(RGB[emotion], self._mark_px // 2).draw(self._image, mark)
        self._write(
            _capital(self._words[emotion]), round(self._mark_px * 2.5), self._head, self._head_px, PANEL_TEXT, bold=True
        )
        self._write_right(f"{score:.2f}", self._head, self._head_px, bold=True)

    def _draw_row(self, emotion: Emotion, score: float, row: Area, *, leads: bool) -> None:
        bar = self._bars[EMOTIONS.index(emotion)]
        length = round(bar.width * min(max(score, 0.0), 1.0))
        if length:
            radius = min(bar.height // 5, (length - 1) // 2)
            filled_patch(RGB[emotion], max(radius, 0)).draw(self._image, Area(bar.left, bar.top, length, bar.height))
        if leads:
            # Over the quiet name of the still part: brighter letters in the very same place cover it.
            self._write(self._words[emotion], 0, row, self._text_px, PANEL_TEXT)
        self._write_right(f"{score:.2f}", row, self._text_px, color=PANEL_TEXT if leads else PANEL_QUIET)

    def _write(
        self, text: str, x: int, row: Area, size: int, color: tuple[int, int, int], *, bold: bool = False
    ) -> None:
        sprite = self._typeface.sprite(text, size, color, bold=bold)
        blit(self._image, sprite, row.left + x, _middle(row, sprite))

    def _write_right(
        self, text: str, row: Area, size: int, *, color: tuple[int, int, int] = PANEL_TEXT, bold: bool = False
    ) -> None:
        sprite = self._typeface.sprite(text, size, color, bold=bold)
        blit(self._image, sprite, row.right - sprite.width, _middle(row, sprite))


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def _middle(row: Area, sprite: Sprite) -> int:
    return row.top + (row.height - sprite.height) // 2
