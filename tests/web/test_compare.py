"""Recordings side by side: the page, and what its charts and tables are made of."""

from __future__ import annotations

import itertools

import pytest
from drawn import checked, rows
from shelf import AddRecording, OpenPage

from emotion.palette import HEX
from emotion.report.comparison import LETTERS, Compared, means, means_csv, overlaid, shares
from emotion.report.vega import Chart
from emotion.types import EMOTIONS, Emotion, Scores

SAD, HAPPY = Emotion.SAD, Emotion.HAPPY


def compared(letter: str, length: int, mood: Emotion | None = SAD, name: str = "talk.mp4") -> Compared:
    score = [None if mood is None else 0.7] * length
    rest = [None if mood is None else 0.05] * length
    mean = None if mood is None else Scores(tuple(0.7 if each is mood else 0.05 for each in EMOTIONS))
    scores = [score if each is mood else rest for each in EMOTIONS]
    return Compared(
        letter,
        name,
        [float(second) for second in range(length)],
        float(length),
        scores,
        {mood: 1.0} if mood else {},
        mean,
    )


def test_says_what_to_do_without_two(open_page: OpenPage, done: AddRecording) -> None:
    assert "Tick two or more" in open_page("compare.py").info[0].value
    app = open_page("compare.py", recordings=f"{done([SAD]).id},{'0' * 32}")
    assert "Tick two or more" in app.info[0].value
    assert "is not here any more" in app.toast[0].value


def test_two(open_page: OpenPage, done: AddRecording) -> None:
    numbers = [done([SAD] * 9 + [HAPPY], name="long.mp4").id, done([SAD] * 2, name="short.mp4").id]
    app = open_page("compare.py", recordings=",".join([*numbers, numbers[0]]))
    assert [text.value for text in app.markdown] == ["**Happy**", "**Sad**"]
    assert len(app.get("vega_lite_chart")) == 3
    table = app.dataframe[0].value
    assert list(table["Recording"]) == ["A long.mp4", "B short.mp4"]
    assert list(table["sad"]) == [0.635, 0.7]
    app.get("button_group")[1].set_value([]).run()
    assert "Choose an emotion" in app.caption[0].value
    app.get("button_group")[0].set_value("share").run()
    assert not app.exception


def test_more_than_can_be_told_apart(open_page: OpenPage, done: AddRecording) -> None:
    numbers = [done([SAD], name=f"{number}.mp4").id for number in range(len(LETTERS) + 1)]
    app = open_page("compare.py", recordings=",".join(numbers))
    assert "the first 6" in app.info[0].value
    assert len(app.dataframe[0].value) == len(LETTERS)


@pytest.mark.parametrize(
    ("by_share", "ends"),
    [
        pytest.param(False, {"A": 10.0, "B": 4.0}, id="from the start"),
        pytest.param(True, {"A": 1.0, "B": 1.0}, id="share"),
    ],
)
def test_curves(by_share: bool, ends: dict[str, float]) -> None:
    chart = overlaid([compared("A", 10), compared("B", 4, None)], SAD, by_share=by_share)
    lines = rows(chart, "lines")
    assert {row["letter"]: row["time"] for row in lines} == ends
    assert {letter: max(row["time"] for row in lines if row["letter"] == letter) for letter in ends} == ends
    # A point for each of the recording's, and the last one lasts until the end.
    assert [row["value"] for row in lines if row["letter"] == "A"] == [0.7] * 11
    assert [row["value"] for row in lines if row["letter"] == "B"] == [None] * 5
    assert {row["time"] for row in rows(chart, "ends")} == {max(ends.values())}


def test_names_at_the_edge_stand_apart_and_stay_short() -> None:
    found = [compared(letter, 3, name="a name of many letters.mp4") for letter in LETTERS]
    ends = rows(overlaid(found, SAD), "ends")
    places = sorted(row["place"] for row in ends)
    assert all(later - earlier > 0.09 for earlier, later in itertools.pairwise(places))
    assert ends[0]["name"] == "A a name of man…"


def test_a_recording_without_a_frame_has_its_name_all_the_same() -> None:
    chart = overlaid([compared("A", 0), compared("B", 3)], SAD)
    assert [row["value"] for row in rows(chart, "lines") if row["letter"] == "A"] == [None]
    assert [row["name"] for row in rows(chart, "ends")] == ["A talk.mp4", "B talk.mp4"]


TWO = [compared("A", 3), compared("B", 30, HAPPY)]


@pytest.mark.parametrize(
    ("chart", "layers", "height"),
    [
        pytest.param(overlaid(TWO, SAD), ["line", "rule", "text"], 180, id="curves"),
        pytest.param(overlaid(TWO, SAD, by_share=True), ["line", "rule", "text"], 180, id="curves by share"),
        pytest.param(shares(TWO, {}), ["bar", "text"], 7 * (2 * 14 + 12), id="shares"),
        pytest.param(shares([*TWO, *TWO], {SAD: "traurig"}), ["bar", "text"], 7 * (4 * 14 + 12), id="shares of four"),
    ],
)
def test_charts_are_valid_and_pages_decide_on_text_and_background(chart: Chart, layers: list[str], height: int) -> None:
    spec = checked(chart)
    assert [layer["mark"]["type"] for layer in spec["layer"]] == layers
    assert spec["layer"][-1]["mark"]["color"] == "currentColor"
    assert spec["config"]["background"] == "transparent"
    assert (spec["width"], spec["height"]) == ("container", height)


def test_an_emotion_has_its_colour_and_a_recording_its_dashes() -> None:
    for emotion, by_share in itertools.product(EMOTIONS, (False, True)):
        line, piece, _ = checked(overlaid(TWO, emotion, by_share=by_share))["layer"]
        for encoding in (line["encoding"], piece["encoding"]):
            assert encoding["color"] == {"value": HEX[emotion]}
            assert encoding["strokeDash"]["scale"]["domain"] == list(LETTERS)
        assert line["encoding"]["x"]["axis"].get("format") == ("%" if by_share else None)


def test_other_recordings_are_other_data_only() -> None:
    three = [compared("A", 30), compared("B", 4, None), compared("C", 9, HAPPY, name="another.mp4")]
    assert overlaid(TWO, SAD).text == overlaid(three, SAD).text
    assert shares(TWO, {}).text == shares(three[1:], {}).text
    assert shares(TWO, {}).tables != shares(three[1:], {}).tables


def test_shares_and_means() -> None:
    found = [compared("A", 3), compared("B", 3, None, name="nobody.mp4")]
    chart = shares(found, {SAD: "traurig"})
    bars = rows(chart, "bars")
    assert len(bars) == 2 * len(EMOTIONS)
    sad = [row for row in bars if row["name"] == "traurig"]
    assert [(row["emotion"], row["letter"], row["value"]) for row in sad] == [("sad", "A", 1.0), ("sad", "B", 0.0)]
    assert [row["text"] for row in sad] == ["A  100 %", "B  0 %"]
    assert "traurig" in checked(chart)["layer"][0]["encoding"]["y"]["sort"]
    assert [row["traurig"] for row in means(found, {SAD: "traurig"})] == [0.7, None]
    header, first, second = means_csv(found).splitlines()
    assert header.split(",")[:3] == ["recording", "seconds", "mean_angry"]
    assert first.split(",")[:3] == ["talk.mp4", "3.0", "0.05"]
    assert second.split(",")[2] == ""


def test_no_spreadsheet_runs_a_recordings_name() -> None:
    _, row = means_csv([compared("A", 3, name="=cmd()")]).splitlines()
    assert row.startswith("'=cmd(),")
