"""The pages' charts: what they show, and that only their data changes from one redraw to the next."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import pytest
from drawn import checked, rows

from emotion.palette import HEX
from emotion.report import charts
from emotion.report.charts import History
from emotion.report.people import Figures
from emotion.report.timeline import NAMES, Timeline
from emotion.report.vega import Chart
from emotion.types import EMOTIONS, Emotion, Scores

SAD, HAPPY = Emotion.SAD, Emotion.HAPPY
SCORES = Scores((0.1, 0.05, 0.05, 0.5, 0.1, 0.1, 0.1))
NOTHING = (math.nan,) * len(EMOTIONS)
HISTORY = [(index / 10, tuple(index / 10 * value for value in SCORES.values)) for index in range(50)]


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
        pytest.param(charts.score_lines(HISTORY[:5]), charts.score_lines(HISTORY), id="scores go on"),
        pytest.param(charts.share_bars({}), charts.share_bars({SAD: 1.0}), id="share"),
    ],
)
def test_updates_change_the_data_only(one: Chart, other: Chart) -> None:
    """Streamlit updates a chart in place if, and only if, its specification is the same."""
    assert one.text == other.text
    assert one.tables.keys() == other.tables.keys()
    assert one.tables != other.tables


@pytest.mark.parametrize(
    ("chart", "layers", "height"),
    [
        pytest.param(charts.score_bars(SCORES), ["bar", "text"], 252, id="bars"),
        pytest.param(charts.score_bars(None), ["bar", "text"], 252, id="bars of nobody"),
        pytest.param(
            charts.score_bars(SCORES, labels={HAPPY: "heureux"}, small=True),
            ["bar", "text"],
            126,
            id="small bars in a person's words",
        ),
        pytest.param(charts.share_bars({}), ["bar", "text"], 252, id="shares"),
        pytest.param(charts.score_lines(HISTORY), ["line", "point", "text"], 280, id="scores"),
        pytest.param(charts.cumulative_lines(HISTORY), ["line", "point", "text"], 280, id="sums"),
        pytest.param(charts.score_lines([]), ["line", "point", "text"], 280, id="nothing yet"),
    ],
)
def test_is_valid_and_pages_decide_on_text_and_background(chart: Chart, layers: list[str], height: int) -> None:
    spec = checked(chart)
    assert [layer["mark"]["type"] for layer in spec["layer"]] == layers
    assert spec["layer"][-1]["mark"]["color"] == "currentColor"
    assert spec["config"]["background"] == "transparent"
    assert (spec["width"], spec["height"]) == ("container", height)


def test_bars_stand_in_the_fixed_order_with_names_and_values() -> None:
    chart = charts.score_bars(Scores.of({SAD: 0.876}))
    shown = rows(chart, "bars")
    assert [row["emotion"] for row in shown] == NAMES
    assert {row["emotion"]: row["text"] for row in shown} == dict.fromkeys(NAMES, "0.00") | {"sad": "0.88"}
    assert [row["value"] for row in shown] == pytest.approx([0.876 if name == "sad" else 0 for name in NAMES])
    bars, texts = checked(chart)["layer"]
    assert texts["encoding"]["text"]["field"] == "text"
    assert bars["encoding"]["y"]["sort"] == texts["encoding"]["y"]["sort"] == NAMES
    assert bars["encoding"]["x"]["scale"]["domain"] == [0, 1]
    assert bars["encoding"]["color"]["scale"] == {"domain": NAMES, "range": [HEX[emotion] for emotion in EMOTIONS]}


def test_without_a_face_bars_say_nothing() -> None:
    assert {(row["value"], row["text"]) for row in rows(charts.score_bars(None), "bars")} == {(0.0, "")}


def test_own_words() -> None:
    chart = charts.share_bars({SAD: 0.25}, labels={SAD: "gloomy"})
    shown = rows(chart, "bars")
    assert shown[EMOTIONS.index(SAD)] == {"emotion": "sad", "name": "gloomy", "value": 0.25, "text": "25 %"}
    assert {row["text"] for row in shown} == {"25 %", "0 %"}
    assert "gloomy" in checked(chart)["layer"][0]["encoding"]["y"]["sort"]
    ends = rows(charts.score_lines(HISTORY, labels={SAD: "gloomy"}), "ends")
    assert ends[EMOTIONS.index(SAD)]["name"] == "gloomy"


@pytest.mark.parametrize("make", [charts.score_lines, charts.cumulative_lines])
def test_lines_are_short_and_end_with_their_names(recording, make: Callable[[History], Chart]) -> None:
    timeline = Timeline.of(recording(*[SAD] * 900, *[HAPPY] * 600))
    chart = make(Figures.of(timeline).cumulative)
    lines, ends = rows(chart, "lines"), rows(chart, "ends")
    assert len(lines) <= charts.POINTS
    assert {row["time_s"] for row in ends} == {max(row["time_s"] for row in lines)}
    assert ends[0]["time_s"] == pytest.approx(timeline.end_s)
    assert [row["name"] for row in ends] == [row["emotion"] for row in ends] == NAMES
    places = sorted(row["place"] for row in ends)
    assert all(b - a > 0.01 for a, b in itertools.pairwise(places))


def test_names_stand_at_their_lines_ends_as_far_as_there_is_room() -> None:
    # Of 2.45 that fill 240 pixels a name of 15 pixels takes 0.153.
    ends = rows(charts.cumulative_lines(HISTORY), "ends")
    assert [row["time_s"] for row in ends] == pytest.approx([4.9] * 7)
    assert [row["place"] for row in ends] == pytest.approx([0.791, 0.179, 0.026, 2.45, 0.638, 0.485, 0.332], abs=1e-3)


def test_no_face_interrupts_the_lines_and_their_names_stay() -> None:
    chart = charts.score_lines([(0.0, SCORES.values), (1.0, NOTHING), (2.0, SCORES.values), (3.0, NOTHING)])
    assert [row["happy"] for row in rows(chart, "lines")] == [0.5, None, 0.5, None]
    assert max(rows(chart, "ends"), key=lambda row: row["place"])["name"] == "happy"


def test_a_face_that_was_never_there() -> None:
    chart = charts.score_lines([(float(second), NOTHING) for second in range(3)])
    assert {row[name] for row in rows(chart, "lines") for name in NAMES} == {None}
    assert len(rows(chart, "ends")) == len(EMOTIONS)


@pytest.mark.parametrize(
    ("history", "times"),
    [
        pytest.param([], [0, 1], id="nothing yet"),
        pytest.param([(2.0, NOTHING)], [2, 3], id="one moment"),
        pytest.param([(1.0, SCORES.values), (2.0, NOTHING)], [1, 2], id="a face that left"),
    ],
)
def test_an_axis_has_two_ends(history: History, times: list[float]) -> None:
    for chart in (charts.score_lines(history), charts.cumulative_lines(history)):
        assert [row["time_s"] for row in rows(chart, "lines")] == times
        assert len(rows(chart, "ends")) == len(EMOTIONS)


@pytest.mark.parametrize(
    "history",
    [
        pytest.param(pairs(1000), id="minutes"),
        pytest.param([(index / 4, (float(index),) * 7) for index in range(14_400)], id="an hour"),
    ],
)
def test_whatever_the_length_it_is_a_few_hundred_points(history: History) -> None:
    lines = rows(charts.cumulative_lines(history), "lines")
    assert len(lines) == charts.POINTS
    assert (lines[0]["time_s"], lines[-1]["time_s"]) == (history[0][0], history[-1][0])


def test_nobody_changes_the_next_redraw() -> None:
    one = charts.score_bars(SCORES)
    one.spec["layer"].clear()
    one.spec["datasets"].clear()
    again = charts.score_bars(SCORES).spec
    assert again["layer"]
    assert again["datasets"]
