from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion.report.layout import GUTTER_PX, clock, merged_layout, nice_step, spread, ticks, time_step


@given(st.integers(1, 8000), st.integers(1, 8000))
def test_three_equal_panels_with_gutters_and_even_size(width: int, height: int) -> None:
    layout = merged_layout((width, height))
    first, second, third = layout.panels
    assert (first.width, first.height) == (second.width, second.height) == (third.width, third.height)
    assert first.top == second.top == third.top
    assert first.left == second.left - first.right == third.left - second.right == GUTTER_PX
    assert layout.size[0] - third.right == GUTTER_PX
    assert [side % 2 for side in (*layout.size, first.width, first.height)] == [0, 0, 0, 0]
    assert layout.strip.top > first.bottom
    assert layout.strip.bottom <= layout.size[1] - GUTTER_PX
    picture = layout.picture
    assert first.left <= picture.left <= picture.right <= first.right
    assert first.top <= picture.top <= picture.bottom <= first.bottom


@pytest.mark.parametrize(
    ("source", "panel"),
    [
        pytest.param((640, 360), (640, 360), id="as it is"),
        pytest.param((596, 336), (596, 336), id="odd numbers of macroblocks"),
        pytest.param((360, 640), (360, 640), id="portrait"),
        pytest.param((1920, 1080), (1280, 720), id="large"),
        pytest.param((1080, 1920), (404, 720), id="large portrait"),
        pytest.param((7680, 4320), (1280, 720), id="8K"),
        pytest.param((160, 120), (360, 270), id="tiny"),
        pytest.param((641, 361), (640, 360), id="odd"),
    ],
)
def test_panels_keep_the_source_aspect(source: tuple[int, int], panel: tuple[int, int]) -> None:
    layout = merged_layout(source)
    assert (layout.panels[0].width, layout.panels[0].height) == panel
    assert layout.picture == layout.panels[0]


@pytest.mark.parametrize(
    ("length", "count", "expected"),
    [(1.0, 5, 0.2), (20.0, 4, 5.0), (0.03, 3, 0.01), (3600.0, 6, 1000.0), (13.0, 6, 5.0), (9.9, 10, 1.0)],
)
def test_nice_steps(length: float, count: int, expected: float) -> None:
    assert nice_step(length, count) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("length_s", "count", "expected"), [(20, 5, 5), (0.04, 5, 0.1), (61, 5, 15), (3600, 7, 600), (36000, 5, 7200)]
)
def test_time_steps(length_s: float, count: int, expected: float) -> None:
    assert time_step(length_s, count) == pytest.approx(expected)


def test_ticks_are_multiples_within() -> None:
    assert ticks(0.3, 1.0, 0.2) == pytest.approx([0.4, 0.6, 0.8, 1.0])


@pytest.mark.parametrize(("time_s", "expected"), [(0, "0:00"), (65.9, "1:05"), (0.9999999, "0:01"), (3605, "1:00:05")])
def test_clock(time_s: float, expected: str) -> None:
    assert clock(time_s) == expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        pytest.param([50, 10, 90], [50, 10, 90], id="room enough"),
        pytest.param([50, 50], [45, 55], id="equal: in order, about the same middle"),
        pytest.param([0, 0, 0], [0, 10, 20], id="at the border"),
        pytest.param([100, 99], [100, 90], id="at the other"),
        pytest.param([], [], id="none"),
        pytest.param([30], [30], id="one"),
    ],
)
def test_spread(wanted: list[float], expected: list[float]) -> None:
    assert spread(wanted, 10, 0, 100) == pytest.approx(expected)


@given(st.lists(st.floats(-50, 150), min_size=2, max_size=12), st.floats(0, 60))
def test_spread_labels_never_overlap_nor_leave(wanted: list[float], gap: float) -> None:
    places = spread(wanted, gap, 0, 100)
    assert all(-1e-6 <= place <= 100 + 1e-6 for place in places)
    ordered = sorted(places)
    least = min(gap, 100 / (len(wanted) - 1))
    assert all(b - a >= least - 1e-6 for a, b in itertools.pairwise(ordered))
    assert sorted(range(len(wanted)), key=lambda i: (wanted[i], i)) == sorted(
        range(len(wanted)), key=lambda i: (round(places[i], 9), wanted[i], i)
    )
