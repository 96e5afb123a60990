"""Recordings side by side: the page, and what its charts and tables are made of."""

from __future__ import annotations

import itertools

import pytest
from shelf import AddRecording, OpenPage

from emotion.report.comparison import LETTERS, Compared, means, means_csv, overlaid, shares
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
    assert [text.value for text in app.markdown] == ["**Angry**", "**Happy**", "**Sad**"]
    assert len(app.get("vega_lite_chart")) == 4
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
    lines = chart.layer[0].data
    assert lines.groupby("letter")["time"].max().to_dict() == ends
    assert lines[lines.letter == "A"]["value"].eq(0.7).all()
    assert lines[lines.letter == "B"]["value"].isna().all()
    assert chart.to_dict()


def test_names_at_the_edge_stand_apart_and_stay_short() -> None:
    found = [compared(letter, 3, name="a name of many letters.mp4") for letter in LETTERS]
    ends = overlaid(found, SAD).layer[1].data
    places = sorted(ends["place"])
    assert all(later - earlier > 0.09 for earlier, later in itertools.pairwise(places))
    assert ends["name"][0] == "A a name of man…"


def test_shares_and_means() -> None:
    found = [compared("A", 3), compared("B", 3, None, name="nobody.mp4")]
    bars = shares(found, {SAD: "traurig"}).data
    assert len(bars) == 2 * len(EMOTIONS)
    assert bars[bars.name == "traurig"]["text"].tolist() == ["A  100 %", "B  0 %"]
    assert [row["traurig"] for row in means(found, {SAD: "traurig"})] == [0.7, None]
    header, first, second = means_csv(found).splitlines()
    assert header.split(",")[:3] == ["recording", "seconds", "mean_angry"]
    assert first.split(",")[:3] == ["talk.mp4", "3.0", "0.05"]
    assert second.split(",")[2] == ""


def test_no_spreadsheet_runs_a_recordings_name() -> None:
    _, row = means_csv([compared("A", 3, name="=cmd()")]).splitlines()
    assert row.startswith("'=cmd(),")
