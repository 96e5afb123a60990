"""The Live page, as Streamlit draws it, without a browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from shelf import OpenPage
from streamlit.testing.v1 import AppTest

from emotion.live.neutral import NeutralFace
from emotion.live.values import Marker, Point, Rates, Snapshot, Story, View
from emotion.types import UNCERTAIN, Analysis, Box, Emotion, Face, Image, Scores
from emotion.web import state, stream
from emotion.web.consent import GO_ON
from emotion.web.stream import Stream, StreamState
from emotion.web.text import plain

SCORES = Scores.of({Emotion.HAPPY: 0.87, Emotion.NEUTRAL: 0.13})
FACE = Face(1, Box(10, 10, 80, 80), 0.99, SCORES, SCORES, Emotion.HAPPY)
OTHER = replace(FACE, track=2, box=Box(200, 10, 60, 60), label=Emotion.NEUTRAL)
RATES = Rates(camera_per_s=28.4, analysed_per_s=19.6, delay_ms=31.4, dropped=12)
STORY = Story(
    recent=(Point(0.0, SCORES.values), Point(1.0, SCORES.values)),
    cumulative=(Point(0.0, (0.0,) * 7), Point(1.0, SCORES.values)),
    label_s=((Emotion.HAPPY, 3.0), (UNCERTAIN, 1.0)),
)
QUIET = Snapshot(
    Analysis(9, 1.0, (FACE,)), FACE, frames=10, elapsed_s=65.0, rates=RATES, view=View(0.5, 80, 1, 0), story=STORY
)
BOTH = replace(QUIET, analysis=Analysis(9, 1.0, (FACE, OTHER)))


class PlayingSession:
    """A session that is always at the same moment."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.baseline = NeutralFace()
        self.chosen: list[int | None] = []
        self.marked: list[Marker] = []

    def snapshot(self) -> Snapshot:
        return self._snapshot

    def picture(self) -> Image:
        return np.zeros((48, 64, 3), np.uint8)

    def choose(self, track: int | None) -> None:
        self.chosen.append(track)

    def mark(self, text: str = "") -> Marker:
        self.marked.append(Marker(12.0, text))
        self._snapshot = replace(self._snapshot, markers=tuple(self.marked))
        return self.marked[-1]


Play = Callable[..., PlayingSession]


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Play:
    """What the page's stream is from now on. The real component needs a browser."""
    now = [Stream(StreamState.IDLE, None, "", "", lambda: None)]
    monkeypatch.setattr(stream, "camera_stream", lambda *args, **options: now[0])

    def change(snapshot: Snapshot | None = None, **changes: object) -> PlayingSession | None:
        session = PlayingSession(snapshot) if snapshot else None
        state = StreamState.PLAYING if session else StreamState.IDLE
        now[0] = replace(now[0], state=state, session=session, **changes)
        return session

    return change


@pytest.fixture
def open_live(open_page: OpenPage) -> Callable[[], AppTest]:
    def open_live() -> AppTest:
        app = open_page()
        return button(app, GO_ON).click().run()

    return open_live


OpenLive = Callable[[], AppTest]


def button(app: AppTest, label: str):
    return next(one for one in app.button if one.label == label)


def labels(app: AppTest) -> list[str]:
    return [one.label for one in app.button]


def said(app: AppTest) -> str:
    return " ".join(raw(app)).replace("\\", "")


def raw(app: AppTest) -> list[str]:
    """As Markdown, the backslashes of names included."""
    return [one.value for kind in (app.info, app.warning, app.caption, app.markdown) for one in kind]


def test_before_anything_stands_the_consent(open_page: OpenPage, play: Play) -> None:
    app = open_page()
    assert labels(app) == [GO_ON]
    assert "What is computed" in said(app)


def test_it_says_what_to_do_before_the_start(open_live: OpenLive, play: Play) -> None:
    app = open_live()
    assert app.title[0].value == "Live"
    assert "Press Start" in app.info[0].value
    assert not app.metric
    assert labels(app) == ["Start", "Record", "Marker", "Neutral face"]
    assert [one.disabled for one in app.button] == [False, True, True, True]


def test_start_asks_to_play_and_stop_takes_it_back(open_live: OpenLive, play: Play) -> None:
    app = open_live()
    button(app, "Start").click().run()
    assert labels(app)[0] == "Stop"
    button(app, "Stop").click().run()
    assert labels(app)[0] == "Start"
    assert not app.exception


def test_it_shows_the_moment(open_live: OpenLive, play: Play) -> None:
    play(QUIET)
    app = open_live()
    assert len(app.get("vega_lite_chart")) == 4
    assert {metric.label: metric.value for metric in app.metric} == {"Now": "Happy 0.87"}
    assert "28 fps · 20 analysed · 31 ms · light good · face 80 px · 1 face · 1:05 min" in said(app)
    assert "25% of it uncertain" in said(app)
    assert not any(one.disabled for one in app.button)


@pytest.mark.parametrize(
    ("snapshot", "now"),
    [
        pytest.param(QUIET, "Happy 0.87", id="an emotion"),
        pytest.param(replace(QUIET, chosen=replace(FACE, label=UNCERTAIN)), "Uncertain", id="uncertain"),
        pytest.param(replace(QUIET, analysis=Analysis(0, 0, ()), chosen=None), "–", id="nobody"),
    ],
)
def test_now_in_a_word(open_live: OpenLive, play: Play, snapshot: Snapshot, now: str) -> None:
    play(snapshot)
    assert open_live().metric[0].value == now


def test_it_speaks_the_words_of_the_settings(open_live: OpenLive, play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOTION_LABELS", '{"happy": "froh"}')
    play(QUIET)
    assert open_live().metric[0].value == "Froh 0.87"


@pytest.mark.parametrize(
    ("asked", "chosen", "charts", "says"),
    [
        pytest.param("#2", 2, 4, "Happy", id="a number"),
        pytest.param("Largest", None, 4, "Happy", id="the largest"),
        pytest.param("All", None, 5, "**#2** Neutral 0.13", id="everybody"),
    ],
)
def test_whose_scores(open_live: OpenLive, play: Play, asked: str, chosen: int | None, charts: int, says: str) -> None:
    session = play(replace(BOTH, chosen_track=1 if asked == "Largest" else None))
    app = open_live()
    app.button_group(key="live-whom-#1-#2").set_value(asked).run()
    assert session.chosen == [chosen]
    assert len(app.get("vega_lite_chart")) == charts
    assert says in said(app) + app.metric[0].value if app.metric else said(app)


def test_one_face_needs_no_choice(open_live: OpenLive, play: Play) -> None:
    play(QUIET)
    assert "Whose scores" not in [one.label for one in open_live().button_group]


def test_marker(open_live: OpenLive, play: Play) -> None:
    session = play(QUIET)
    app = open_live()
    button(app, "Marker").click().run()
    assert len(session.marked) == 1
    assert app.toast[0].value == "Marker at 12 s."


def test_what_a_session_showed_stays_until_another_begins(open_live: OpenLive, play: Play) -> None:
    play(replace(QUIET, markers=(Marker(12.0, ""), Marker(40.0, "sad above 0.6 for 3 s"))))
    app = open_live()
    assert "Markers: 12 s · 40 s sad above 0.6 for 3 s" in said(app)
    assert "The session that ended" not in said(app)
    play()
    app.run()
    assert "The session that ended, 1:05 min long" in said(app)
    assert "Last minute" in said(app)
    button(app, "Start").click().run()
    assert "The session that ended" not in said(app)


@pytest.mark.parametrize(
    ("echo_s", "marked"),
    [pytest.param(60.0, 1, id="told-twice"), pytest.param(0.0, 2, id="pressed-again")],
)
def test_one_press_sets_one_marker(
    open_live: OpenLive, play: Play, monkeypatch: pytest.MonkeyPatch, echo_s: float, marked: int
) -> None:
    monkeypatch.setattr(state, "ECHO_S", echo_s)
    session = play(QUIET)
    app = open_live()
    for _ in range(2):
        button(app, "Marker").click().run()
        assert app.toast[0].value == "Marker at 12 s."
    assert len(session.marked) == marked


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({"problem": "No camera was found."}, "No camera was found.", id="it cannot start"),
        pytest.param({"note": "The video is over."}, "The video is over.", id="it came to its end"),
    ],
)
def test_what_the_stream_says_is_shown(open_live: OpenLive, play: Play, changes: dict[str, str], says: str) -> None:
    play(**changes)
    assert says in said(open_live())


@pytest.mark.parametrize("where", ["problem", "note"])
def test_a_name_loads_no_picture(open_live: OpenLive, play: Play, where: str) -> None:
    said_of = "'![x](https://elsewhere.example/x.png).mp4' is over."
    play(**{where: said_of})
    found = raw(open_live())
    assert plain(said_of) in found
    assert not any("![" in one for one in found)


def test_where_all_are_blurred_the_only_one_in_view_can_be_chosen(open_live: OpenLive, play: Play) -> None:
    session = play(replace(QUIET, all_blurred=True))
    open_live().button_group(key="live-whom-#1").set_value("#1").run()
    assert session.chosen == [1]


@pytest.mark.parametrize(
    ("place", "says"),
    [
        pytest.param("camera", True, id="a camera"),
        pytest.param("screen", False, id="a screen that does not change"),
    ],
)
def test_more_light_is_for_cameras(open_live: OpenLive, play: Play, place: str, says: bool) -> None:
    app = open_live()
    app.selectbox(key="source-place").set_value(place).run()
    session = play(replace(QUIET, rates=replace(RATES, camera_per_s=1)))
    app.run()
    session._snapshot = replace(session.snapshot(), elapsed_s=70.0)
    assert ("more light" in said(app.run())) == says


def test_advice_is_shown(open_live: OpenLive, play: Play) -> None:
    play(replace(QUIET, failures=30))
    assert "30 pictures in a row could not be analysed" in said(open_live())


def test_the_choices_of_the_sidebar_are_taken(open_live: OpenLive, play: Play) -> None:
    app = open_live()
    app.radio(key="option-detector").set_value("haar").run()
    app.slider(key="option-min_face_px").set_value(100).run()
    app.selectbox(key="option-privacy").set_value("all").run()
    assert not app.exception
    assert app.selectbox(key="option-privacy").value == "all"
