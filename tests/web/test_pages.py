"""Every page, as Streamlit draws it, without a browser."""

from __future__ import annotations

import pytest
from shelf import OpenPage
from streamlit.testing.v1 import AppTest

from emotion.live.session import Snapshot
from emotion.types import EMOTIONS, UNCERTAIN, Analysis, Box, Emotion, Face, Scores
from emotion.vision.card import read_card
from emotion.web import stream
from emotion.web.text import plain

SCORES = Scores.of({Emotion.HAPPY: 0.87, Emotion.NEUTRAL: 0.13})
FACE = Face(1, Box(10, 10, 80, 80), 0.99, SCORES, SCORES, Emotion.HAPPY)
DOUBTFUL = Face(1, Box(10, 10, 80, 80), 0.99, SCORES, SCORES, UNCERTAIN)
QUIET = Snapshot(Analysis(9, 1.0, (FACE,)), 10, 24.6, 31.4, 65.0, 0.0, (), 0)


class PlayingSession:
    """A session that is always at the same moment."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def snapshot(self) -> Snapshot:
        return self._snapshot


@pytest.fixture
def camera(monkeypatch: pytest.MonkeyPatch) -> list[PlayingSession | None]:
    """What the camera gives: the first entry of this list. The real component needs a browser."""
    playing: list[PlayingSession | None] = [None]
    monkeypatch.setattr(stream, "camera_stream", lambda settings, models: playing[0])
    return playing


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def test_live_says_what_to_do_before_the_start(open_page: OpenPage, camera: list[PlayingSession | None]) -> None:
    app = open_page()
    assert app.title[0].value == "Live"
    assert "Press Start" in app.info[0].value
    assert not app.metric


def test_live_shows_the_moment(open_page: OpenPage, camera: list[PlayingSession | None]) -> None:
    camera[0] = PlayingSession(QUIET)
    app = open_page()
    assert len(app.get("vega_lite_chart")) == 2
    assert metrics(app) == {
        "Now": "Happy 0.87",
        "Faces in view": "1",
        "Analysed per second": "25",
        "Delay per frame": "31 ms",
        "Since start": "1:05 min",
    }


def test_live_does_not_name_what_is_uncertain(open_page: OpenPage, camera: list[PlayingSession | None]) -> None:
    camera[0] = PlayingSession(Snapshot(Analysis(0, 0, (DOUBTFUL,)), 1, 1, 1, 1, 0, (), 0))
    assert metrics(open_page())["Now"] == "Uncertain"


@pytest.mark.parametrize(
    ("snapshot", "says"),
    [
        pytest.param(Snapshot(None, 0, 0, 0, 1, 0, (), 0), "Waiting for the first picture", id="connecting"),
        pytest.param(Snapshot(Analysis(0, 0, ()), 1, 1, 1, 1, 0, (), 0), "No face in view", id="no face"),
        pytest.param(Snapshot(Analysis(0, 0, ()), 1, 1, 1, 9, 8, (), 0), "No picture has come", id="stalled"),
        pytest.param(Snapshot(Analysis(0, 0, ()), 1, 1, 1, 9, 0, (), 3), "could not be analysed", id="errors"),
        pytest.param(Snapshot(Analysis(0, 0, (FACE, FACE)), 1, 1, 1, 1, 0, (), 0), "largest face", id="two faces"),
    ],
)
def test_live_says_what_is_wrong(
    open_page: OpenPage, camera: list[PlayingSession | None], snapshot: Snapshot, says: str
) -> None:
    camera[0] = PlayingSession(snapshot)
    assert any(says in caption.value for caption in open_page().caption)


def test_live_takes_the_choices_of_the_sidebar(open_page: OpenPage, camera: list[PlayingSession | None]) -> None:
    app = open_page()
    app.sidebar.radio[0].set_value("haar").run()
    app.sidebar.slider[0].set_value(100).run()
    assert not app.exception


def test_live_speaks_the_words_of_the_settings(
    open_page: OpenPage, camera: list[PlayingSession | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMOTION_LABELS", '{"happy": "froh"}')
    camera[0] = PlayingSession(QUIET)
    assert metrics(open_page())["Now"] == "Froh 0.87"


def test_choices_hold_on_every_page(open_page: OpenPage, camera: list[PlayingSession | None]) -> None:
    app = open_page()
    app.sidebar.radio[0].set_value("haar").run()
    app.switch_page("videos.py").run()
    assert app.radio(key="option-detector").value == "haar"
    app.switch_page("live.py").run()
    assert app.sidebar.radio[0].value == "haar"


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        pytest.param("EMOTION_MODEL", "/nowhere/mine.onnx", "mine.onnx", id="model"),
        pytest.param("EMOTION_FONT", "/nowhere/font.ttf", "font.ttf", id="font"),
        pytest.param("EMOTION_DATA_DIR", "/proc/nowhere", "EMOTION_DATA_DIR", id="data folder"),
    ],
)
def test_what_cannot_work_is_said_at_once(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, says: str
) -> None:
    monkeypatch.setenv(variable, value)
    app = open_page("videos.py")
    assert says in app.error[0].value


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("plain", "plain", id="plain"),
        pytest.param("a_[b] $x$", r"a\_\[b\] \$x\$", id="Markdown and LaTeX"),
        pytest.param("день", "день", id="other scripts"),
    ],
)
def test_plain_text_stays_plain(name: str, expected: str) -> None:
    assert plain(name) == expected


def test_about_names_limits_and_versions(open_page: OpenPage) -> None:
    app = open_page("about.py")
    text = " ".join(markdown.value for markdown in app.markdown)
    assert "not** measure feelings" in text
    assert "AI Act" in text
    assert "streamlit" in set(app.dataframe[-1].value["Package"])


def test_about_shows_the_model_card(open_page: OpenPage) -> None:
    app = open_page("about.py")
    card = read_card()
    text = " ".join(markdown.value for markdown in app.markdown)
    assert f"{100 * card.ours.accuracy:.1f} %" in text
    assert list(app.dataframe[0].value["Emotion"]) == [emotion.value for emotion in EMOTIONS]
    assert f"{card.faces_judged:,} faces" in app.caption[-1].value


@pytest.mark.parametrize("page", [None, "videos.py"])
def test_a_wrong_setting_gets_a_sentence(
    open_page: OpenPage, camera: list[PlayingSession | None], monkeypatch: pytest.MonkeyPatch, page: str | None
) -> None:
    monkeypatch.setenv("EMOTION_EVERY", "never")
    app = open_page(page)
    assert "EMOTION_EVERY" in app.error[0].value
