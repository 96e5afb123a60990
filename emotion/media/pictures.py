"""A still picture from a file."""

from __future__ import annotations

import struct
import warnings
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image as Pillow
from PIL import ImageOps

from emotion.errors import UnreadablePicture
from emotion.types import Image

# What people have, and what every Pillow from 11 on knows. The rarer ones stay shut: some start other programs (EPS).
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "PPM")

# Of a picture that is made small in memory, and is no JPEG: cameras with more save that.
MOST_PIXELS = 25_000_000

# What Pillow's readers raise on broken files of these formats; UnidentifiedImageError is an OSError.
BROKEN = (OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, TypeError, OverflowError, struct.error)


def read_picture(path: Path) -> Image:
    """The picture in ``path`` as a player of pictures shows it: turned as its EXIF data say, transparency on white.

    Of a moving picture the first frame. Raises :class:`~emotion.errors.UnreadablePicture`.
    """
    name = path.name or str(path)
    _check_file(path, name)
    return _opened(path, name, longest_px=None)


def small_picture(file: BinaryIO, name: str, *, longest_px: int) -> Image:
    """The same for a file in memory that a person called ``name``, made smaller where its longer side is longer.

    A JPEG is decoded at a smaller size at once, and others may not be as large: it takes 340 MB at most for a moment (a
    progressive JPEG of 88 megapixels), 270 MB for 25 megapixels of anything else. Raises UnreadablePicture.
    """
    return _opened(file, name, longest_px=longest_px)


def _opened(source: Path | BinaryIO, name: str, *, longest_px: int | None = None) -> Image:
    # Process-wide for a moment, as all filters of warnings are; Pillow has no other way to be told.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Pillow.DecompressionBombWarning)
        try:
            with Pillow.open(source, formats=FORMATS) as picture:
                if longest_px is not None:
                    _make_small(picture, longest_px)
                shown = _rgb(ImageOps.exif_transpose(picture))
        except (Pillow.DecompressionBombWarning, Pillow.DecompressionBombError, MemoryError) as error:
            raise UnreadablePicture(f"'{name}' has too many pixels. Make it smaller and try again.") from error
        except BROKEN as error:
            raise UnreadablePicture(
                f"'{name}' is no picture that can be read, or it is damaged. Save it as JPEG or PNG and try again."
            ) from error
    if longest_px is not None:
        shown.thumbnail((longest_px, longest_px))
    return np.array(shown, dtype=np.uint8)


def _make_small(picture: Pillow.Image, longest_px: int) -> None:
    """In its own mode, where Pillow can; palettes and 16 bits wait until they are RGB."""
    if picture.format != "JPEG" and picture.width * picture.height > MOST_PIXELS:
        raise MemoryError
    if picture.mode in ("RGB", "RGBA", "L", "CMYK"):
        picture.thumbnail((longest_px, longest_px))


def _rgb(picture: Pillow.Image) -> Pillow.Image:
    if picture.mode.startswith("I"):
        # Grey with 16 bits; Pillow's own conversion would cut off all above 255.
        deep = np.clip(np.asarray(picture), 0, 0xFFFF)
        return Pillow.fromarray((deep >> 8).astype(np.uint8)).convert("RGB")
    if picture.has_transparency_data:
        clear = picture.convert("RGBA")
        return Pillow.alpha_composite(Pillow.new("RGBA", clear.size, "white"), clear).convert("RGB")
    return picture.convert("RGB")


def _check_file(path: Path, name: str) -> None:
    try:
        if path.is_dir():
            raise UnreadablePicture(f"'{name}' is a folder. Choose a picture in it.")
        if not path.is_file():
            raise UnreadablePicture(f"'{name}' does not exist. Check the name and the folder.")
        with path.open("rb") as file:
            if not file.read(1):
                raise UnreadablePicture(f"'{name}' is empty. Copy it again.")
    except PermissionError as error:
        raise UnreadablePicture(f"'{name}' may not be read. Change its permissions and try again.") from error
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise UnreadablePicture(f"'{name}' cannot be read. Check the disk, or copy it and try again.") from error
