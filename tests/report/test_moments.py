from __future__ import annotations

import numpy as np
import pytest

from emotion.report.moments import NONE, Moments
from emotion.report.timeline import Timeline
from emotion.types import EMOTIONS, Analysis, Emotion

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
    scores = Moments.of(Timeline.of(analyses)).at(time_s)
    assert (scores and scores[SAD]) == (sad and pytest.approx(sad))


def test_nothing_was_seen() -> None:
    moments = Moments.of(Timeline.of([]))
    assert moments.at(0.0) is None
    assert moments.total(0.0) == [0.0] * len(EMOTIONS)
    assert set(moments.dominants(5)) == {NONE}


def test_totals_grow_linearly_within_a_frame(recording) -> None:
    moments = Moments.of(Timeline.of(recording(SAD, SAD, fps=1, value=1.0)))
    assert moments.total(1.5)[EMOTIONS.index(SAD)] == pytest.approx(1.5)


def test_each_column_of_the_strip_is_what_fills_most_of_it(recording) -> None:
    moments = Moments.of(Timeline.of(recording(SAD, SAD, HAPPY, None, None, HAPPY, HAPPY, HAPPY, SAD)))
    expected = [EMOTIONS.index(SAD), NONE, EMOTIONS.index(HAPPY)]
    assert np.array_equal(moments.dominants(3), expected)
