"""Every page, as Streamlit draws it, without a browser."""

from __future__ import annotations

import pytest
from shelf import OpenPage

from emotion.types import EMOTIONS
from emotion.vision.card import read_card
from emotion.web import state, stream
from emotion.web.consent import GO_ON
from emotion.web.text import plain


@pytest.fixture
def camera(monkeypatch: pytest.MonkeyPatch) -> None:
    """No camera: the real component needs a browser."""
    idle = stream.Stream(stream.StreamState.IDLE, None, "", "", lambda: None)
    monkeypatch.setattr(stream, "camera_stream", lambda *args, **options: idle)


def test_choices_hold_on_every_page(open_page: OpenPage, camera: None) -> None:
    app = open_page()
    app.sidebar.radio[0].set_value("haar").run()
    app.switch_page("videos.py").run()
    assert app.radio(key="option-detector").value == "haar"
    app.switch_page("live.py").run()
    assert app.sidebar.radio[0].value == "haar"


def test_another_page_gives_the_place_back_at_once(open_page: OpenPage, camera: None) -> None:
    app = open_page()
    next(one for one in app.button if one.label == GO_ON).click().run()
    next(one for one in app.button if one.label == "Start").click().run()
    assert [guest.seated for guest in state.desk().seats.guests()] == [True]
    app.switch_page("videos.py").run()
    assert state.desk().seats.guests() == ()
    app.switch_page("live.py").run()
    assert "Start" in [one.label for one in app.button]
    assert state.desk().seats.guests() == ()


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
    assert any(f"{card.faces_judged:,} faces" in caption.value for caption in app.caption)


@pytest.mark.parametrize("page", [None, "videos.py"])
def test_a_wrong_setting_gets_a_sentence(
    open_page: OpenPage, camera: None, monkeypatch: pytest.MonkeyPatch, page: str | None
) -> None:
    monkeypatch.setenv("EMOTION_EVERY", "never")
    app = open_page(page)
    assert "EMOTION_EVERY" in app.error[0].value.replace("\\", "")
