"""The small bars beside a face."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion.palette import RGB
from emotion.report.canvas import Area
from emotion.report.face_bars import FaceBars
from emotion.report.overlay import Overlay
from emotion.settings import Layer
from emotion.types import EMOTIONS, Box, Emotion, Image, Scores

SIZE = (640, 480)
SCORES = Scores((0.9, 0.1, 0.2, 1.0, 0.4, 0.05, 0.7))


def blank(size: tuple[int, int] = SIZE) -> Image:
    return np.full((size[1], size[0], 3), 120, np.uint8)


def drawn(box: Area, *others: Area, size: tuple[int, int] = SIZE) -> tuple[Image, Area]:
    canvas = blank(size)
    place = FaceBars(size).draw(canvas, SCORES, box, others)
    assert place is not None
    return canvas, place


def overlaps(one: Area, other: Area) -> bool:
    return one.left < other.right and other.left < one.right and one.top < other.bottom and other.top < one.bottom


def test_each_bar_has_its_colour_its_place_and_its_length() -> None:
    canvas, place = drawn(Area(200, 150, 100, 100))
    plate = place.of(canvas)
    tops, lengths = [], []
    for emotion in EMOTIONS:
        rows, columns = np.nonzero((plate == RGB[emotion]).all(axis=2))
        tops.append(int(rows.min()))
        lengths.append(int(columns.max() - columns.min()) + 1)
        assert rows.max() - rows.min() + 1 >= 6, "Too thin to be read at 640 x 480."
    assert tops == sorted(tops)
    assert lengths == [round(60 * score) for score in SCORES.values]


@pytest.mark.parametrize(
    ("box", "others", "side"),
    [
        pytest.param(Area(200, 150, 100, 100), [], "right", id="room on the right"),
        pytest.param(Area(530, 150, 100, 100), [], "left", id="at the right border"),
        pytest.param(Area(200, 150, 100, 100), [Area(310, 150, 90, 90)], "left", id="a neighbour on the right"),
        pytest.param(
            Area(200, 150, 100, 100), [Area(310, 150, 90, 90), Area(100, 150, 90, 90)], "below", id="neighbours"
        ),
        pytest.param(Area(0, 100, 640, 100), [], "below", id="a face as wide as the picture"),
    ],
)
def test_they_stand_where_they_hide_nobody(box: Area, others: list[Area], side: str) -> None:
    _, place = drawn(box, *others)
    assert not any(overlaps(place, one) for one in [box, *others])
    where = {"right": place.left >= box.right, "left": place.right <= box.left, "below": place.top >= box.bottom}
    assert where[side]


@given(
    st.integers(-500, 900),
    st.integers(-500, 900),
    st.integers(1, 900),
    st.integers(1, 900),
    st.sampled_from([SIZE, (160, 120)]),
)
def test_they_lie_whole_inside_any_picture(x: int, y: int, width: int, height: int, size: tuple[int, int]) -> None:
    before, (after, place) = blank(size), drawn(Area(x, y, width, height), size=size)
    assert 0 <= place.left < place.right <= size[0]
    assert 0 <= place.top < place.bottom <= size[1]
    place.of(after)[...] = place.of(before)
    assert np.array_equal(before, after)


def test_a_tiny_picture_gets_none() -> None:
    assert FaceBars((24, 24)).draw(blank((24, 24)), SCORES, Area(2, 2, 10, 10), []) is None


def test_two_faces_get_their_own(settings, face) -> None:
    overlay = Overlay(settings.but(layers=[Layer.BARS]), SIZE)
    pair = [
        replace(face(track=track, box=Box(x, 150, 100, 100)), scores=Scores.of({emotion: 1.0}))
        for track, x, emotion in ((1, 150, Emotion.SAD), (2, 300, Emotion.HAPPY))
    ]
    canvas = overlay.draw(blank(), pair)
    for emotion in (Emotion.SAD, Emotion.HAPPY):
        assert (canvas == RGB[emotion]).all(axis=2).sum() == 60 * 6
