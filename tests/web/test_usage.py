"""The administrators' page: who sees it, what it says, what it keeps to itself."""

from __future__ import annotations

import time

import pytest
from shelf import AddRecording, OpenPage
from streamlit.testing.v1 import AppTest

from emotion.access.values import Identity, Role
from emotion.settings import Settings
from emotion.store import audit, live, recordings
from emotion.store.database import Database
from emotion.store.live import RUNNING, LiveRow, LiveServer
from emotion.store.values import Origin
from emotion.types import Emotion
from emotion.web import seal, usage

ANNA = Identity("oidc:1234", "Anna Miller", Role.ADMINISTRATOR)
PAGE = "usage.py"


def text(app: AppTest) -> str:
    """All that the page says, tables included."""
    words = [
        element.value for kind in (app.markdown, app.caption, app.info, app.warning, app.error) for element in kind
    ]
    tables = [table.value.to_csv() for table in app.dataframe]
    return "\n".join([*words, *tables, *(metric.value for metric in app.metric)])


def test_an_empty_server(open_page: OpenPage) -> None:
    app = open_page(PAGE)
    assert [metric.label for metric in app.metric] == ["Recordings", "In the queue", "Workers", "Live now", "Disk free"]
    assert "Nobody has used the server yet" in text(app)
    assert "No worker has been seen lately" in text(app)


def test_who_uses_how_much(open_page: OpenPage, database: Database, done: AddRecording) -> None:
    done([Emotion.HAPPY], name="secret talk.mp4")
    recordings.add(
        database, owner=ANNA.key, name="diary", origin=Origin.UPLOAD, source="diary", size_bytes=3 << 30, settings={}
    )
    audit.write(database, ANNA.key, "signed.in", name=ANNA.name)
    audit.write(database, ANNA.key, "live.end", seconds=600.0)
    audit.write(database, ANNA.key, "live.end", seconds=9e9, now=time.time() - 31 * audit.DAY_S)
    live.tell(database, LiveServer("a" * 32, "here", 1, 4), [LiveRow("b" * 32, ANNA.key, RUNNING, 1.0)])
    app = open_page(PAGE)
    people = app.dataframe[0].value
    assert list(people["Person"]) == ["Anna Miller", "Everybody (no sign-in)"]
    assert list(people["Key"]) == [ANNA.key, "local"]
    assert list(people["Recordings"]) == [1, 1]
    assert list(people["Videos"]) == ["3 GB", "293 KB"]
    assert list(people["In the queue"]) == [1, 0]
    assert list(people["Live now"]) == [1, 0]
    assert people["Live, 30 days"][0] == "10:00 min"
    assert {metric.label: metric.value for metric in app.metric}["Live now"] == "1 of 4"
    assert "secret talk" not in text(app)
    assert "diary" not in text(app)


def test_the_log_can_be_searched(open_page: OpenPage, database: Database) -> None:
    for actor, action in (("ann", "signed.in"), ("bob", "recording.opened"), ("ann", "live.start")):
        audit.write(database, actor, action, "4" * 32)
    audit.write(database, "ann", "recording.deleted", now=time.time() - 100 * audit.DAY_S)
    app = open_page(PAGE)
    assert list(app.dataframe[-1].value["What"]) == ["live.start", "recording.opened", "signed.in", "recording.deleted"]
    app.selectbox(key="usage-kind").set_value("Recordings").run()
    assert list(app.dataframe[-1].value["Who"]) == ["bob", "ann"]
    app.text_input(key="usage-who").set_value("AN").run()
    assert list(app.dataframe[-1].value["What"]) == ["recording.deleted"]
    app.selectbox(key="usage-kind").set_value("Live sessions").run()
    app.text_input(key="usage-who").set_value("bob").run()
    assert "Nothing of that kind" in text(app)


def test_people_are_found_by_their_names(open_page: OpenPage, database: Database) -> None:
    audit.write(database, ANNA.key, "signed.in", name=ANNA.name)
    audit.write(database, "oidc:5678", "recording.opened")
    app = open_page(PAGE)
    app.text_input(key="usage-who").set_value("miller").run()
    assert list(app.dataframe[-1].value["Who"]) == ["Anna Miller"]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MEMBER, Role.ADMINISTRATOR])
def test_only_administrators_see_it(
    open_page: OpenPage, database: Database, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    audit.write(database, "ann", "signed.in")
    monkeypatch.setenv("EMOTION_AUTH", "proxy")
    app = open_page()
    app.user = {seal.FIELD: seal.sealed(seal.Visit(Identity("proxy:ann", "Ann", role)))}
    app.switch_page(PAGE).run()
    assert not app.exception
    assert ("signed.in" in text(app)) == (role is Role.ADMINISTRATOR)


def test_the_download_is_harmless(settings: Settings, database: Database) -> None:
    audit.write(database, "=cmd()", "recording.opened", "x", now=0.0, name="Köln")
    lines = usage.as_csv(audit.find(database), {"=cmd()": "Ann"}).decode().splitlines()
    assert lines[0] == "time,key,name,action,object,details"
    assert lines[1] == """1970-01-01T00:00:00+00:00,'=cmd(),Ann,recording.opened,x,"{""name"": ""Köln""}\""""
