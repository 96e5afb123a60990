import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from emotion.errors import UnreadablePicture
from emotion.media.pictures import read_picture, small_picture

RED = (200, 30, 40)


def _palette_with_clear_color() -> Pillow.Image:
    picture = Pillow.new("RGB", (8, 6), RED).quantize(4)
    picture.info["transparency"] = bytes([255] * 4)
    return picture


@pytest.mark.parametrize(
    ("name", "make", "expected"),
    [
        pytest.param("a.png", lambda: Pillow.new("RGB", (8, 6), RED), RED, id="rgb"),
        pytest.param("a.png", lambda: Pillow.new("L", (8, 6), 77), (77, 77, 77), id="grey"),
        pytest.param("a.png", lambda: Pillow.new("1", (8, 6), 1), (255, 255, 255), id="black and white"),
        pytest.param("a.png", lambda: Pillow.new("LA", (8, 6), (77, 255)), (77, 77, 77), id="grey with alpha"),
        pytest.param("a.png", lambda: Pillow.new("RGBA", (8, 6), (0, 0, 0, 0)), (255, 255, 255), id="clear is white"),
        pytest.param("a.png", _palette_with_clear_color, RED, id="palette with alpha"),
        pytest.param(
            "a.png", lambda: Pillow.fromarray(np.full((6, 8), 0x8000, np.uint16)), (128, 128, 128), id="16 bits"
        ),
        pytest.param("a.gif", lambda: Pillow.new("RGB", (8, 6), RED).quantize(4), RED, id="gif"),
        pytest.param("a.bmp", lambda: Pillow.new("RGB", (8, 6), RED), RED, id="bmp"),
        pytest.param("a.tiff", lambda: Pillow.new("RGB", (8, 6), RED), RED, id="tiff"),
        pytest.param("a.tiff", lambda: Pillow.new("CMYK", (8, 6), (0, 0, 0, 0)), (255, 255, 255), id="cmyk"),
        pytest.param("a.webp", lambda: Pillow.new("RGB", (8, 6), (80, 80, 80)), (80, 80, 80), id="webp"),
        pytest.param("a.jpg", lambda: Pillow.new("RGB", (8, 6), (80, 80, 80)), (80, 80, 80), id="jpeg"),
    ],
)
def test_any_mode_becomes_rgb(
    tmp_path: Path, name: str, make: Callable[[], Pillow.Image], expected: tuple[int, ...]
) -> None:
    make().save(tmp_path / name)
    image = read_picture(tmp_path / name)
    assert image.shape == (6, 8, 3)
    assert image.dtype == np.uint8
    assert np.abs(image.astype(int) - expected).max() <= 2


@pytest.mark.parametrize(
    ("orientation", "corner"),
    [
        pytest.param(1, (0, 0), id="upright"),
        pytest.param(3, (-1, -1), id="upside down"),
        pytest.param(6, (0, -1), id="turn clockwise"),
        pytest.param(8, (-1, 0), id="turn counter-clockwise"),
    ],
)
def test_held_as_the_phone_says(tmp_path: Path, orientation: int, corner: tuple[int, int]) -> None:
    # White where the stored picture begins; the orientation says in which corner that is shown.
    picture = Pillow.new("RGB", (8, 6))
    picture.putpixel((0, 0), (255, 255, 255))
    exif = picture.getexif()
    exif[0x0112] = orientation
    picture.save(tmp_path / "a.png", exif=exif)
    image = read_picture(tmp_path / "a.png")
    assert image.shape == ((6, 8, 3) if orientation in (1, 3) else (8, 6, 3))
    assert image[corner].tolist() == [255, 255, 255]
    assert image.sum() == 3 * 255


def test_moving_picture_gives_its_first_frame(tmp_path: Path) -> None:
    frames = [Pillow.new("RGB", (8, 6), color) for color in (RED, (0, 0, 0))]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert np.abs(read_picture(tmp_path / "a.gif").astype(int) - RED).max() <= 2


def _png_of(width: int, height: int) -> bytes:
    """A header that promises this many pixels, and next to none of them."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(9)))


def _truncated_jpeg(path: Path) -> None:
    Pillow.effect_noise((64, 64), 50).save(path, "JPEG")
    path.write_bytes(path.read_bytes()[:900])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(lambda path: None, "does not exist", id="missing"),
        pytest.param(lambda path: path.mkdir(), "is a folder", id="folder"),
        pytest.param(lambda path: path.write_bytes(b""), "is empty", id="empty"),
        pytest.param(lambda path: path.write_text("Dear diary"), "is no picture", id="text"),
        pytest.param(lambda path: path.write_bytes(_png_of(8, 8)), "is no picture", id="pixels missing"),
        pytest.param(_truncated_jpeg, "is no picture", id="truncated"),
        pytest.param(lambda path: path.write_bytes(_png_of(60_000, 60_000)), "too many pixels", id="bomb"),
        pytest.param(lambda path: path.write_bytes(_png_of(10_000, 10_000)), "too many pixels", id="small bomb"),
        pytest.param(lambda path: path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n"), "is no picture", id="eps stays shut"),
    ],
)
def test_bad_input_gets_one_sentence(tmp_path: Path, make: Callable[[Path], object], words: str) -> None:
    path = tmp_path / "bad.jpg"
    make(path)
    with pytest.raises(UnreadablePicture) as caught:
        read_picture(path)
    message = str(caught.value)
    assert words in message
    assert "'bad.jpg'" in message
    assert str(tmp_path) not in message
    assert message.endswith(".")


@pytest.mark.parametrize(
    ("name", "picture", "shape"),
    [
        pytest.param("a.jpg", Pillow.new("RGB", (4000, 3000), RED), (300, 400, 3), id="large"),
        pytest.param("a.png", Pillow.new("RGB", (300, 200), RED), (200, 300, 3), id="small stays as it is"),
        pytest.param("a.png", Pillow.new("RGB", (2000, 1), RED), (1, 400, 3), id="a line"),
        pytest.param("a.gif", Pillow.new("RGB", (800, 400), RED).quantize(4), (200, 400, 3), id="a palette"),
        pytest.param("a.png", Pillow.new("I;16", (800, 400), 0), (200, 400, 3), id="16 bits"),
        pytest.param("a.jpg", Pillow.new("RGB", (9000, 9000), RED), (400, 400, 3), id="a telephone's 81 megapixels"),
    ],
)
def test_made_small(name: str, picture: Pillow.Image, shape: tuple[int, ...]) -> None:
    file = io.BytesIO()
    picture.save(file, Pillow.registered_extensions()[f".{name.split('.')[1]}"])
    image = small_picture(file, name, longest_px=400)
    assert image.shape == shape
    assert image.dtype == np.uint8


def test_made_small_and_upright() -> None:
    picture = Pillow.new("RGB", (800, 400))
    picture.getexif()[0x0112] = 6
    file = io.BytesIO()
    picture.save(file, "JPEG", exif=picture.getexif())
    assert small_picture(file, "a.jpg", longest_px=400).shape == (400, 200, 3)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(b"", "is no picture", id="empty"),
        pytest.param(b"Dear diary", "is no picture", id="text"),
        pytest.param(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "Save it as JPEG or PNG", id="HEIC"),
        pytest.param(_png_of(30_000, 30_000), "too many pixels", id="30,000 by 30,000"),
        pytest.param(_png_of(7_000, 7_000), "too many pixels", id="49 megapixels that are no JPEG"),
        pytest.param(_png_of(100, 100), "is no picture", id="pixels missing"),
    ],
)
def test_bad_input_in_memory_gets_one_sentence(body: bytes, words: str) -> None:
    with pytest.raises(UnreadablePicture, match=words) as caught:
        small_picture(io.BytesIO(body), "bad.jpg", longest_px=400)
    assert "'bad.jpg'" in str(caught.value)
