"""Blurred faces: nobody could be told from what is left."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion.pixels import resize
from emotion.report.blur import CELLS, Blur, blur, regions
from emotion.report.canvas import Area
from emotion.types import Box, Emotion, Image

FACE = Box(300, 150, 80, 80)
HEAD = (264, 102, 416, 258)
"""Left, top, right and bottom of what is blurred about it: 0.45 beside, 0.6 above, 0.35 below, on even pixels."""


def noise(width: int = 640, height: int = 360) -> Image:
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)


def changed(before: Image, after: Image) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero((before != after).any(axis=2))
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def test_the_whole_head_is_covered_and_nothing_else(face) -> None:
    before = noise()
    canvas = before.copy()
    veil = Blur()
    veil.see(0.0, [face(box=FACE)], spared=None)
    (area,) = veil.cover(canvas)
    assert changed(before, canvas) == HEAD
    assert (area.left, area.top, area.right, area.bottom) == HEAD


def test_a_few_colours_remain(picture: Image) -> None:
    """What is left has the information of a mosaic: shrinking to its cells and back changes next to nothing."""
    canvas = picture.copy()
    area = Area(150, 20, 140, 210)
    blur(canvas, [area])
    left = area.of(canvas).astype(int)
    cells = resize(area.of(canvas), width=CELLS, height=-(-area.height * CELLS // area.width))
    again = resize(cells, width=area.width, height=area.height).astype(int)
    before = area.of(picture).astype(int)
    assert np.abs(left - again).mean() < np.abs(left - before).mean() / 3
    assert np.abs(np.diff(left, axis=1)).max() < np.abs(np.diff(before, axis=1)).max() / 4


@given(
    box=st.builds(
        Box, st.floats(-2000, 2000), st.floats(-2000, 2000), st.floats(0, 3000) | st.just(1e300), st.floats(0, 3000)
    ),
    size=st.sampled_from([(640, 360), (641, 361), (32, 24), (1, 1)]),
)
def test_regions_lie_inside_and_hold_the_face(box: Box, size: tuple[int, int]) -> None:
    width, height = size
    areas = regions([box], width, height)
    inside = box.x < width and box.y < height and box.right > 0 and box.bottom > 0 and box.area > 0
    assert len(areas) == 1 or not inside
    for area in areas:
        assert 0 <= area.left < area.right <= width
        assert 0 <= area.top < area.bottom <= height
        assert area.left % 2 == area.top % 2 == 0
        assert area.right % 2 == 0 or area.right == width
        assert area.bottom % 2 == 0 or area.bottom == height
        assert area.left <= max(box.x, 0)
        assert area.right >= min(box.right, width)
        blur(np.zeros((height, width, 3), np.uint8), areas)


@pytest.mark.parametrize(
    ("seen", "spared", "at_s", "blurred"),
    [
        pytest.param([(0.0, [1, 2])], None, 0.0, 2, id="everybody"),
        pytest.param([(0.0, [1, 2])], 2, 0.0, 1, id="all but one"),
        pytest.param([(0.0, [1, 2])], 3, 0.0, 2, id="the spared one is not there"),
        pytest.param([(0.0, [1])], None, 0.9, 1, id="lost a moment ago"),
        pytest.param([(0.0, [1])], None, 1.1, 0, id="lost for good"),
        pytest.param([(0.0, [1]), (0.5, [1])], None, 1.1, 1, id="seen again meanwhile"),
        pytest.param([(0.0, [1]), (0.1, [2])], 2, 0.5, 1, id="lost beside the spared one"),
        pytest.param([(0.0, [])], None, 0.0, 0, id="nobody"),
    ],
)
def test_who_is_blurred(
    face, seen: Sequence[tuple[float, list[int]]], spared: int | None, at_s: float, blurred: int
) -> None:
    boxes = {1: Box(100, 100, 60, 60), 2: Box(400, 100, 60, 60)}
    veil = Blur()
    for time_s, tracks in seen:
        veil.see(time_s, [face(Emotion.SAD, track=track, box=boxes[track]) for track in tracks], spared=spared)
    veil.see(at_s, [], spared=spared) if at_s > seen[-1][0] else None
    assert len(veil.cover(noise())) == blurred
