from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as run
from hypothesis import strategies as st

from emotion.palette import RGB, UNSURE
from emotion.report.overlay import Overlay
from emotion.settings import Layer, Settings
from emotion.types import UNCERTAIN, Box, Emotion, Image

LABELS = frozenset({Layer.LABELS})


def changed(before: Image, after: Image) -> np.ndarray:
    return (before != after).any(axis=2)


def extent(before: Image, after: Image) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what differs."""
    rows, columns = np.nonzero(changed(before, after))
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def blank(width: int, height: int) -> Image:
    return np.full((height, width, 3), 17, dtype=np.uint8)


def test_the_input_is_unchanged_and_the_result_is_not(settings, picture, face) -> None:
    before = picture.copy()
    drawn = Overlay(settings, (640, 360)).draw(picture, [face()])
    assert np.array_equal(picture, before)
    assert changed(picture, drawn).any()


@run(max_examples=60, deadline=None)
@given(
    x=st.floats(-80, 660),
    y=st.floats(-80, 380),
    width=st.floats(0, 300),
    height=st.floats(0, 300),
    mark=st.tuples(st.floats(-50, 700), st.floats(-50, 400)),
)
def test_it_says_where_it_drew(face, x: float, y: float, width: float, height: float, mark) -> None:
    before = blank(640, 360)
    drawn = before.copy()
    one = replace(face(box=Box(x, y, width, height)), landmarks=(mark,))
    overlay = Overlay(Settings(layers=frozenset(Layer), labels={}, font=None), (640, 360))
    areas = overlay.draw_onto(drawn, [one])
    for area in areas:
        assert 0 <= area.left < area.right <= 640
        assert 0 <= area.top < area.bottom <= 360
        assert not any(side % 2 for side in (area.left, area.top, area.right, area.bottom))
        area.of(drawn)[...] = area.of(before)
    assert np.array_equal(drawn, before)


def test_without_faces_it_is_a_copy(settings, picture) -> None:
    drawn = Overlay(settings, (640, 360)).draw(picture, [])
    assert np.array_equal(drawn, picture)
    assert not np.shares_memory(drawn, picture)


@pytest.mark.parametrize("emotion", list(Emotion))
def test_box_and_chip_have_the_emotions_colour(settings, picture, face, emotion: Emotion) -> None:
    drawn = Overlay(settings, (640, 360)).draw(picture, [face(emotion)])
    box_side, chip = drawn[130, 174:178], drawn[36:59, 175:275]
    assert (box_side == RGB[emotion]).all(axis=1).any()
    assert (chip == RGB[emotion]).all(axis=2).mean() > 0.4


@pytest.mark.parametrize(
    ("width", "height", "at_least"),
    [
        pytest.param(640, 360, 20, id="360p"),
        pytest.param(360, 640, 20, id="portrait"),
        pytest.param(1920, 1080, 55, id="1080p"),
        pytest.param(160, 120, 10, id="tiny"),
    ],
)
def test_the_chip_scales_with_the_video_and_fits(settings, face, width: int, height: int, at_least: int) -> None:
    image = blank(width, height)
    middle = face(Emotion.SURPRISE, box=Box(width / 2, height / 2, width / 4, height / 4))
    left, top, right, bottom = extent(
        image, Overlay(settings.but(layers=LABELS), (width, height)).draw(image, [middle])
    )
    assert bottom - top >= at_least
    assert right - left < width
    assert bottom <= height / 2


coordinates = st.floats(-3000, 3000) | st.sampled_from([-1e300, 1e300, 0.0, 320.0, 639.9, 359.9])
sides = st.floats(0, 3000) | st.sampled_from([0.0, 0.5, 1.0, 1e300])


@run(max_examples=60, deadline=None)
@given(coordinates, coordinates, sides, sides)
def test_the_chip_lies_whole_inside_the_picture_for_any_box(
    face, x: float, y: float, width: float, height: float
) -> None:
    image, box = blank(640, 360), Box(x, y, width, height)
    overlay = Overlay(Settings(layers=LABELS, labels={}, font=None), (640, 360))
    whole = extent(image, overlay.draw(image, [face(box=Box(300, 200, 50, 50))]))
    drawn = overlay.draw(image, [face(box=box)])
    outside = not (x < 640 and y < 360 and box.right > 0 and box.bottom > 0 and box.area > 0)
    if outside:
        assert np.array_equal(drawn, image)
    else:
        left, top, right, bottom = extent(image, drawn)
        assert (right - left, bottom - top) == (whole[2] - whole[0], whole[3] - whole[1])


@pytest.mark.parametrize(
    "box",
    [
        pytest.param(Box(-200, 10, 100, 100), id="left"),
        pytest.param(Box(640, 10, 100, 100), id="right"),
        pytest.param(Box(10, 400, 100, 100), id="below"),
        pytest.param(Box(10, 10, 0, 50), id="without width"),
        pytest.param(Box(math.nan, 10, 50, 50), id="nowhere"),
    ],
)
def test_a_face_without_pixels_in_the_picture_is_skipped(settings, face, box: Box) -> None:
    image = blank(640, 360)
    overlay = Overlay(settings.but(layers=list(Layer)), (640, 360))
    assert np.array_equal(overlay.draw(image, [face(box=box)]), image)


@pytest.mark.parametrize("size", [(1, 1), (5, 3), (16, 16), (40, 200)], ids=str)
def test_pictures_of_a_few_pixels_are_no_trouble(settings, face, size: tuple[int, int]) -> None:
    image = blank(*size)
    overlay = Overlay(settings.but(layers=list(Layer)), size)
    assert overlay.draw(image, [face(box=Box(-1, -1, 9, 9), landmarks=[(0, 0), (3, 2)])]).shape == image.shape


def test_the_box_follows_the_face_at_the_border(settings, face) -> None:
    image = blank(640, 360)
    overlay = Overlay(settings.but(layers={Layer.BOXES}), (640, 360))
    left, top, right, bottom = extent(image, overlay.draw(image, [face(box=Box(-50, 100, 100, 100))]))
    assert (left, top, right, bottom) == (0, 100, 50, 200)


@pytest.mark.parametrize(
    ("layers", "labels", "names", "expected"),
    [
        pytest.param({Layer.LABELS}, {}, {}, ["happy", "0.87"], id="label"),
        pytest.param({Layer.LABELS, Layer.NUMBERS}, {}, {}, ["#3", "happy", "0.87"], id="label and number"),
        pytest.param({Layer.NUMBERS}, {}, {}, ["#3"], id="number alone"),
        pytest.param({Layer.LABELS}, {"happy": "glücklich"}, {}, ["glücklich", "0.87"], id="own word"),
        pytest.param({Layer.LABELS}, {"happy": "快乐"}, {}, ["#3", "0.87"], id="font lacks the word"),
        pytest.param({Layer.LABELS}, {}, {3: "Ann"}, ["Ann", "happy", "0.87"], id="name"),
        pytest.param({Layer.LABELS}, {}, {3: "安"}, ["#3", "happy", "0.87"], id="font lacks the name"),
        pytest.param({Layer.LABELS}, {}, {4: "Ann"}, ["happy", "0.87"], id="somebody else's name"),
        pytest.param({Layer.LABELS, Layer.NUMBERS}, {}, {3: "Ann"}, ["Ann", "happy", "0.87"], id="name for number"),
    ],
)
def test_what_the_chip_says(settings, face, layers, labels, names, expected) -> None:
    overlay = Overlay(settings.but(layers=layers, labels=labels), (640, 360))
    assert overlay._parts(face(track=3), names.get(3)) == expected


@pytest.mark.parametrize(
    ("details", "layers", "expected"),
    [
        pytest.param({"label": "sad"}, LABELS, ["sad", "0.02"], id="the label, which may lag behind the scores"),
        pytest.param({"label": UNCERTAIN}, LABELS, ["uncertain"], id="uncertain: no number"),
        pytest.param({"label": UNCERTAIN}, {Layer.LABELS, Layer.NUMBERS}, ["#3", "uncertain"], id="but who it is"),
        pytest.param({"quality": 0.29}, LABELS, ["happy?", "0.87"], id="doubtful"),
        pytest.param({"quality": 0.3}, LABELS, ["happy", "0.87"], id="just good enough"),
        pytest.param({"label": UNCERTAIN, "quality": 0.1}, LABELS, ["uncertain"], id="the word says it already"),
        pytest.param({"quality": 0.1}, {Layer.NUMBERS}, ["#3"], id="who it is is not in doubt"),
    ],
)
def test_doubt_is_written_on_the_chip(settings, face, details, layers, expected) -> None:
    overlay = Overlay(settings.but(layers=layers), (640, 360))
    assert overlay._parts(face(track=3, **details), None) == expected


@pytest.mark.parametrize(
    ("details", "color"),
    [
        pytest.param({"label": "sad"}, RGB[Emotion.SAD], id="label"),
        pytest.param({"label": UNCERTAIN}, UNSURE, id="uncertain"),
        pytest.param({"quality": 0.1}, UNSURE, id="doubtful"),
    ],
)
def test_box_and_chip_are_grey_where_there_is_doubt(settings, picture, face, details, color) -> None:
    drawn = Overlay(settings, (640, 360)).draw(picture, [face(**details)])
    assert (drawn[130, 174:178] == color).all(axis=1).any()
    assert (drawn[36:59, 175:240] == color).all(axis=2).mean() > 0.4


def test_landmarks_are_dots_where_they_are(settings, face) -> None:
    image = blank(640, 360)
    overlay = Overlay(settings.but(layers={Layer.LANDMARKS}), (640, 360))
    drawn = overlay.draw(image, [face(landmarks=[(200.5, 100.5), (9000.0, 9000.0)])])
    assert tuple(drawn[100, 200]) == (255, 255, 255)
    left, top, right, bottom = extent(image, drawn)
    assert right - left < 12
    assert bottom - top < 12


def test_a_long_name_shrinks_to_fit(settings, face) -> None:
    image = blank(200, 200)
    drawn = Overlay(settings.but(layers=LABELS), (200, 200)).draw(
        image, [face(box=Box(50, 100, 50, 50))], names={1: "Bartholomew Featherstonehaugh"}
    )
    left, _, right, _ = extent(image, drawn)
    assert 100 < right - left <= 200
