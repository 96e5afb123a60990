"""The bar chart moving, as a GIF: for places that play no video."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import GifImagePlugin
from PIL import Image as Pictures

from emotion.files import output_error, staged_file
from emotion.palette import PANEL_BACKGROUND, PANEL_QUIET, PANEL_TEXT, PANEL_TRACK, RGB, Rgb
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

Indices = npt.NDArray[np.uint8]


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
                before: Indices | None = None
                for picture in _pictures(moments, count, settings):
                    now = colors.indices(picture)
                    file.writelines(_block(before, now))
                    before = now
                file.write(b";")
        except OSError as error:
            raise output_error(error, path.parent) from error
    return count


def picture_count(seconds: float) -> int:
    """How many pictures the GIF of a video of this length has."""
    return min(max(round(seconds * PER_SECOND), 1), MOST)


def _pictures(moments: Moments, count: int, settings: Settings) -> Iterator[Image]:
    """The pictures in turn. Each is the same array, valid until the next is asked for."""
    canvas = np.empty((SIZE[1], SIZE[0], 3), dtype=np.uint8)
    canvas[...] = PANEL_BACKGROUND
    bars = BarsPanel((BARS.width, BARS.height), settings, onto=BARS.of(canvas))
    typeface = Typeface.of(settings)
    _write_speed(canvas, moments.lasts_s * PER_SECOND / count, typeface)
    for i in range(count):
        time_s = moments.start_s + moments.lasts_s * i / count
        bars.draw(moments.at(time_s))
        _draw_progress(canvas, (i + 1) / count)
        _write_clock(canvas, f"{clock(time_s)} / {clock(moments.end_s)}", typeface)
        yield canvas


def _draw_progress(canvas: Image, share: float) -> None:
    line = LINE.of(canvas)
    line[...] = PANEL_TRACK
    line[:, : round(LINE.width * share)] = PANEL_QUIET


def _write_clock(canvas: Image, text: str, typeface: Typeface) -> None:
    sprite = typeface.sprite(text, NOTE_PX, PANEL_QUIET)
    canvas[NOTE_TOP : NOTE_TOP + sprite.height, LINE.left : LINE.left + LINE.width // 2] = PANEL_BACKGROUND
    blit(canvas, sprite, LINE.left, NOTE_TOP)


def _write_speed(canvas: Image, speed: float, typeface: Typeface) -> None:
    # Rounding to whole pictures changes the speed of short videos by a little that nobody sees.
    if speed > 1.02:
        sprite = typeface.sprite(f"{speed:.1f}\u00d7 speed", NOTE_PX, PANEL_QUIET)
        blit(canvas, sprite, LINE.right - sprite.width, NOTE_TOP)


class _Colors:
    """One palette for all pictures: the few colours that are drawn, and the steps of antialiasing between them."""

    STEPS = 12

    def __init__(self) -> None:
        emotions = [RGB[emotion] for emotion in EMOTIONS]
        flat = [PANEL_BACKGROUND, PANEL_TRACK, PANEL_TEXT, PANEL_QUIET, *emotions]
        pairs = [
            *((PANEL_BACKGROUND, color) for color in (PANEL_TEXT, PANEL_QUIET, *emotions)),
            (PANEL_QUIET, PANEL_TEXT),
            *((PANEL_TRACK, color) for color in emotions),
        ]
        between = [color for pair in pairs for color in _steps(*pair, self.STEPS)]
        self.palette = np.array([*flat, *between][:256], dtype=np.uint8)
        self._table = _nearest(self.palette, len(flat))

    def indices(self, picture: Image) -> Indices:
        """The picture as places in the palette, shape ``(height, width)``."""
        five = picture >> 3
        key = five[..., 0].astype(np.uint16) << 10 | five[..., 1].astype(np.uint16) << 5 | five[..., 2]
        return np.asarray(self._table[key], dtype=np.uint8)


def _steps(start: Rgb, end: Rgb, count: int) -> list[Rgb]:
    shares = [(i + 1) / (count + 1) for i in range(count)]
    mixed = (tuple(round(a + (b - a) * share) for a, b in zip(start, end, strict=True)) for share in shares)
    return [(red, green, blue) for red, green, blue in mixed]


def _nearest(palette: npt.NDArray[np.uint8], flat: int) -> Indices:
    """The palette's nearest to each colour of 5 bits a channel, red highest; its ``flat`` first are kept exact."""
    levels = np.arange(32) * 8 + 4
    grid = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(-1, 3)
    table = np.empty(len(grid), dtype=np.uint8)
    for start in range(0, len(grid), 4096):
        far = ((grid[start : start + 4096, None, :] - palette[None].astype(int)) ** 2).sum(axis=2)
        table[start : start + 4096] = far.argmin(axis=1)
    for place in reversed(range(flat)):
        red, green, blue = (int(channel) >> 3 for channel in palette[place])
        table[red << 10 | green << 5 | blue] = place
    return table


def _header(palette: npt.NDArray[np.uint8]) -> Iterator[bytes]:
    """The start of a GIF89a file: size, the palette for all pictures, and Netscape's extension that makes it loop."""
    yield b"GIF89a" + struct.pack("<HHBBB", *SIZE, 0xF7, 0, 0)
    yield palette.tobytes().ljust(768, b"\0")
    yield b"!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"


def _block(before: Indices | None, now: Indices) -> list[bytes]:
    """One picture: the part that differs from the one before, or a single pixel if none does.

    Pillow's own writer would drop a picture equal to the one before, and keeps all pictures in memory until the end.
    """
    part = Area(0, 0, *SIZE) if before is None else _changed(before, now)
    picture = Pictures.fromarray(np.ascontiguousarray(now[part.top : part.bottom, part.left : part.right]))
    picture.putpalette(bytes(768))
    return GifImagePlugin.getdata(picture, (part.left, part.top), duration=1000 // PER_SECOND, disposal=1)


def _changed(before: Indices, now: Indices) -> Area:
    differs = before != now
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if not len(rows):
        return Area(0, 0, 1, 1)
    left, top = int(columns[0]), int(rows[0])
    return Area(left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1)
