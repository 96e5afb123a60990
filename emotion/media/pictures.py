"""A still picture from a file."""

from __future__ import annotations

import struct
import warnings
from pathlib import Path

import numpy as np
from PIL import Image as Pillow
from PIL import ImageOps

from emotion.errors import UnreadablePicture
from emotion.types import Image

# What people have, and what every Pillow from 11 on knows. The rarer ones stay shut: some start other programs (EPS).
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "PPM")

# What Pillow's readers raise on broken files of these formats; UnidentifiedImageError is an OSError.
BROKEN = (OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, TypeError, OverflowError, struct.error)


def read_picture(path: Path) -> Image:
    """The picture in ``path`` as a player of pictures shows it: turned as its EXIF data say, transparency on white.

    Of a moving picture the first frame. Raises :class:`~emotion.errors.UnreadablePicture`.
    """
    name = path.name or str(path)
    _check_file(path, name)
    # Process-wide for a moment, as all filters of warnings are; Pillow has no other way to be told.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Pillow.DecompressionBombWarning)
        try:
            with Pillow.open(path, formats=FORMATS) as picture:
                return np.array(_rgb(ImageOps.exif_transpose(picture)), dtype=np.uint8)
        except (Pillow.DecompressionBombWarning, Pillow.DecompressionBombError, MemoryError) as error:
            raise UnreadablePicture(f"'{name}' has too many pixels. Make it smaller and try again.") from error
        except BROKEN as error:
            raise UnreadablePicture(
                f"'{name}' is no picture that can be read, or it is damaged. Save it as JPEG or PNG and try again."
            ) from error


def _rgb(picture: Pillow.Image) -> Pillow.Image:
    if picture.mode.startswith("I"):
        # Grey with 16 bits; Pillow's own conversion would cut off all above 255.
        deep = np.clip(np.asarray(picture, dtype=np.int64), 0, 0xFFFF)
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
