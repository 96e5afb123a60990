"""Boxes in frames that were not analysed."""

from __future__ import annotations

import pytest

from emotion.jobs.between import Between
from emotion.types import Analysis, Box, Emotion, Face, Scores

HAPPY = Scores.of({Emotion.HAPPY: 1.0})
SAD = Scores.of({Emotion.SAD: 1.0})


def face(track: int, x: float, scores: Scores = HAPPY) -> Face:
    return Face(track, Box(x, 0, 10, 10), 0.9, scores, scores, scores.dominant, landmarks=((x, 1.0),))


STORY = (
    Analysis(0, 0.0, (face(1, 0),)),
    Analysis(10, 1.0, (face(1, 100, SAD), face(2, 50))),
    Analysis(20, 2.0, (face(2, 50),)),
)


def between(analyses: tuple[Analysis, ...]) -> Between:
    return Between(analyses, [analysis.time_s for analysis in analyses])


@pytest.mark.parametrize(
    ("time_s", "expected"),
    [
        pytest.param(0.0, {1: 0}, id="an analysed frame is as it was analysed"),
        pytest.param(0.25, {1: 25}, id="a known face moves in a straight line"),
        pytest.param(0.75, {1: 75, 2: 50}, id="a coming face shows for the nearer half"),
        pytest.param(1.25, {2: 50, 1: 100}, id="a leaving face stays for the nearer half"),
        pytest.param(1.75, {2: 50}, id="and is gone for the other"),
        pytest.param(9.0, {2: 50}, id="after the last analysis its faces stay"),
        pytest.param(-1.0, {1: 0}, id="before the first its faces are there already"),
    ],
)
def test_at(time_s: float, expected: dict[int, float]) -> None:
    assert {found.track: found.box.x for found in between(STORY).at(time_s)} == expected


def test_scores_are_never_made_up() -> None:
    (moved,) = between(STORY).at(0.4)
    assert moved.scores is HAPPY
    assert moved.landmarks == ((40.0, 1.0),)


def test_nothing_was_analysed() -> None:
    assert between(()).at(1.0) == ()
