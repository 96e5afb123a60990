"""The vocabulary and the colours."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion.palette import RGB, contrast, rgb, text_on
from emotion.types import EMOTIONS, UNCERTAIN, Analysis, Box, Emotion, Face, Scores

sides = st.floats(0, 1000)
boxes = st.builds(Box, st.floats(-500, 500), st.floats(-500, 500), sides, sides)


@given(boxes, boxes)
def test_overlap_is_a_share_and_the_same_both_ways(one: Box, other: Box) -> None:
    assert 0 <= one.overlap(other) <= 1 + 1e-9
    assert math.isclose(one.overlap(other), other.overlap(one), abs_tol=1e-12)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param(Box(0, 0, 10, 10), Box(0, 0, 10, 10), 1.0, id="the same"),
        pytest.param(Box(0, 0, 10, 10), Box(5, 0, 10, 10), 1 / 3, id="half beside"),
        pytest.param(Box(0, 0, 10, 10), Box(10, 0, 10, 10), 0.0, id="touching: boxes are half-open"),
        pytest.param(Box(0, 0, 10, 10), Box(2, 2, 5, 5), 0.25, id="one inside"),
        pytest.param(Box(3, 3, 0, 0), Box(3, 3, 0, 0), 0.0, id="nothing overlaps nothing"),
        pytest.param(Box(0, 0, 1e-200, 1e-200), Box(0, 0, 1e-200, 1e-200), 0.0, id="too small for a float"),
    ],
)
def test_overlap(one: Box, other: Box, expected: float) -> None:
    assert one.overlap(other) == pytest.approx(expected)


@given(boxes, boxes, st.floats(0, 1))
def test_a_box_on_its_way_lies_between(one: Box, other: Box, share: float) -> None:
    moved = one.towards(other, share)
    low, high = sorted((one.x, other.x))
    assert low - 1e-6 <= moved.x <= high + 1e-6
    assert one.towards(other, 0.0) == one


def test_a_box_has_no_negative_side() -> None:
    with pytest.raises(ValueError, match="negative"):
        Box(0, 0, -1, 5)


def test_scores_keep_the_order_of_the_network() -> None:
    assert EMOTIONS == ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
    scores = Scores.of({Emotion.SAD: 0.7, Emotion.HAPPY: 0.3})
    assert scores.values == (0, 0, 0, 0.3, 0.7, 0, 0)
    assert scores[Emotion.SAD] == 0.7
    assert scores.dominant is Emotion.SAD
    assert scores.as_dict()[Emotion.HAPPY] == 0.3


def test_scores_need_one_number_per_emotion() -> None:
    with pytest.raises(ValueError, match="Expected 7"):
        Scores((0.5, 0.5))


def test_the_main_face_is_the_largest() -> None:
    near = Face(2, Box(0, 0, 50, 50), 0.9, Scores.of({}), Scores.of({}), UNCERTAIN)
    far = Face(1, Box(90, 0, 20, 20), 0.99, Scores.of({}), Scores.of({}), UNCERTAIN)
    assert Analysis(0, 0.0, (far, near)).main_face is near
    assert Analysis(0, 0.0, ()).main_face is None


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_text_is_readable_on_any_color(color: tuple[int, int, int]) -> None:
    assert contrast(color, text_on(color)) >= 4.5


def test_every_emotion_has_its_own_color() -> None:
    assert list(RGB) == list(EMOTIONS)
    assert len(set(RGB.values())) == len(EMOTIONS)
    assert rgb("#0F1216") == (15, 18, 22)
