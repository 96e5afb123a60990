from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emotion.errors import InputError
from emotion.notes import Notes, Turn
from emotion.report.faces_parquet import read_faces_parquet, write_faces_parquet
from emotion.report.people import MAIN, POINTS, Figures, in_view_s, kept_s, only, regrouped
from emotion.report.summary import NOBODY, STRETCHES, shown, strip, summary
from emotion.report.timeline import Timeline
from emotion.types import Analysis, Box, Emotion, Scores

SAD, HAPPY = Emotion.SAD, Emotion.HAPPY
LARGE, SMALL = Box(0, 0, 100, 100), Box(200, 0, 40, 40)


@pytest.fixture
def talk(face) -> Timeline:
    """Ten seconds, a frame each: face 1 is large and happy, then face 2 is alone; 3 is small and sad all the time."""
    analyses = []
    for second in range(10):
        near = (
            face(HAPPY, 0.7, track=1, box=LARGE) if second < 4 else face(SAD, 0.7, track=2, box=LARGE),
            face(SAD, 1.0, track=3, box=SMALL),
        )
        analyses.append(Analysis(second, float(second), near if second < 8 else ()))
    return Timeline.of(analyses, end_s=10.0)


@pytest.mark.parametrize(
    ("turns", "seconds"),
    [
        pytest.param([], {3: 8.0, 1: 4.0, 2: 4.0}, id="as found"),
        pytest.param([Turn(2, 0.0, 1)], {1: 8.0, 3: 8.0}, id="merged"),
        pytest.param([Turn(3, 2.5, 4)], {4: 5.0, 1: 4.0, 2: 4.0, 3: 3.0}, id="split between two frames"),
        pytest.param([Turn(3, 2.0, 4), Turn(3, 6.0, 3)], {1: 4.0, 2: 4.0, 3: 4.0, 4: 4.0}, id="there and back"),
        pytest.param([Turn(3, 0.0, 1)], {1: 8.0, 2: 4.0}, id="two faces of one person in a frame count once"),
    ],
)
def test_persons_and_how_long_they_are_in_view(talk: Timeline, turns: list[Turn], seconds: dict[int, float]) -> None:
    found = in_view_s(regrouped(talk, Notes(turns=tuple(turns))))
    assert found == pytest.approx(seconds)
    assert list(found) == list(seconds)


def test_what_was_regrouped_leaves_the_recording_as_it_was(talk: Timeline) -> None:
    before = talk.columns.faces.copy()
    regrouped(talk, Notes(turns=(Turn(1, 0.0, 9),)))
    np.testing.assert_array_equal(talk.columns.faces, before)


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        pytest.param(MAIN, [0, 2, 4, 6, 8, 10, 12, 14, -1, -1], id="the largest of all"),
        pytest.param(3, [1, 3, 5, 7, 9, 11, 13, 15, -1, -1], id="one of them"),
        pytest.param(2, [-1] * 4 + [8, 10, 12, 14, -1, -1], id="comes later"),
        pytest.param(77, [-1] * 10, id="nobody"),
    ],
)
def test_only(talk: Timeline, person: int, expected: list[int]) -> None:
    assert only(talk, person).tolist() == expected


def test_of_two_faces_of_one_person_the_larger_counts(talk: Timeline) -> None:
    assert only(regrouped(talk, Notes(turns=(Turn(3, 0.0, 1),))), 1).tolist()[:5] == [0, 2, 4, 6, 9]


@pytest.mark.parametrize(
    ("excluded", "expected"),
    [
        pytest.param((), [1, 2, 3], id="nothing"),
        pytest.param(((0.5, 2.0),), [0.5, 1, 3], id="across two"),
        pytest.param(((1.2, 1.4), (2.0, 2.5)), [1, 1.3, 3], id="two in one"),
        pytest.param(((-5.0, 99.0),), [0, 0, 0], id="all"),
        pytest.param(((7.0, 9.0),), [1, 2, 3], id="after the end"),
    ],
)
def test_excluded_time_does_not_count(excluded, expected: list[float]) -> None:
    assert kept_s([0.0, 1.0, 3.0], 6.0, excluded).tolist() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("person", "excluded", "seconds", "happy", "mean_sad"),
    [
        pytest.param(MAIN, (), 8.0, 0.5, (0.7 + 0.05) / 2, id="everything"),
        pytest.param(MAIN, ((0.0, 4.0),), 4.0, 0.0, 0.7, id="without the first part"),
        pytest.param(MAIN, ((3.5, 8.0),), 3.5, 1.0, 0.05, id="ends within a frame"),
        pytest.param(3, (), 8.0, 0.0, 1.0, id="another person"),
        pytest.param(9, (), 0.0, 0.0, None, id="nobody"),
        pytest.param(MAIN, ((0.0, 10.0),), 0.0, 0.0, None, id="nothing left"),
    ],
)
def test_figures(talk: Timeline, person, excluded, seconds: float, happy: float, mean_sad: float | None) -> None:
    figures = Figures.of(talk, person=person, excluded=excluded)
    assert figures.seconds == pytest.approx(seconds)
    assert figures.share[HAPPY] == pytest.approx(happy)
    assert sum(figures.share.values()) == pytest.approx(1.0 if seconds else 0.0)
    assert (figures.mean and figures.mean[SAD]) == (mean_sad if mean_sad is None else pytest.approx(mean_sad))
    time_s, totals = figures.cumulative[-1]
    assert time_s == 10.0
    assert Scores(totals)[SAD] == pytest.approx(seconds * (mean_sad or 0.0))


def test_figures_agree_with_those_of_the_whole_recording(recording) -> None:
    timeline = Timeline.of(recording(SAD, HAPPY, None, SAD, fps=3.0))
    figures = Figures.of(timeline)
    assert figures.share == pytest.approx(timeline.share())
    assert figures.mean is not None
    mean = timeline.mean()
    assert mean is not None
    assert figures.mean.values == pytest.approx(mean.values)


@pytest.mark.parametrize("frames", [0, 1, POINTS, 5 * POINTS])
def test_curves_stay_short_whatever_the_length(recording, frames: int) -> None:
    cumulative = Figures.of(Timeline.of(recording(*[SAD] * frames))).cumulative
    assert len(cumulative) == min(frames, POINTS) + 1


@pytest.mark.parametrize("moods", [[], [None, None], [SAD, None, HAPPY]])
def test_parquet_gives_back_what_was_written(tmp_path: Path, recording, moods) -> None:
    columns = Timeline.of(recording(*moods)).columns
    write_faces_parquet(tmp_path / "faces.parquet", columns)
    found = read_faces_parquet(tmp_path / "faces.parquet")
    for name in ("frames", "times_s", "begins", "dominants"):
        np.testing.assert_array_equal(getattr(found, name), getattr(columns, name))
    np.testing.assert_array_equal(found.faces, columns.faces[:, :22])


@pytest.mark.parametrize("content", [None, b"", b"PAR1 but no more"], ids=["gone", "empty", "broken"])
def test_what_is_no_table_gets_a_sentence(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "faces.parquet"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"'faces\.parquet' cannot be read"):
        read_faces_parquet(path)


def test_the_recording_at_a_glance(recording) -> None:
    glance = strip(Timeline.of(recording(*[SAD] * 30, *[None] * 30)))
    assert glance == "4" * (STRETCHES // 2) + NOBODY * (STRETCHES // 2)
    assert shown(glance[29:31]) == ["sad", None]
    assert shown("7x") == ["uncertain", None]


def test_the_summary_says_who_is_longest_in_view(talk: Timeline) -> None:
    facts = summary(talk, source={}, settings={}, versions={}, seconds_taken=0)
    assert facts["faces"] == {
        "total": 3,
        "highest": 3,
        "longest": [{"face": face, "seconds": seconds} for face, seconds in ((3, 8.0), (1, 4.0), (2, 4.0))],
    }
