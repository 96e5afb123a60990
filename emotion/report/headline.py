"""The large line above the bars: what the main face is called, and how much of that it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from emotion.palette import PANEL_BACKGROUND, PANEL_QUIET, PANEL_TEXT, UNSURE, Rgb, of_label
from emotion.report.canvas import Area, blit, put_right
from emotion.report.moments import Moment
from emotion.report.patches import filled_patch
from emotion.report.text import Typeface, doubted, fitting_size, widest_number
from emotion.settings import Settings
from emotion.types import UNCERTAIN, Emotion, Image

NO_FACE = "no face"


@dataclass(frozen=True, slots=True)
class _Text:
    """What the line says."""

    name: str
    number: str
    mark: Rgb | None
    """The colour of the mark before the name."""


class Headline:
    """Writes the line where it differs from the last time; name and number change apart from each other."""

    def __init__(self, words: Mapping[Emotion, str], settings: Settings, *, onto: Image) -> None:
        """It draws into ``onto``, whose size is the line's. ``words`` are what the emotions are called."""
        self._words, self._image = words, onto
        self._typeface = Typeface.of(settings)
        self._doubtful = settings.doubtful_quality
        height, width = onto.shape[:2]
        size = round(height * 30 / 44)
        self._mark_px = round(height * 6 / 44)
        names = [*(doubted(word, self._typeface) for word in words.values()), UNCERTAIN]
        room = width - widest_number(self._typeface, size, bold=True) - round(height * 34 / 44)
        self._text_px = fitting_size(self._typeface, [_capital(name) for name in names], size, room, bold=True)
        number_px = widest_number(self._typeface, self._text_px, bold=True)
        self._line = Area(0, 0, width, height)
        self._number = Area(width - number_px, 0, number_px, height)
        self._shown = _Text("", "", None)

    def draw(self, moment: Moment | None) -> Area | None:
        """Show this moment, or no face, and return where the line has changed."""
        text, before = self._text(moment), self._shown
        if text == before:
            return None
        self._shown = text
        changed = self._number
        if (text.name, text.mark) != (before.name, before.mark):
            changed = self._line
            self._image[...] = PANEL_BACKGROUND
            self._write_name(text)
        if text.number:
            number = self._typeface.picture(text.number, self._text_px, PANEL_TEXT, PANEL_BACKGROUND, bold=True)
            put_right(self._number.of(self._image), number)
        return changed

    def _text(self, moment: Moment | None) -> _Text:
        if moment is None:
            return _Text(NO_FACE, "", None)
        if moment.label == UNCERTAIN:
            return _Text(_capital(UNCERTAIN), "", UNSURE)
        emotion, doubtful = Emotion(moment.label), moment.quality < self._doubtful
        name = doubted(self._words[emotion], self._typeface) if doubtful else self._words[emotion]
        return _Text(_capital(name), f"{moment.scores[emotion]:.2f}", UNSURE if doubtful else of_label(emotion))

    def _write_name(self, text: _Text) -> None:
        x, color = 0, PANEL_QUIET
        if text.mark is not None:
            mark = Area(0, 4, self._mark_px, self._line.height - 8)
            filled_patch(text.mark, self._mark_px // 2).draw(self._image, mark)
            x, color = round(self._mark_px * 2.5), PANEL_TEXT
        sprite = self._typeface.sprite(text.name, self._text_px, color, bold=text.mark is not None)
        blit(self._image, sprite, x, (self._line.height - sprite.height) // 2)


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]
