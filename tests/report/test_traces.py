"""Reduced curves: right where they can be worked out by hand, small, and exact in sum."""

from __future__ import annotations

import time

import numpy as np
import pytest
from report.conftest import MakeFace, MakeRecording

from emotion.errors import InputError
from emotion.report.columns import NAMES
from emotion.report.people import MAIN
from emotion.report.timeline import Timeline
from emotion.report.traces import Traces
from emotion.types import Analysis, Box, Emotion

HAPPY = NAMES.index(Emotion.HAPPY)


def test_few_frames_stay_what_they_are(recording: MakeRecording) -> None:
    traces = Traces.of(Timeline.of(recording(Emotion.HAPPY, None, Emotion.SAD, fps=10, value=0.86)))
    assert traces.times_s == (0.0, 0.1, 0.2)
    assert traces.end_s == pytest.approx(0.3)
    main = traces.faces[0]
    assert main.face == MAIN
    assert main.scores[HAPPY] == (0.86, None, pytest.approx(0.14 / 6, abs=1e-4))
    assert main.seen_s == pytest.approx((0.1, 0, 0.1))
    assert main.seconds == pytest.approx(0.2)


def test_a_face_keeps_its_height_however_shortly_it_is_seen(recording: MakeRecording) -> None:
    moods = [Emotion.HAPPY if frame % 10 == 0 else None for frame in range(1000)]
    traces = Traces.of(Timeline.of(recording(*moods, value=0.8)), points=100)
    assert set(traces.faces[0].scores[HAPPY]) == {0.8}


def test_the_sums_stay_exact(recording: MakeRecording) -> None:
    moods = [[Emotion.HAPPY, Emotion.SAD, None][(frame * 7919) % 13 % 3] for frame in range(5000)]
    timeline = Timeline.of(recording(*moods))
    main = Traces.of(timeline, points=77).faces[0]
    _, sums = timeline.sums(timeline.columns.main())
    for row, total in zip(main.scores, sums[-1], strict=True):
        added = sum((score or 0) * seen for score, seen in zip(row, main.seen_s, strict=True))
        assert added == pytest.approx(total, abs=1e-4 * timeline.end_s)


def test_every_face_has_its_own(face: MakeFace) -> None:
    near, far = Box(0, 0, 100, 100), Box(200, 0, 50, 50)
    analyses = [
        Analysis(
            frame,
            frame / 10,
            (face(Emotion.HAPPY, track=1, box=near), face(Emotion.SAD, track=2, box=far))
            if frame < 5
            else (face(Emotion.SAD, track=2, box=far),),
        )
        for frame in range(10)
    ]
    traces = Traces.of(Timeline.of(analyses), faces=2)
    assert [one.face for one in traces.faces] == [MAIN, 2, 1]
    assert [value is None for value in traces.faces[2].scores[HAPPY]] == [False] * 5 + [True] * 5
    assert [one.face for one in Traces.of(Timeline.of(analyses), faces=1).faces] == [MAIN, 2]


def test_nothing_at_all() -> None:
    traces = Traces.of(Timeline.of([], end_s=5.0))
    assert traces.times_s == ()
    assert traces.faces[0].scores == ((),) * 7


@pytest.mark.parametrize("frames", [1, 2, 299, 300, 301, 5000])
def test_never_more_points_than_asked(recording: MakeRecording, frames: int) -> None:
    traces = Traces.of(Timeline.of(recording(*[Emotion.FEAR] * frames)))
    assert len(traces.times_s) == min(frames, 300)
    assert all(len(row) == len(traces.times_s) for row in traces.faces[0].scores)
    assert np.all(np.diff(traces.times_s) > 0)


def test_a_closer_look_is_finer_there_and_the_same_elsewhere(recording: MakeRecording) -> None:
    moods = [Emotion.HAPPY if frame % 2 else Emotion.SAD for frame in range(6000)]
    timeline = Timeline.of(recording(*moods, fps=10))
    wide, close = Traces.of(timeline), Traces.of(timeline, focus=(100.0, 130.0))
    assert [time_s for time_s in close.times_s if 100 <= time_s < 130] == pytest.approx(np.arange(100, 130, 0.1))
    assert set(wide.times_s) <= set(close.times_s)
    assert len(close.times_s) <= 600
    place = close.times_s.index(110.1)
    assert close.faces[0].scores[HAPPY][place] == pytest.approx(0.87)
    assert sum(close.faces[0].seen_s) == pytest.approx(sum(wide.faces[0].seen_s), abs=0.1)


@pytest.mark.parametrize("focus", [(5.0, 5.0), (9.0, 2.0), (-5.0, -1.0), (900.0, 999.0), (-5.0, 999.0)])
def test_a_look_at_nothing_is_the_whole(recording: MakeRecording, focus: tuple[float, float]) -> None:
    timeline = Timeline.of(recording(*[Emotion.HAPPY] * 100))
    assert Traces.of(timeline, focus=focus) == Traces.of(timeline)


def test_they_come_back_as_they_went(recording: MakeRecording) -> None:
    traces = Traces.of(Timeline.of(recording(Emotion.HAPPY, None, Emotion.SAD)))
    assert Traces.from_json(traces.to_json()) == traces


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"times_s": [], "end_s": 1, "faces": [{}]}'])
def test_what_is_no_trace_is_a_sentence(text: str) -> None:
    with pytest.raises(InputError, match="Analyse the video again"):
        Traces.from_json(text)


def test_an_hour_takes_a_moment(recording: MakeRecording) -> None:
    timeline = Timeline.of(recording(*[Emotion.HAPPY] * 36_000))
    begin = time.perf_counter()
    text = Traces.of(timeline).to_json()
    assert time.perf_counter() - begin < 2
    assert len(text) < 100_000
