"""Looking only at a part of the picture."""

import numpy as np
import pytest

from emotion.types import Box, Detection
from emotion.vision.region import WHOLE_PICTURE, Region

IMAGE = np.arange(20 * 30 * 3, dtype=np.uint8).reshape(20, 30, 3)


@pytest.mark.parametrize(
    ("region", "shape"),
    [
        pytest.param(WHOLE_PICTURE, (20, 30, 3), id="all of it"),
        pytest.param(Region(5, 4, 10, 6), (6, 10, 3), id="inside"),
        pytest.param(Region(25, 15, 10, 10), (5, 5, 3), id="over the edge"),
        pytest.param(Region(40, 0, 10, 10), (10, 0, 3), id="beyond it"),
    ],
)
def test_what_lies_in_it(region: Region, shape: tuple[int, int, int]) -> None:
    part = region.of(IMAGE)
    assert part.shape == shape
    assert part.flags.c_contiguous
    assert np.array_equal(part, IMAGE[region.top :, region.left :][: shape[0], : shape[1]])


def test_what_is_found_is_told_in_pixels_of_the_whole() -> None:
    found = Detection(Box(1, 2, 3, 4), 0.9, ((1.5, 2.5), (2.5, 2.5)))
    assert WHOLE_PICTURE.in_picture([found]) == (found,)
    (moved,) = Region(10, 20, 50, 50).in_picture([found])
    assert moved == Detection(Box(11, 22, 3, 4), 0.9, ((11.5, 22.5), (12.5, 22.5)))
