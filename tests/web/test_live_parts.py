"""The smaller parts of the Live page by themselves: consent, neutral face, rules, a picture instead of the camera."""

from __future__ import annotations

import io
import re
import threading
import time
from importlib import metadata
from typing import Any

import pytest
from clips import astronaut_frames
from clock import Clock
from PIL import Image as Pillow
from streamlit.testing.v1 import AppTest

from emotion.live.baseline import LOST
from emotion.live.consent import VERSION
from emotion.live.session import LiveSession
from emotion.settings import Settings
from emotion.types import Image
from emotion.vision import assets
from emotion.web.about import LONGEST_LICENCE, NOT_STATED, PACKAGES, licence, versions
from emotion.web.consent import GO_ON

RATE = 10.0
SMILING = astronaut_frames(30, size=(320, 240), face_px=90).images


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def live(models: assets.Models, clock: Clock) -> LiveSession:
    return LiveSession(Settings.load(), models, clock)


def play(live: LiveSession, clock: Clock, seconds: float) -> None:
    for index in range(round(seconds * RATE)):
        live.process(SMILING[index % len(SMILING)])
        clock.now_s += 1 / RATE


def opened(script: Any, *values: Any) -> AppTest:
    app = AppTest.from_function(script, default_timeout=60, args=values).run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    return " ".join(element.value for element in (*app.markdown, *app.caption)).replace("\\", "")


# What stands in the functions below is taken out and run as a page: hence no names from here, not even as types.


def asking(settings):  # type: ignore[no-untyped-def]
    import streamlit as st

    from emotion.web import consent

    if consent.ask(settings):
        answer = consent.agreed()
        st.text(answer.as_facts()["text"] if answer else "")


@pytest.mark.parametrize(
    ("changes", "says", "says_not"),
    [
        pytest.param({}, "unless you press Record", "another program", id="usual"),
        pytest.param(
            {"live_record": False},
            "**What is stored.** No picture and no score. Only",
            "Record",
            id="no recording here",
        ),
        pytest.param({}, "who held a session and when is noted for 365 days", "Nothing", id="the audit log"),
        pytest.param({"audit_days": 0}, "who held a session and when is noted, not what", "days", id="kept for ever"),
        pytest.param(
            {"webhooks": {"lamp": "http://lamp.example/secret"}},
            "to another program, never a picture",
            "secret",
            id="webhooks",
        ),
    ],
)
def test_before_the_first_start(changes: dict[str, Any], says: str, says_not: str) -> None:
    app = opened(asking, Settings.load(**changes))
    assert says in said(app)
    assert says_not not in said(app)
    assert "A smile is not happiness" in said(app)
    assert "article 5(1)(f)" in said(app)
    assert not app.text
    (button,) = app.button
    assert button.label == GO_ON
    button.click().run()
    assert [text.value for text in app.text] == [VERSION]
    assert not app.button
    assert [text.value for text in app.run().text] == [VERSION]


def ruling(live, settings):  # type: ignore[no-untyped-def]
    from emotion.web.live_rules import events_panel

    events_panel(live, settings)


def test_a_rule_fires_and_is_shown(live: LiveSession, clock: Clock) -> None:
    app = opened(ruling, live, live.settings)
    app.text_area[0].set_value("happy above 0.3 for 1 s").run()
    assert "Nothing has happened yet" in said(app)
    play(live, clock, 2.5)
    app.run()
    assert re.search(r"happy above 0.3 for 1 s \([01]\.\d\d\)", said(app))
    assert [marker.text for marker in live.snapshot().markers] == ["happy above 0.3 for 1 s"]
    app.text_area[0].set_value("").run()
    assert app.text_area[0].value == ""
    play(live, clock, 2.5)
    assert len(live.snapshot().markers) == 1


def test_the_servers_rules_hold_until_a_person_writes_some(live: LiveSession, clock: Clock) -> None:
    settings = live.settings.but(rules="froh above 0.3 for 0 s", labels={"happy": "froh"})
    app = opened(ruling, live, settings)
    assert app.text_area[0].value == "froh above 0.3 for 0 s"
    play(live, clock, 0.5)
    assert [marker.text for marker in live.snapshot().markers] == ["happy above 0.3 for 0 s"]


def webhook_threads() -> int:
    return sum(thread.name == "webhooks" for thread in threading.enumerate())


def test_who_takes_the_rules_away_leaves_no_thread(
    live: LiveSession, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emotion.live.webhook.PAUSE_S", 0.0)
    before = webhook_threads()
    # Port 9 of this machine: nobody listens, and the call fails at once.
    app = opened(ruling, live, live.settings.but(webhooks={"lamp": "http://127.0.0.1:9/"}))
    for _ in range(2):
        app.text_area[0].set_value("happy above 0.3 for 0 s -> lamp").run()
        play(live, clock, 0.5)
        assert webhook_threads() == before + 1
        app.text_area[0].set_value("").run()
        assert not app.exception
        deadline = time.monotonic() + 60
        while webhook_threads() > before:
            assert time.monotonic() < deadline, "The thread stays."
            time.sleep(0.01)


def test_what_is_no_rule_is_said_where_the_rules_stand(live: LiveSession) -> None:
    app = opened(ruling, live, live.settings)
    app.text_area[0].set_value("happy above 0.3").run()
    (panel,) = app.expander
    assert "does not say for how long" in panel.error[0].value
    app.text_area[0].set_value("happy above 0.3 for 1 s").run()
    assert not app.error


def test_what_is_no_rule_is_said_and_the_former_ones_hold(live: LiveSession, clock: Clock) -> None:
    app = opened(ruling, live, live.settings)
    app.text_area[0].set_value("happy above 0.3 for 0 s").run()
    app.text_area[0].set_value("happy above 0.3").run()
    assert "does not say for how long" in app.error[0].value
    play(live, clock, 0.5)
    assert len(live.snapshot().markers) == 1


def test_without_a_session_rules_can_be_written(models: assets.Models) -> None:
    app = opened(ruling, None, Settings.load(webhooks={"lamp": "https://lamp.example/hidden"}))
    app.text_area[0].set_value("no face for 5 s -> siren").run()
    assert "It has: lamp." in app.error[0].value.replace("\\", "")
    app.text_area[0].set_value("no face for 5 s -> lamp").run()
    assert not app.error
    assert "`-> lamp`" in app.text_area[0].help
    assert "hidden" not in app.text_area[0].help


def resting(live):  # type: ignore[no-untyped-def]
    from emotion.web.live_baseline import neutral_button, neutral_note

    neutral_button(live)
    if live:
        neutral_note(live)


def test_the_neutral_face_needs_a_session_and_a_face(live: LiveSession, clock: Clock) -> None:
    assert opened(resting, None).button[0].disabled
    app = opened(resting, live)
    app.button[0].click().run()
    assert live.baseline.state.taking is None
    play(live, clock, 0.5)
    app.run().button[0].click().run()
    assert live.baseline.state.taking == 0


def test_a_face_that_goes_away_is_told(live: LiveSession, clock: Clock) -> None:
    play(live, clock, 0.5)
    app = opened(resting, live)
    app.button[0].click().run()
    for _ in range(25):
        live.process(SMILING[0] * 0)
        clock.now_s += 1 / RATE
    assert app.run().warning[0].value == LOST


@pytest.mark.slow
def test_a_neutral_face_is_said_and_can_be_undone(
    live: LiveSession, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The astronaut smiles; as a stand-in for a face at rest whatever it is counts as neutral enough here.
    monkeypatch.setattr("emotion.live.baseline.FLOOR", 1e-6)
    monkeypatch.setattr("emotion.live.baseline.MOST_MOVED", 1.0)
    play(live, clock, 0.5)
    before = live.snapshot().chosen
    app = opened(resting, live)
    app.button[0].click().run()
    play(live, clock, 7)
    app.run()
    after = live.snapshot().chosen
    assert before is not None
    assert after is not None
    assert after.scores["happy"] < before.scores["happy"]  # type: ignore[index]
    assert after.raw["happy"] > 0.3  # type: ignore[index]
    assert "Relative to your neutral face." in said(app)
    app.button(key="live-neutral-undo").click().run()
    assert "Relative" not in said(app)
    play(live, clock, 2)
    assert live.snapshot().chosen.scores["happy"] > 0.3  # type: ignore[union-attr,index]


def trying(models, settings):  # type: ignore[no-untyped-def]
    from emotion.web.try_picture import try_picture

    try_picture(settings, models)


def as_file(image: Image, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Pillow.fromarray(image).save(file, kind)
    return file.getvalue()


def test_a_picture_instead_of_the_camera(models: assets.Models) -> None:
    app = opened(trying, models, Settings.load(labels={"happy": "froh"}))
    app.file_uploader[0].set_value(("me.png", as_file(SMILING[0]), "image/png")).run()
    assert not app.exception
    assert not app.error
    assert re.search(r"Face 1: froh [01]\.\d\d", said(app))
    assert len(app.get("vega_lite_chart")) == 1
    assert len(app.get("image")) == 1


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param(b"Dear diary", "is no picture that can be read", id="text"),
        pytest.param(as_file(SMILING[0])[:2000], "is no picture that can be read", id="truncated"),
        pytest.param(b"", "is no picture that can be read", id="empty"),
    ],
)
def test_what_is_no_picture_gets_a_sentence(models: assets.Models, body: bytes, says: str) -> None:
    app = opened(trying, models, Settings.load())
    app.file_uploader[0].set_value(("me.png", body, "image/png")).run()
    assert not app.exception
    assert says in app.error[0].value


def test_a_picture_without_a_face(models: assets.Models) -> None:
    app = opened(trying, models, Settings.load())
    app.file_uploader[0].set_value(("sky.png", as_file(SMILING[0] * 0 + 128), "image/png")).run()
    assert "No face was found" in app.info[0].value


def test_versions_and_licences_are_those_of_the_packages() -> None:
    rows = {row["Package"]: row for row in versions()}
    assert {"streamlit", "av", "fer", "numpy", "emotion network"} <= set(rows)
    assert any(name.startswith("opencv") for name in rows)
    assert rows["streamlit"] == {
        "Package": "streamlit",
        "Version": metadata.version("streamlit"),
        "Licence": "Apache-2.0",
    }
    assert all(0 < len(row["Licence"]) <= LONGEST_LICENCE and "\n" not in row["Licence"] for row in rows.values())
    assert NOT_STATED not in {row["Licence"] for row in rows.values()}
    assert set(rows) <= {"emotion network", *PACKAGES}


@pytest.mark.parametrize(
    ("package", "expected"),
    [
        pytest.param("emotion-dashboard", "MIT", id="an expression"),
        pytest.param("fer", "MIT", id="a classifier"),
        pytest.param("altair", "BSD", id="the whole text beside a classifier"),
        pytest.param("fonttools", "MIT", id="one line"),
    ],
)
def test_a_licence_by_its_name(package: str, expected: str) -> None:
    assert licence(package) == expected
