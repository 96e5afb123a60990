"""Text as sprites: fonts by Pillow, what a font can write by fontTools.

The fonts that come by default, DejaVu Sans and its bold, lie in matplotlib's wheel; the library itself is not imported.
"""

from __future__ import annotations

import importlib.util
import math
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Self

import numpy as np
from fontTools.ttLib import TTFont, TTLibError  # type: ignore[import-untyped]  # ships no types
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from emotion.errors import SettingsError
from emotion.palette import Rgb
from emotion.report.canvas import Coverage, Sprite
from emotion.settings import Settings
from emotion.types import EMOTIONS, Emotion, Image


@dataclass(frozen=True, slots=True)
class Typeface:
    """A font file for plain and one for bold text. Fonts are opened when first needed, and kept."""

    plain: Path
    bold: Path

    @classmethod
    def default(cls) -> Self:
        """DejaVu Sans."""
        folder = _default_folder()
        return cls(folder / "DejaVuSans.ttf", folder / "DejaVuSans-Bold.ttf")

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The font that the settings name, or the default. Raises SettingsError where it cannot be read."""
        if settings.font is None:
            return cls.default()
        try:
            _characters(settings.font)
            _font(settings.font, 16)
        except (OSError, TTLibError, KeyError) as error:
            raise SettingsError(
                f"The font '{settings.font.name}' cannot be read. "
                "Set EMOTION_FONT to a TTF or OTF file, or unset it to use DejaVu Sans."
            ) from error
        return cls(settings.font, settings.font)

    def renders(self, text: str) -> bool:
        """Whether every character has a picture of its own in the font, so that no empty box would show."""
        return bool(text.strip()) and all(
            ord(character) in _characters(self.bold) and _writable(character) for character in text
        )

    def width(self, text: str, size_px: int, *, bold: bool = False) -> int:
        """Pixels that :meth:`sprite` of the same would be wide."""
        return _width(self, text, size_px, bold)

    def height(self, size_px: int, *, bold: bool = False) -> int:
        """Pixels that a line of digits and Latin letters is high: the same for every such text, so baselines agree."""
        return sum(_font(self.file("0", bold), size_px).getmetrics())

    def sprite(self, text: str, size_px: int, color: Rgb, *, bold: bool = False) -> Sprite:
        """The text as a sprite, kept for the next time. It is as high as the font's lines."""
        return _sprite(self, text, size_px, color, bold)

    def passing(self, text: str, size_px: int, color: Rgb) -> Sprite:
        """The same for a text that does not come again, like a time: not kept."""
        return _drawn(self, text, size_px, color, False)

    def picture(self, text: str, size_px: int, color: Rgb, behind: Rgb, *, bold: bool = False) -> Image:
        """The text on one colour, kept for the next time: to be copied, never written to."""
        return _picture(self, text, size_px, color, behind, bold)

    def file(self, text: str, bold: bool) -> Path:
        """The file to write ``text`` with: a font for another script may lack even digits, then it is the default."""
        face = self if self.renders(text) else Typeface.default()
        return face.bold if bold else face.plain


def words(settings: Settings, typeface: Typeface) -> dict[Emotion, str]:
    """What the emotions are called in pictures: the person's words, or the English ones where the font lacks those."""
    chosen = {emotion: settings.labels.get(emotion, emotion.value) for emotion in EMOTIONS}
    return {emotion: word if typeface.renders(word) else emotion.value for emotion, word in chosen.items()}


def doubted(word: str, typeface: Typeface) -> str:
    """The word with a question mark, the sign of a label that should not be trusted, if the font has one."""
    return f"{word}?" if typeface.renders(f"{word}?") else word


def widest_number(typeface: Typeface, size_px: int, *, bold: bool = False) -> int:
    """Pixels that a score needs in a font whose digits may differ in width."""
    numbers = [f"{first}.{digit}{digit}" for first in (0, 1) for digit in range(10)]
    return max(typeface.width(number, size_px, bold=bold) for number in numbers)


def fitting_size(typeface: Typeface, texts: list[str], size_px: int, room_px: int, *, bold: bool = False) -> int:
    """The largest size up to ``size_px`` at which each of the texts is at most ``room_px`` wide; at least 6 pixels."""
    for size in range(size_px, 6, -1):
        if max(typeface.width(text, size, bold=bold) for text in texts) <= room_px:
            return size
    return 6


@cache
def _default_folder() -> Path:
    spec = importlib.util.find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise SettingsError("The default font comes with matplotlib, which is missing. Install it or set EMOTION_FONT.")
    return Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"


@lru_cache(maxsize=8)
def _characters(path: Path) -> frozenset[int]:
    with path.open("rb") as file, TTFont(file, lazy=True, fontNumber=0) as font:
        return frozenset(font.getBestCmap() or ())


def _writable(character: str) -> bool:
    # Format characters (joiners in Persian or Hindi words) are written by joining their neighbours; the other kinds of
    # "C" and the line separators have no picture at all.
    kind = unicodedata.category(character)
    return kind == "Cf" or (kind[0] != "C" and kind not in ("Zl", "Zp"))


@lru_cache(maxsize=32)
def _font(path: Path, size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size_px)


# A video needs 101 numbers in two or three colours and a few words.
@lru_cache(maxsize=1024)
def _width(face: Typeface, text: str, size_px: int, bold: bool) -> int:
    return math.ceil(_font(face.file(text, bold), size_px).getlength(text)) + 1


def _drawn(face: Typeface, text: str, size_px: int, color: Rgb, bold: bool) -> Sprite:
    return Sprite.of(_coverage(_font(face.file(text, bold), size_px), text), color)


_sprite = lru_cache(maxsize=1024)(_drawn)


@lru_cache(maxsize=1024)
def _picture(face: Typeface, text: str, size_px: int, color: Rgb, behind: Rgb, bold: bool) -> Image:
    picture = _drawn(face, text, size_px, color, bold).on(behind)
    picture.flags.writeable = False
    return picture


def _coverage(font: ImageFont.FreeTypeFont, text: str) -> Coverage:
    size = math.ceil(font.getlength(text)) + 1, sum(font.getmetrics())
    picture = Pictures.new("L", size)
    ImageDraw.Draw(picture).text((0, 0), text, font=font, fill=255)
    return np.asarray(picture, dtype=np.float64) / 255
