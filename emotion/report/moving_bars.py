"""The bar chart moving, as a GIF: for places that play no video."""

from __future__ import annotations

import functools
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import GifImagePlugin
from PIL import Image as Pictures

from emotion.files import output_error, staged_file
from emotion.palette import PANEL_BACKGROUND, PANEL_QUIET, PANEL_TEXT, PANEL_TRACK, RGB, UNSURE, Rgb
from emotion.report.bars import BarsPanel
from emotion.report.canvas import Area, blit
from emotion.report.layout import clock
from emotion.report.moments import Moments
from emotion.report.text import Typeface
from emotion.report.timeline import Timeline
from emotion.settings import Settings
from emotion.types import EMOTIONS, Image

SIZE = (480, 360)
PER_SECOND = 10
MOST = 600
BARS = Area(24, 20, 432, 288)
LINE = Area(24, 322, 432, 4)
NOTE_TOP, NOTE_PX = 332, 13
STEPS = 12
"""Colours between two, for antialiasing."""

Indices = npt.NDArray[np.uint8]
Keys = npt.NDArray[np.uint16]


def write_bars_gif(path: Path, timeline: Timeline, settings: Settings) -> int:
    """Write the GIF and return how many pictures it has: 10 per second of video, at most 600, at least 1.

    A longer video is sped up evenly, and the pictures say so. Raises OutputError where it cannot be written.
    """
    moments = Moments.of(timeline)
    count = picture_count(moments.lasts_s)
    colors = _Colors()
    with staged_file(path) as staged:
        try:
            with staged.open("wb") as file:
                file.writelines(_header(colors.palette))
                for picture, changed in _pictures(moments, count, settings):
                    file.writelines(_block(colors.indices(changed.of(picture)), changed))
                file.write(b";")
        except OSError as error:
            raise output_error(error, path.parent) from error
    return count


def picture_count(seconds: float) -> int:
    """How many pictures the GIF of a video of this length has."""
    return min(max(round(seconds * PER_SECOND), 1), MOST)


def _pictures(moments: Moments, count: int, settings: Settings) -> Iterator[tuple[Image, Area]]:
    """The pictures in turn, and where each may differ from the one before.

    Each is the same array, valid until the next is asked for.
    """
    canvas = np.empty((SIZE[1], SIZE[0], 3), dtype=np.uint8)
    canvas[...] = PANEL_BACKGROUND
    bars = BarsPanel((BARS.width, BARS.height), settings, onto=BARS.of(canvas))
    typeface = Typeface.of(settings)
    _write_speed(canvas, moments.lasts_s * PER_SECOND / count, typeface)
    text_before = ""
    for i in range(count):
        time_s = moments.start_s + moments.lasts_s * i / count
        parts = [area.moved(BARS.left, BARS.top) for area in bars.draw(moments.at(time_s))]
        parts.append(_draw_progress(canvas, i / count, (i + 1) / count))
        text = f"{clock(time_s)} / {clock(moments.end_s)}"
        if text != text_before:
            parts.append(_write_clock(canvas, text, typeface))
            text_before = text
        yield canvas, functools.reduce(Area.joined, parts) if i else Area(0, 0, *SIZE)


def _draw_progress(canvas: Image, before: float, share: float) -> Area:
    if not before:
        LINE.of(canvas)[...] = PANEL_TRACK
    left, right = round(LINE.width * before), round(LINE.width * share)
    # At least a pixel wide, whatever the steps: a picture of a GIF cannot be empty.
    step = Area(LINE.left + min(left, LINE.width - 1), LINE.top, max(right - left, 1), LINE.height)
    LINE.of(canvas)[:, :right] = PANEL_QUIET
    return step


def _write_clock(canvas: Image, text: str, typeface: Typeface) -> Area:
    sprite = typeface.passing(text, NOTE_PX, PANEL_QUIET)
    area = Area(LINE.left, NOTE_TOP, LINE.width // 2, min(sprite.height, SIZE[1] - NOTE_TOP))
    area.of(canvas)[...] = PANEL_BACKGROUND
    blit(area.of(canvas), sprite, 0, 0)
    return area


def _write_speed(canvas: Image, speed: float, typeface: Typeface) -> None:
    # Rounding to whole pictures changes the speed of short videos by a little that nobody sees.
    if speed > 1.02:
        sprite = typeface.sprite(f"{speed:.1f}\u00d7 speed", NOTE_PX, PANEL_QUIET)
        blit(canvas, sprite, LINE.right - sprite.width, NOTE_TOP)


class _Colors:
    """One palette for all pictures: the few colours that are drawn, and the steps of antialiasing between them.

    Which of them stands for a colour, at 5 bits a channel, is worked out when it first occurs: a few hundred do, and a
    table of all 32,768 would take as long as half of the pictures.
    """

    def __init__(self) -> None:
        emotions = [*(RGB[emotion] for emotion in EMOTIONS), UNSURE]
        flat = [PANEL_BACKGROUND, PANEL_TRACK, PANEL_TEXT, PANEL_QUIET, *emotions]
        pairs = [
            *((PANEL_BACKGROUND, color) for color in (PANEL_TEXT, PANEL_QUIET, *emotions)),
            *((PANEL_TRACK, color) for color in emotions),
        ]
        between = [color for pair in pairs for color in _steps(*pair, STEPS)]
        self.palette = np.array([*flat, *between], dtype=np.uint8)
        self._places = np.full(1 << 15, -1, dtype=np.int16)
        # What is drawn as a plain colour is kept exact, of equal keys the first.
        self._places[_keys(self.palette[: len(flat)])[::-1]] = np.arange(len(flat))[::-1]

    def indices(self, picture: Image) -> Indices:
        """The picture as places in the palette, shape ``(height, width)``."""
        keys = _keys(picture)
        places = self._places[keys]
        if places.min() < 0:
            self._learn(np.unique(keys[places < 0]))
            places = self._places[keys]
        return places.astype(np.uint8)

    def _learn(self, keys: Keys) -> None:
        colors = (np.stack([keys >> 10, keys >> 5 & 31, keys & 31], axis=1) * 8 + 4).astype(int)
        far = ((colors[:, None, :] - self.palette.astype(int)) ** 2).sum(axis=2)
        self._places[keys] = far.argmin(axis=1)


def _keys(colors: npt.NDArray[np.uint8]) -> Keys:
    """5 bits of each channel as one number, red highest: shape ``(...)`` from ``(..., 3)``."""
    five = colors >> 3
    keys = five[..., 0].astype(np.uint16)
    for channel in (1, 2):
        keys <<= 5
        keys |= five[..., channel]
    return keys


def _steps(start: Rgb, end: Rgb, count: int) -> list[Rgb]:
    shares = [(i + 1) / (count + 1) for i in range(count)]
    mixed = (tuple(round(a + (b - a) * share) for a, b in zip(start, end, strict=True)) for share in shares)
    return [(red, green, blue) for red, green, blue in mixed]


def _header(palette: npt.NDArray[np.uint8]) -> Iterator[bytes]:
    """The start of a GIF89a file: size, the palette for all pictures, and Netscape's extension that makes it loop."""
    yield b"GIF89a" + struct.pack("<HHBBB", *SIZE, 0xF7, 0, 0)
    yield palette.tobytes().ljust(768, b"\0")
    yield b"!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"


def _block(part: Indices, area: Area) -> list[bytes]:
    """One picture: the part that may differ from the one before.

    Pillow's own writer would drop a picture equal to the one before, and keeps all pictures in memory until the end.
    """
    picture = Pictures.fromarray(part)
    picture.putpalette(bytes(768))
    blocks: list[bytes] = GifImagePlugin.getdata(
        picture, (area.left, area.top), duration=1000 // PER_SECOND, disposal=1
    )
    return blocks
