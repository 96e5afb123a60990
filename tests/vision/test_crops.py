from __future__ import annotations

import numpy as np
import pytest

from emotion.pixels import cut_many, shrink_into
from emotion.types import Box, Detection, Image
from emotion.vision.crops import face_chip


def slope(width: int = 200, height: int = 100) -> Image:
    """Red grows to the right, green downwards, one a pixel."""
    image = np.zeros((height, width, 3), dtype=np.uint8)
    image[..., 0] = np.arange(width)[None, :]
    image[..., 1] = np.arange(height)[:, None]
    return image


@pytest.mark.parametrize(
    ("box", "growth", "first", "last"),
    [
        pytest.param(Box(40, 20, 20, 20), 0.0, (40, 20), (59, 39), id="the box itself"),
        pytest.param(Box(40, 20, 10, 20), 0.0, (35, 20), (54, 39), id="the longer side makes the square"),
        pytest.param(Box(40, 20, 20, 20), 0.5, (35, 15), (64, 44), id="grown on all sides"),
        pytest.param(Box(-10, -10, 20, 20), 0.0, (0, 0), (9, 9), id="beyond the corner: the border again"),
        pytest.param(Box(190, 90, 20, 20), 0.0, (190, 90), (199, 99), id="beyond the other corner"),
    ],
)
def test_where_a_chip_lies(box: Box, growth: float, first: tuple[int, int], last: tuple[int, int]) -> None:
    size = round(max(box.width, box.height) * (1 + growth))
    chip = face_chip(slope(), Detection(box, 1.0), size=size, growth=growth)
    assert chip.shape == (size, size, 3)
    assert tuple(chip[0, 0, :2]) == first
    assert tuple(chip[-1, -1, :2]) == last


@pytest.mark.parametrize(
    "box",
    [
        pytest.param(Box(50, 50, 0, 0), id="no size"),
        pytest.param(Box(50.2, 50.7, 0.3, 0.1), id="less than a pixel"),
        pytest.param(Box(-500, -500, 10, 10), id="far outside"),
        pytest.param(Box(-1000, -1000, 5000, 5000), id="larger than the picture"),
    ],
)
def test_any_box_gives_a_chip(box: Box) -> None:
    assert face_chip(slope(), Detection(box, 1.0), size=64, growth=0.1).shape == (64, 64, 3)


@pytest.mark.parametrize("eyes", [((60, 40), (80, 60)), ((60, 60), (80, 40)), ((60, 50), (60, 50))])
def test_eyes_are_level_in_the_chip(eyes: tuple[tuple[float, float], tuple[float, float]]) -> None:
    image = np.zeros((100, 140, 3), dtype=np.uint8)
    for x, y in eyes:
        image[int(y) - 2 : int(y) + 3, int(x) - 2 : int(x) + 3] = 255
    landmarks = (*eyes, (70, 55), (65, 60), (75, 60))
    chip = face_chip(image, Detection(Box(40, 20, 60, 60), 1.0, landmarks), size=60, growth=0.0)
    rows = np.nonzero(chip[..., 0] > 128)[0]
    assert rows.max() - rows.min() <= 7


def test_many_cuts_are_the_places_asked_for_and_grey_beyond() -> None:
    boxes = np.array([[10, 20, 33, 43], [-12, 0, 11, 23]], dtype=np.float32)
    cuts = cut_many(slope(), boxes, size=24)
    assert cuts.shape == (2, 24, 24, 3)
    assert cuts[0, 0, 0, :2].tolist() == [10, 20]
    assert cuts[0, -1, -1, :2].tolist() == [33, 43]
    assert set(cuts[1, :, :12].ravel().tolist()) <= {127, 128}
    assert cuts[1, 5, 12:, 0].tolist() == list(range(12))


@pytest.mark.parametrize("count", [0, 1, 2000])
def test_any_number_of_cuts(count: int) -> None:
    boxes = np.tile(np.array([[10, 20, 33, 43]], dtype=np.float32), (count, 1))
    assert cut_many(slope(), boxes, size=24).shape == (count, 24, 24, 3)


def test_shrinking_takes_means_without_rounding() -> None:
    pixels = np.arange(12, dtype=np.float32).reshape(2, 2, 3)
    small = np.empty((1, 1, 3), dtype=np.float32)
    shrink_into(small, pixels)
    assert small.tolist() == [[[4.5, 5.5, 6.5]]]
