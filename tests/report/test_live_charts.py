"""The live page's charts: the same pictures as a recording's, of which only the data travels."""

from __future__ import annotations

import json
import math
from typing import Any

import altair as alt
import pyarrow as pa
import pytest

from emotion.report import charts, live_charts
from emotion.report.live_charts import Chart
from emotion.types import EMOTIONS, Emotion, Scores

SCORES = Scores((0.1, 0.05, 0.05, 0.5, 0.1, 0.1, 0.1))
LABELS = {Emotion.HAPPY: "heureux"}
NOTHING = (math.nan,) * 7
HISTORY = [(index / 10, tuple(index / 10 * value for value in SCORES.values)) for index in range(50)]


def table(chart: Chart, name: str) -> list[dict[str, Any]]:
    with pa.ipc.open_stream(chart.tables[name]) as stream:
        return stream.read_all().to_pylist()


def without_data(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {name: part for name, part in layer.items() if name not in ("data", "transform")} for layer in spec["layer"]
    ]


@pytest.mark.parametrize(
    ("live", "recorded"),
    [
        pytest.param(live_charts.score_bars(SCORES), charts.score_bars(SCORES), id="bars"),
        pytest.param(live_charts.score_bars(None), charts.score_bars(None), id="bars of nobody"),
        pytest.param(
            live_charts.score_bars(SCORES, labels=LABELS, small=True),
            charts.score_bars(SCORES, labels=LABELS, small=True),
            id="small bars in a person's words",
        ),
        pytest.param(live_charts.share_bars({}), charts.share_bars({}), id="shares"),
        pytest.param(live_charts.score_lines(HISTORY), charts.score_lines(HISTORY), id="scores"),
        pytest.param(live_charts.cumulative_lines(HISTORY), charts.cumulative_lines(HISTORY), id="sums"),
        pytest.param(live_charts.score_lines([]), charts.score_lines([]), id="nothing yet"),
    ],
)
def test_the_same_picture_as_of_a_recording(live: Chart, recorded: charts.Chart) -> None:
    with alt.theme.enable("none"):
        whole = recorded.to_dict()
    assert without_data(live.spec) == without_data(whole)
    apart = ("data", "datasets", "layer")
    others = {name: part for name, part in whole.items() if name not in apart}
    assert {name: part for name, part in live.spec.items() if name not in apart} == others


@pytest.mark.parametrize(
    ("chart", "recorded", "name"),
    [
        pytest.param(live_charts.score_bars(SCORES), charts.score_bars(SCORES), "bars", id="bars"),
        pytest.param(
            live_charts.share_bars({Emotion.SAD: 0.25}), charts.share_bars({Emotion.SAD: 0.25}), "bars", id="%"
        ),
        pytest.param(live_charts.cumulative_lines(HISTORY), charts.cumulative_lines(HISTORY), "ends", id="line ends"),
    ],
)
def test_the_same_data_as_of_a_recording(chart: Chart, recorded: charts.Chart, name: str) -> None:
    rows = table(chart, name)
    theirs = next(values for values in recorded.to_dict()["datasets"].values() if len(values) == len(EMOTIONS))
    assert [list(row) for row in rows] == [list(row) for row in theirs]
    for mine, other in zip(rows, theirs, strict=True):
        assert mine == pytest.approx(other, abs=1e-5)


@pytest.mark.parametrize(
    ("history", "times"),
    [
        pytest.param([], [0, 1], id="nothing yet"),
        pytest.param([(2.0, NOTHING)], [2, 3], id="one moment"),
        pytest.param([(1.0, SCORES.values), (2.0, NOTHING)], [1, 2], id="a face that left"),
    ],
)
def test_an_axis_has_two_ends(history: live_charts.History, times: list[float]) -> None:
    for chart in (live_charts.score_lines(history), live_charts.cumulative_lines(history)):
        assert [row["time_s"] for row in table(chart, "lines")] == times
        assert len(table(chart, "ends")) == len(EMOTIONS)


def test_no_face_interrupts_the_lines_and_their_names_stay() -> None:
    chart = live_charts.score_lines([(0.0, SCORES.values), (1.0, NOTHING)])
    assert [row["happy"] for row in table(chart, "lines")] == [0.5, None]
    assert max(table(chart, "ends"), key=lambda row: row["place"])["name"] == "happy"


def test_an_hour_is_a_few_hundred_points() -> None:
    history = [(index / 4, (float(index),) * 7) for index in range(14_400)]
    rows = table(live_charts.cumulative_lines(history), "lines")
    assert len(rows) == charts.POINTS
    assert (rows[0]["time_s"], rows[-1]["time_s"]) == (0, history[-1][0])


def test_what_changes_between_two_redraws_is_data_only() -> None:
    one, other = live_charts.score_lines(HISTORY[:5]), live_charts.score_lines(HISTORY)
    assert one.text == other.text
    assert one.tables.keys() == other.tables.keys()
    assert "datasets" not in json.loads(one.text)


def test_nobody_changes_the_next_redraw() -> None:
    one = live_charts.score_bars(SCORES)
    one.spec["layer"].clear()
    assert live_charts.score_bars(SCORES).spec["layer"]
