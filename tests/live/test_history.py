"""A session's totals: exact, in a bounded number of points."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion.live.history import LONGEST_STEP_S, MAX_POINTS, CumulativeHistory
from emotion.types import EMOTIONS, Emotion, Scores

HAPPY = Scores.of({Emotion.HAPPY: 1.0})
INDEX = EMOTIONS.index(Emotion.HAPPY)


def happy_after(times: list[float], scores: list[Scores | None]) -> float:
    history = CumulativeHistory()
    for time_s, seen in zip(times, scores, strict=True):
        history.add(time_s, seen)
    return history.points()[-1].totals[INDEX]


@pytest.mark.parametrize(
    ("times", "scores", "expected"),
    [
        pytest.param([0, 0.5, 1.0], [HAPPY] * 3, 1.0, id="score x seconds"),
        pytest.param([0, 0.1, 0.9, 1.0], [HAPPY] * 4, 1.0, id="whatever the rate"),
        pytest.param([0, 0.5, 1.0], [HAPPY, None, HAPPY], 0.5, id="no face, no score"),
        pytest.param([0, 60.0], [HAPPY, HAPPY], LONGEST_STEP_S, id="a long gap is not filled with guesses"),
        pytest.param([5.0], [HAPPY], 0.0, id="one picture has no length yet"),
        pytest.param([1.0, 0.5], [HAPPY, HAPPY], 0.0, id="time that goes back counts nothing"),
    ],
)
def test_totals(times: list[float], scores: list[Scores | None], expected: float) -> None:
    assert happy_after(times, scores) == pytest.approx(expected)


@given(st.integers(1, 20_000), st.sampled_from([1 / 30, 1 / 7, 0.9]))
def test_hours_fit_into_a_few_hundred_points(frames: int, step_s: float) -> None:
    history = CumulativeHistory()
    for index in range(frames):
        history.add(index * step_s, HAPPY)
    points = history.points()
    times = [point.time_s for point in points]
    assert len(points) <= MAX_POINTS + 1
    assert times == sorted(times)
    assert points[-1].totals[INDEX] == pytest.approx((frames - 1) * step_s)
    assert points[-1].time_s == pytest.approx((frames - 1) * step_s)
