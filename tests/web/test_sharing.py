"""Sharing on the recording's page, links that hold still, and clicks that are told twice."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator

import pytest
from shelf import OpenPage, add_done
from streamlit.testing.v1 import AppTest

from emotion.access.values import Identity, Role
from emotion.live.desk import Desk
from emotion.settings import Settings
from emotion.store import shares
from emotion.store.database import Database
from emotion.store.values import Recording
from emotion.types import Emotion
from emotion.web import glance, seal, state, stream
from emotion.web import recording as page
from emotion.web.consent import GO_ON
from emotion.web.player import PlayerState
from emotion.web.stream import Stream, StreamState

ANNA = Identity("proxy:anna", "Anna", Role.MEMBER)
SHARE = "7" * 32


@pytest.fixture
def annas(database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Recording:
    monkeypatch.setenv("EMOTION_AUTH", "proxy")
    return add_done(database, settings, [Emotion.HAPPY] * 3, owner=ANNA.key)


def dialog() -> None:
    """By itself: AppTest runs the whole page at each click, which closes one."""
    import streamlit as st

    from emotion.web import sharing

    sharing.ask(st.session_state["number"])


@pytest.fixture
def opened(annas: Recording) -> AppTest:
    app = AppTest.from_function(dialog, default_timeout=120)
    app.user = {seal.FIELD: seal.sealed(seal.Visit(ANNA))}
    app.session_state["number"] = annas.id
    return app.run()


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def test_make_and_revoke(opened: AppTest, annas: Recording, database: Database) -> None:
    day = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=3)
    opened.date_input[0].set_value(day).run()
    press(opened, "Make a link")
    (made,) = shares.of_recording(database, annas.id, owner=ANNA.key)
    assert opened.code[0].value.endswith(f"?recording={annas.id}&share={made.id}")
    assert f"Until {day.day} {day:%b %Y}" in [text.value for text in opened.markdown]
    assert glance.last_day(made.until_s) == day
    press(opened, "Revoke")
    assert not opened.code
    assert not shares.of_recording(database, annas.id, owner=ANNA.key)


def test_the_farthest_day_is_one(opened: AppTest, annas: Recording, database: Database) -> None:
    opened.date_input[0].set_value(opened.date_input[0].max).run()
    press(opened, "Make a link")
    assert len(shares.of_recording(database, annas.id, owner=ANNA.key)) == 1


def test_without_sign_in_there_is_nothing_to_share(
    open_page: OpenPage, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "player", lambda *args, **options: PlayerState(0.0, None, 0))
    number = add_done(database, settings, [Emotion.HAPPY] * 3).id
    app = open_page("recording.py", recording=number)
    assert "Share …" not in [button.label for button in app.button]
    assert any(button.label.startswith("Mark") for button in app.button)


@pytest.mark.parametrize("day", [datetime.date(2026, 1, 1), datetime.date(2028, 2, 29), datetime.date(2026, 12, 31)])
def test_the_end_of_a_day_and_back(day: datetime.date) -> None:
    assert glance.last_day(glance.end_of(day)) == day


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    yield now
    monkeypatch.undo()


def test_a_link_holds_still_as_long_as_it_lasts(clock: list[float], settings: Settings) -> None:
    session, made = state.Session(settings), iter("abc")
    assert session.lasting("video", lambda: next(made), 10) == "a"
    clock[0] += 10
    assert session.lasting("video", lambda: next(made), 10) == "a"
    assert session.lasting("another", lambda: next(made), 10) == "b"
    clock[0] += 1
    assert session.lasting("video", lambda: next(made), 10) == "c"
    assert session.lasting("another", lambda: next(made), 10) == "b"


def test_a_click_that_is_told_twice(clock: list[float], settings: Settings) -> None:
    session = state.Session(settings)
    assert session.is_new_click("share")
    clock[0] += 0.025
    assert not session.is_new_click("share")
    assert session.is_new_click("another button")
    clock[0] += 1
    assert session.is_new_click("share")


def test_who_has_enough_live_sessions_is_told_so(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOTION_PERSON_LIVE", "1")
    silence = Stream(StreamState.IDLE, None, "", "", lambda: None)
    monkeypatch.setattr(stream, "camera_stream", lambda *args, **options: silence)
    app = open_page()
    press(app, GO_ON)
    desk: Desk = state.desk()
    desk.ask("another tab", "local")
    press(app, "Start")
    assert any("You have 1 live already" in box.value for box in app.info)
    assert "Start" in [button.label for button in app.button]
    desk.leave("another tab")
    press(app, "Start")
    assert "Stop" in [button.label for button in app.button]
