from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion.errors import InputError
from emotion.report.story import Story
from emotion.report.timeline import COLUMNS, LABELS, NAMES, Timeline
from emotion.types import EMOTIONS, UNCERTAIN, Analysis, Box, Emotion, Face, Scores

SAD, HAPPY = Emotion.SAD, Emotion.HAPPY

numbers = st.floats(0, 1, allow_subnormal=False)
faces = st.builds(
    Face,
    st.integers(1, 9),
    st.builds(Box, *[st.floats(-100, 2000)] * 2, *[st.floats(1, 500)] * 2),
    numbers,
    *[st.builds(Scores, st.tuples(*[numbers] * len(EMOTIONS)))] * 2,
    st.sampled_from(LABELS),
    numbers,
)


@st.composite
def recordings(draw: st.DrawFn) -> list[Analysis]:
    """Frames at growing times, some left out as by ``--every``, with up to three faces each."""
    steps = draw(st.lists(st.tuples(st.integers(1, 5), st.floats(0.001, 3)), min_size=1, max_size=30))
    frame, time_s, analyses = -1, 0.0, []
    for frames, seconds in steps:
        frame, time_s = frame + frames, time_s + seconds
        found = draw(st.lists(faces, max_size=3, unique_by=lambda face: face.track))
        analyses.append(Analysis(frame, time_s, tuple(found)))
    return analyses


def test_has_exactly_the_columns_of_the_csv() -> None:
    expected = (
        "frame,time_s,face,x,y,width,height,confidence,angry,disgust,fear,happy,sad,surprise,neutral,dominant,"
        "label,quality,raw_angry,raw_disgust,raw_fear,raw_happy,raw_sad,raw_surprise,raw_neutral"
    )
    assert expected.split(",") == COLUMNS == list(Timeline.of([]).table.columns)


def test_a_frame_without_a_face_is_a_row_with_empty_face_columns(tmp_path: Path, recording) -> None:
    raw = Scores((0.0, 0.0, 0.0, 0.70006, 0.3, 0.0, 0.0))
    Timeline.of(recording(SAD, None, value=0.4, label=UNCERTAIN, quality=0.61239, raw=raw)).save(tmp_path / "faces.csv")
    lines = (tmp_path / "faces.csv").read_text(encoding="utf-8").splitlines()
    assert lines[1:] == [
        "0,0.0,1,175.0,60.0,100.0,140.0,0.99,0.1,0.1,0.1,0.1,0.4,0.1,0.1,sad,"
        "uncertain,0.6124,0.0,0.0,0.0,0.7001,0.3,0.0,0.0",
        "1,0.1" + "," * 23,
    ]


def test_numbers_are_rounded_and_short(tmp_path: Path) -> None:
    scores = Scores((0.00001234, 0.0001, 1.0, 0.12345, 0.12355, 1e-9, 0.5))
    seen = Face(12, Box(-0.001, 1234.567, 2.005, 0.0), 1.0, scores, scores, "fear", 0.00009)
    Timeline.of([Analysis(7, 1e-6, (seen,)), Analysis(100_000, 86_399.1234567, ())]).save(tmp_path / "faces.csv")
    numbers = "0.0,0.0001,1.0,0.1234,0.1236,0.0,0.5"
    assert (tmp_path / "faces.csv").read_bytes().split(b"\n")[1:] == [
        f"7,1e-06,12,-0.0,1234.57,2.0,0.0,1.0,{numbers},fear,fear,0.0001,{numbers}".encode(),
        b"100000,86399.123457" + b"," * 23,
        b"",
    ]


@given(recordings())
def test_saving_and_loading_gives_the_same_up_to_rounding(tmp_path_factory, analyses: list[Analysis]) -> None:
    path = tmp_path_factory.mktemp("csv") / "faces.csv"
    timeline = Timeline.of(analyses)
    timeline.save(path)
    loaded = Timeline.load(path, end_s=timeline.end_s)
    pd.testing.assert_frame_equal(loaded.table, timeline.table, atol=0.0051, rtol=0)
    before = path.read_bytes()
    loaded.save(path)
    assert path.read_bytes() == before


@given(recordings(), st.floats(0, 5))
def test_cumulative_is_the_integral_of_the_main_face(analyses: list[Analysis], last_s: float) -> None:
    end_s = analyses[-1].time_s + last_s
    table = Timeline.of(analyses, end_s=end_s).cumulative()
    times = [*(analysis.time_s for analysis in analyses), end_s]
    sums = np.zeros(len(EMOTIONS))
    assert table["time_s"].tolist() == pytest.approx(times)
    for i, analysis in enumerate(analyses):
        assert table.loc[i, NAMES].to_numpy(dtype=float) == pytest.approx(sums)
        if main := analysis.main_face:
            sums += np.array(main.scores.values) * (times[i + 1] - times[i])
    assert table.iloc[-1][NAMES].to_numpy(dtype=float) == pytest.approx(sums)


@given(recordings())
def test_the_main_face_is_the_largest(analyses: list[Analysis]) -> None:
    main = Timeline.of(analyses).main_face()
    expected = [face.track if (face := analysis.main_face) else None for analysis in analyses]
    assert [None if pd.isna(track) else track for track in main["face"]] == expected


@pytest.mark.parametrize(
    ("moods", "end_s", "expected"),
    [
        pytest.param([SAD, SAD, SAD, HAPPY], 0.4, {SAD: 0.75, HAPPY: 0.25}, id="three to one"),
        pytest.param([SAD, None, None, HAPPY], 0.4, {SAD: 0.5, HAPPY: 0.5}, id="time without a face does not count"),
        pytest.param([SAD, HAPPY], 1.0, {SAD: 0.1, HAPPY: 0.9}, id="the last frame lasts until the end"),
        pytest.param([None, None], None, {}, id="no face"),
        pytest.param([], None, {}, id="no frame"),
    ],
)
def test_share_of_time(recording, moods, end_s, expected) -> None:
    share = Timeline.of(recording(*moods), end_s=end_s).share()
    assert share == pytest.approx({emotion: expected.get(emotion, 0.0) for emotion in EMOTIONS})


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        pytest.param(["sad", UNCERTAIN, UNCERTAIN, "happy"], 0.5, id="half"),
        pytest.param([UNCERTAIN, None, None], 1.0, id="time without a face does not count"),
        pytest.param(["sad"], 0.0, id="never"),
        pytest.param([None], 0.0, id="no face"),
        pytest.param([], 0.0, id="no frame"),
    ],
)
def test_share_of_uncertain_time(face, labels, expected: float) -> None:
    faces = [() if label is None else (face(SAD, label=label),) for label in labels]
    timeline = Timeline.of([Analysis(i, float(i), seen) for i, seen in enumerate(faces)])
    assert timeline.uncertain() == pytest.approx(expected)


def test_mean_counts_only_time_with_a_face(recording) -> None:
    mean = Timeline.of(recording(SAD, None, SAD, value=0.4)).mean()
    assert mean is not None
    assert mean[SAD] == pytest.approx(0.4)
    assert Timeline.of(recording(None, None)).mean() is None


@pytest.mark.parametrize(
    ("moods", "end_s", "expected"),
    [
        pytest.param([SAD, SAD, SAD], None, 0.3, id="as long as the others"),
        pytest.param([SAD], None, 0.04, id="one frame lasts a 25th of a second"),
        pytest.param([SAD, SAD], 5.0, 5.0, id="said"),
        pytest.param([SAD, SAD], 0.05, 0.1, id="never before the last frame"),
        pytest.param([], None, 0.0, id="empty"),
    ],
)
def test_end(recording, moods, end_s, expected) -> None:
    assert Timeline.of(recording(*moods), end_s=end_s).end_s == pytest.approx(expected)


def test_a_story_is_not_copied(recording) -> None:
    story = Story.of(recording(SAD, HAPPY))
    timeline = Timeline.of(story)
    assert np.shares_memory(timeline.columns.faces, Timeline.of(story).columns.faces)
    with pytest.raises(BufferError):
        story.append(Analysis(2, 0.2, (story[0].faces)))


def test_counts_frames_not_rows(face) -> None:
    both = (face(track=1), face(track=2))
    timeline = Timeline.of([Analysis(0, 0, both), Analysis(4, 0.1, ()), Analysis(8, 0.2, both[:1])])
    assert (timeline.frames, timeline.frames_with_face, len(timeline.table)) == (3, 2, 4)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(None, id="no file"),
        pytest.param(b"", id="empty"),
        pytest.param(b"a,b\n1,2\n", id="other columns"),
        pytest.param(b"\xff\xfe\x00\x01", id="no text"),
        pytest.param((",".join(COLUMNS) + "\nx" + "," * 24 + "\n").encode(), id="words for numbers"),
        pytest.param((",".join(COLUMNS) + "\n0,0.0\n").encode(), id="a short row"),
        pytest.param(
            (",".join(COLUMNS) + "\n" + "1," * 15 + "bored,bored" + ",1" * 8 + "\n").encode(), id="no emotion"
        ),
        pytest.param((",".join(COLUMNS) + "\n,0.0" + "," * 23 + "\n").encode(), id="no number of a frame"),
        pytest.param((",".join(COLUMNS) + "\n0,0.0,1" + "," * 22 + "\n").encode(), id="half a face"),
    ],
)
def test_an_unreadable_table_is_one_sentence(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "faces.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"'faces\.csv' .* Analyse the video again\."):
        Timeline.load(path)


def test_the_main_face_can_be_one_person(face) -> None:
    near, far = Box(0, 0, 200, 200), Box(300, 0, 50, 50)
    both = (face(HAPPY, track=1, box=near), face(SAD, track=2, box=far))
    analyses = [Analysis(0, 0.0, both), Analysis(1, 1.0, both[:1]), Analysis(2, 2.0, ()), Analysis(3, 3.0, both[1:])]
    assert Timeline.of(analyses, end_s=4.0).share()[HAPPY] == pytest.approx(2 / 3)
    second = Timeline.of(analyses, end_s=4.0, person=2)
    assert second.main_face()["face"].fillna(0).tolist() == [2, 0, 0, 2]
    assert second.share()[SAD] == 1
    assert Timeline.of(analyses, person=3).mean() is None


@given(recordings(), st.integers(1, 9))
def test_a_persons_places_are_theirs(analyses: list[Analysis], person: int) -> None:
    table = Timeline.of(analyses, person=person).main_face()
    expected = [person if any(face.track == person for face in analysis.faces) else 0 for analysis in analyses]
    assert table["face"].fillna(0).tolist() == expected
