"""One picture as a file to keep."""

from __future__ import annotations

import io

from PIL import Image as Pictures

from emotion.types import Image


def png(image: Image) -> bytes:
    """The image as a PNG, made in memory; nothing is written anywhere."""
    file = io.BytesIO()
    Pictures.fromarray(image).save(file, format="PNG")
    return file.getvalue()
