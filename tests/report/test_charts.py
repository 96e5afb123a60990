from __future__ import annotations

import itertools
import math
from typing import Any

import altair as alt
import pytest

from emotion.palette import HEX
from emotion.report import charts
from emotion.report.timeline import NAMES, Timeline
from emotion.types import EMOTIONS, Emotion, Scores

SAD, HAPPY = Emotion.SAD, Emotion.HAPPY


def parts(chart: alt.LayerChart) -> tuple[dict[str, Any], list[list[dict[str, Any]]]]:
    """The specification without its data, and the data of each layer."""
    spec = chart.to_dict()
    datasets = spec.pop("datasets")
    shared = spec.pop("data", None)
    rows = [datasets[(layer.pop("data", None) or shared)["name"]] for layer in spec["layer"]]
    return spec, rows


def pairs(count: int) -> list[tuple[float, list[float]]]:
    return [(i / 2, [i * 0.1] * len(EMOTIONS)) for i in range(count)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(charts.score_bars(None), charts.score_bars(Scores.of({SAD: 0.5})), id="bars"),
        pytest.param(charts.cumulative_lines([]), charts.cumulative_lines(pairs(50)), id="cumulative"),
        pytest.param(
            charts.cumulative_lines(pairs(1)), charts.cumulative_lines(pairs(2)), id="cumulative, first points"
        ),
        pytest.param(charts.score_lines([]), charts.score_lines(pairs(5)), id="scores"),
        pytest.param(charts.share_bars({}), charts.share_bars({SAD: 1.0}), id="share"),
    ],
)
def test_updates_change_the_data_only(one: alt.LayerChart, other: alt.LayerChart) -> None:
    """Streamlit updates a chart in place if, and only if, its specification is the same."""
    assert parts(one)[0] == parts(other)[0]


def test_bars_stand_in_the_fixed_order_with_names_and_values() -> None:
    spec, rows = parts(charts.score_bars(Scores.of({SAD: 0.876})))
    assert [row["emotion"] for row in rows[0]] == NAMES
    assert {row["emotion"]: row["text"] for row in rows[1]} == dict.fromkeys(NAMES, "0.00") | {"sad": "0.88"}
    encoding = spec["layer"][0]["encoding"]
    assert encoding["y"]["sort"] == NAMES
    assert encoding["x"]["scale"]["domain"] == [0, 1]
    assert encoding["color"]["scale"] == {"domain": NAMES, "range": [HEX[emotion] for emotion in EMOTIONS]}


def test_without_a_face_bars_say_nothing() -> None:
    _, rows = parts(charts.score_bars(None))
    assert {(row["value"], row["text"]) for row in rows[0]} == {(0.0, "")}


def test_own_words() -> None:
    spec, rows = parts(charts.share_bars({SAD: 0.25}, labels={SAD: "gloomy"}))
    assert rows[0][EMOTIONS.index(SAD)] == {"emotion": "sad", "name": "gloomy", "value": 0.25, "text": "25 %"}
    assert "gloomy" in spec["layer"][0]["encoding"]["y"]["sort"]


@pytest.mark.parametrize("make", [charts.score_lines, charts.cumulative_lines])
def test_lines_are_short_and_end_with_their_names(recording, make) -> None:
    timeline = Timeline.of(recording(*[SAD] * 900, *[HAPPY] * 600))
    _, (lines, marks, names) = parts(make(timeline))
    assert len(lines) <= (charts.POINTS + 1) * len(EMOTIONS)
    assert {row["time_s"] for row in names} == {max(row["time_s"] for row in lines)} == {timeline.end_s}
    assert [row["name"] for row in names] == NAMES
    places = sorted(row["place"] for row in marks)
    assert all(b - a > 0.01 for a, b in itertools.pairwise(places))


def test_lines_break_where_there_is_no_face(recording) -> None:
    _, (lines, *_) = parts(charts.score_lines(Timeline.of(recording(SAD, None, SAD))))
    sad = [row["value"] for row in lines if row["emotion"] == "sad"]
    assert sad == [pytest.approx(0.87), None, pytest.approx(0.87), pytest.approx(0.87)]


def test_the_camera_gives_pairs() -> None:
    _, (lines, *_) = parts(charts.cumulative_lines(pairs(1000)))
    happy = [row for row in lines if row["emotion"] == "happy"]
    assert len(happy) == charts.POINTS
    assert (happy[0]["time_s"], happy[-1]["time_s"]) == (0.0, 499.5)


def test_a_face_that_was_never_there() -> None:
    nothing = [(float(i), [math.nan] * len(EMOTIONS)) for i in range(3)]
    _, (lines, _, names) = parts(charts.score_lines(nothing))
    assert {row["value"] for row in lines} == {None}
    assert len(names) == len(EMOTIONS)


def test_pages_decide_on_text_and_background() -> None:
    spec, _ = parts(charts.score_bars(None))
    assert spec["config"]["background"] == "transparent"
    assert spec["layer"][1]["mark"]["color"] == "currentColor"
    assert spec["width"] == "container"
