from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion.report.moments import NONE, PLACES, Moments
from emotion.report.timeline import Timeline
from emotion.types import EMOTIONS, UNCERTAIN, Analysis, Emotion

SAD, HAPPY = Emotion.SAD, Emotion.HAPPY


@pytest.mark.parametrize(
    ("time_s", "sad"),
    [
        pytest.param(0.0, 0.2, id="first frame"),
        pytest.param(-1.0, 0.2, id="before it"),
        pytest.param(0.5, 0.4, id="half way to the next: in between"),
        pytest.param(1.0, 0.6, id="second frame"),
        pytest.param(0.9999999, 0.6, id="rounded down"),
        pytest.param(1.5, 0.6, id="the next is another person: held"),
        pytest.param(2.9, 0.8, id="the next has no face: held"),
        pytest.param(3.0, None, id="no face"),
        pytest.param(3.9, None, id="no face yet"),
        pytest.param(99.0, 0.2, id="after the end: held"),
    ],
)
def test_scores_at_a_time(face, time_s: float, sad: float | None) -> None:
    people = [face(SAD, 0.2), face(SAD, 0.6), face(SAD, 0.8, track=2), None, face(SAD, 0.2)]
    analyses = [Analysis(i, float(i), (person,) if person else ()) for i, person in enumerate(people)]
    moment = Moments.of(Timeline.of(analyses)).at(time_s)
    assert (moment and moment.scores[SAD]) == (sad and pytest.approx(sad))


def test_nothing_was_seen() -> None:
    moments = Moments.of(Timeline.of([]))
    assert moments.at(0.0) is None
    assert moments.total(0.0) == [0.0] * len(EMOTIONS)
    assert set(moments.strip(5)) == {NONE}


def test_totals_grow_linearly_within_a_frame(recording) -> None:
    moments = Moments.of(Timeline.of(recording(SAD, SAD, fps=1, value=1.0)))
    assert moments.total(1.5)[EMOTIONS.index(SAD)] == pytest.approx(1.5)


def test_each_column_of_the_strip_is_what_fills_most_of_it(recording) -> None:
    moments = Moments.of(Timeline.of(recording(SAD, SAD, HAPPY, None, None, HAPPY, HAPPY, HAPPY, SAD)))
    expected = [EMOTIONS.index(SAD), NONE, EMOTIONS.index(HAPPY)]
    assert np.array_equal(moments.strip(3), expected)


def test_the_strip_follows_the_label_not_the_highest_score(recording) -> None:
    seen = [*recording(SAD, label=HAPPY), *recording(SAD, label=UNCERTAIN)]
    moments = Moments.of(Timeline.of([Analysis(i, float(i), one.faces) for i, one in enumerate(seen)]))
    assert list(moments.strip(2)) == [PLACES[HAPPY], PLACES[UNCERTAIN]]


@pytest.mark.parametrize(
    ("time_s", "label", "quality"),
    [
        pytest.param(0.0, "sad", 0.9, id="first frame"),
        pytest.param(0.99, "sad", 0.9, id="held until the next: words are not mixed"),
        pytest.param(1.0, UNCERTAIN, 0.2, id="second frame"),
        pytest.param(7.0, UNCERTAIN, 0.2, id="after the end"),
    ],
)
def test_label_and_quality_at_a_time(face, time_s: float, label: str, quality: float) -> None:
    faces = [face(SAD, quality=0.9), face(SAD, label=UNCERTAIN, quality=0.2)]
    moment = Moments.of(Timeline.of([Analysis(i, float(i), (one,)) for i, one in enumerate(faces)])).at(time_s)
    assert moment is not None
    assert (moment.label, moment.quality) == (label, quality)


@given(st.lists(st.floats(0, 3), min_size=1, max_size=20), st.floats(-2, 40))
def test_totals_are_what_numpy_interpolates(steps: list[float], time_s: float) -> None:
    """Frames may even claim the same time."""
    knots = np.cumsum([0.0, *steps])
    sums = np.outer(knots, np.arange(1, len(EMOTIONS) + 1))
    nothing = np.zeros(0)
    moments = Moments(0.0, float(knots[-1]), nothing, nothing, nothing, nothing, nothing, knots, sums)
    assert moments.total(time_s) == pytest.approx([np.interp(time_s, knots, column) for column in sums.T])
