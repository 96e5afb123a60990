from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion.report.canvas import Area, Sprite, blit
from emotion.report.patches import Patch, dot, filled_patch, ring_patch

RED = (255, 0, 0)


def canvas(width: int = 40, height: int = 30, value: int = 100) -> np.ndarray:
    return np.full((height, width, 3), value, dtype=np.uint8)


@pytest.mark.parametrize(
    ("coverage", "expected"),
    [
        pytest.param(1.0, (255, 0, 0), id="covers exactly"),
        pytest.param(0.0, (100, 100, 100), id="leaves as it was"),
        pytest.param(0.5, (177, 50, 50), id="mixes"),
    ],
)
def test_mixing(coverage: float, expected: tuple[int, int, int]) -> None:
    image = canvas()
    blit(image, Sprite.of(np.full((2, 2), coverage), RED), 5, 5)
    assert tuple(image[5, 5]) == expected
    assert tuple(image[4, 5]) == (100, 100, 100)


@pytest.mark.parametrize(
    ("x", "y", "changed"),
    [
        pytest.param(0, 0, 16, id="inside"),
        pytest.param(-3, -3, 1, id="over the top left corner"),
        pytest.param(38, 28, 4, id="over the bottom right corner"),
        pytest.param(-4, 5, 0, id="just outside"),
        pytest.param(900, -900, 0, id="far outside"),
    ],
)
def test_what_lies_outside_is_left_out(x: int, y: int, changed: int) -> None:
    image = canvas()
    blit(image, Sprite.of(np.ones((4, 4)), RED), x, y)
    assert np.count_nonzero((image == RED).all(axis=2)) == changed


def test_one_sprite_over_another_is_both_in_turn() -> None:
    below, above = Sprite.of(np.full((3, 3), 0.6), (0, 0, 0)), Sprite.of(np.full((3, 3), 0.4), RED)
    once, twice = canvas(), canvas()
    blit(once, above.over(below), 1, 1)
    blit(twice, below, 1, 1)
    blit(twice, above, 1, 1)
    assert np.abs(once.astype(int) - twice).max() <= 2


@given(st.integers(-60, 60), st.integers(-60, 60), st.integers(1, 90), st.integers(1, 90), st.integers(0, 12))
def test_a_patch_of_any_size_stays_within_its_area(left: int, top: int, width: int, height: int, radius: int) -> None:
    image, patch = canvas(), filled_patch(RED, radius)
    patch.draw(image, Area(left, top, width, height))
    side = 2 * patch.corner
    inside = np.zeros(image.shape[:2], dtype=bool)
    inside[max(top, 0) : max(top + max(height, side), 0), max(left, 0) : max(left + max(width, side), 0)] = True
    assert (image[~inside] == 100).all()


@given(
    st.sampled_from([filled_patch(RED, 0), filled_patch(RED, 5), ring_patch(RED, 2, 6), ring_patch(RED, 3, 2)]),
    st.integers(-60, 60),
    st.integers(-60, 60),
    st.integers(1, 200),
    st.integers(1, 200),
)
def test_a_patch_is_its_sprite_with_the_middle_stretched(
    patch: Patch, left: int, top: int, width: int, height: int
) -> None:
    image, expected = canvas(), canvas()
    patch.draw(image, Area(left, top, width, height))
    rows, columns = stretched(height, patch), stretched(width, patch)
    whole = Sprite(patch.sprite.keep[rows][:, columns], patch.sprite.add[rows][:, columns])
    blit(expected, whole, left, top)
    assert np.array_equal(image, expected)


def stretched(length: int, patch: Patch) -> np.ndarray:
    """Which row or column of the patch stands at each place of a side."""
    corner, length = patch.corner, max(length, 2 * patch.corner)
    middle = np.full(length - 2 * corner, corner)
    return np.concatenate([np.arange(corner), middle, np.arange(corner + 1, 2 * corner + 1)])


@given(*[st.integers(-9, 99)] * 2, *[st.integers(1, 99)] * 2)
def test_even_borders_around_an_area(left: int, top: int, width: int, height: int) -> None:
    area = Area(left, top, width, height)
    even = area.even()
    assert not any(border % 2 for border in (even.left, even.top, even.right, even.bottom))
    assert even.joined(area) == even
    assert even.width - width in (0, 1, 2)
    assert even.height - height in (0, 1, 2)


def test_joined_covers_both_and_no_more() -> None:
    assert Area(3, 9, 5, 5).joined(Area(1, 12, 3, 20)) == Area(1, 9, 7, 23)


def test_a_sprite_on_a_colour_is_what_mixing_gives() -> None:
    sprite = Sprite.of(np.linspace(0, 1, 12).reshape(3, 4), RED)
    image = canvas(4, 3)
    blit(image, sprite, 0, 0)
    assert np.array_equal(sprite.on((100, 100, 100)), image)


def test_a_filled_patch_has_round_corners_and_full_sides() -> None:
    image = canvas()
    filled_patch(RED, 5).draw(image, Area(4, 4, 30, 20))
    assert tuple(image[4, 4]) == (100, 100, 100)
    assert (image[4, 12:26] == RED).all()
    assert (image[14, 4:34] == RED).all()


@pytest.mark.parametrize("background", [pytest.param(0, id="black"), pytest.param(255, id="white"), (230)])
def test_a_ring_shows_on_any_background_and_is_hollow(background: int) -> None:
    image = canvas(value=background)
    ring_patch(RED, 2, 6).draw(image, Area(4, 4, 30, 22))
    column = image[:, 18]
    assert (column[5:7] == RED).all()
    assert (column[[4, 7]] <= 80).all()
    assert (column[9:20] == background).all()


def test_a_dot_is_round() -> None:
    sprite = dot(RED, 4)
    assert sprite.width == sprite.height == 11
    assert sprite.keep[0, 0, 0] == 256
    assert sprite.keep[5, 5, 0] == 0
