"""A session's totals: exact, in a bounded number of points."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion.live.history import (
    LONGEST_STEP_S,
    MAX_PERSONS,
    MAX_POINTS,
    RECENT_S,
    CumulativeHistory,
    Histories,
    RecentScores,
)
from emotion.live.values import Story
from emotion.types import EMOTIONS, Box, Emotion, Face, Scores

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


@given(st.lists(st.tuples(st.floats(0.001, 0.9), st.floats(0, 1) | st.none()), max_size=2000))
def test_the_totals_are_exact_however_the_curve_is_thinned(steps: list[tuple[float, float | None]]) -> None:
    history, time_s, expected = CumulativeHistory(), 0.0, 0.0
    history.add(0.0, None)
    for step_s, score in steps:
        before_s, time_s = time_s, time_s + step_s
        history.add(time_s, None if score is None else Scores.of({Emotion.HAPPY: score}))
        expected += (score or 0.0) * (time_s - before_s)
    points = history.points()
    assert points[-1].totals[INDEX] == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert [point.totals[INDEX] for point in points] == sorted(point.totals[INDEX] for point in points)


def face(track: int, emotion: Emotion = Emotion.HAPPY) -> Face:
    scores = Scores.of({emotion: 1.0})
    return Face(track, Box(0, 0, 100 - track, 100), 0.99, scores, scores, emotion)


@given(st.integers(1, 5000), st.sampled_from([1 / 30, 1 / 7, 0.3]), st.integers(0, 3))
def test_the_last_minute_is_a_few_hundred_points_with_holes(frames: int, step_s: float, every: int) -> None:
    recent = RecentScores()
    for index in range(frames):
        recent.add(index * step_s, HAPPY if not every or index % (50 * every) else None)
    points = recent.points()
    now_s = (frames - 1) * step_s
    # A point for each fifth of a second, and one for each coming and going.
    assert len(points) <= RECENT_S / 0.2 + 2 + 2 * RECENT_S / (50 * step_s)
    assert all(now_s - point.time_s <= RECENT_S for point in points)
    assert points[0].time_s <= max(now_s - RECENT_S, 0) + step_s + 0.2


def test_a_face_that_goes_leaves_a_hole() -> None:
    recent = RecentScores()
    for time_s, scores in ((0.0, HAPPY), (0.1, HAPPY), (0.15, None), (0.2, None), (0.25, HAPPY)):
        recent.add(time_s, scores)
    assert [(point.time_s, math.isnan(point.totals[0])) for point in recent.points()] == [
        (0.0, False),
        (0.15, True),
        (0.25, False),
    ]


def test_each_person_has_their_own_story() -> None:
    histories = Histories()
    sad, happy = face(1, Emotion.SAD), face(2)
    for index in range(11):
        # The second is there for all of the second, the first for its first half.
        seen = [sad, happy] if index < 6 else [happy]
        histories.add(index / 10, seen, max(seen, key=lambda one: one.box.area))
    assert dict(histories.story(1).label_s) == pytest.approx({"sad": 0.5})
    assert dict(histories.story(2).label_s) == pytest.approx({"happy": 1.0})
    assert dict(histories.story(None).label_s) == pytest.approx({"sad": 0.5, "happy": 0.5})
    assert math.isnan(histories.story(1).recent[-1].totals[0])
    assert histories.story(None).cumulative[-1].totals[INDEX] == pytest.approx(0.5)
    assert histories.story(3) == Story()


def test_the_chosen_one_is_not_forgotten() -> None:
    histories = Histories()
    histories.add(0.0, [face(1)], face(1), chosen=1)
    for track in range(2, 3 * MAX_PERSONS):
        histories.add(float(track), [face(track)], face(track), chosen=1)
    assert histories.story(1) != Story()
    assert histories.story(2) == Story()
    assert sum(histories.story(track) != Story() for track in range(1, 3 * MAX_PERSONS)) == MAX_PERSONS
    histories.add(1000.0, [face(80)], face(80))
    assert histories.story(1) == Story(), "Who is chosen no more is like anybody."


def test_passers_by_are_forgotten_who_stays_is_not() -> None:
    histories = Histories()
    for track in range(2, 3 * MAX_PERSONS):
        histories.add(float(track), [face(1), face(track)], face(1))
    assert histories.story(1) != Story()
    assert histories.story(2) == Story()
    assert histories.story(3 * MAX_PERSONS - 1) != Story()
