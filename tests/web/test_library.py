"""The Library page: what its rows say, and what can be done with those that are ticked."""

from __future__ import annotations

import base64
import datetime
import time
from pathlib import Path

import pytest
from shelf import AddRecording, OpenPage, facts_of, timeline_of
from streamlit.testing.v1 import AppTest

from emotion.settings import Settings
from emotion.store import recordings
from emotion.store.database import Database
from emotion.store.places import Places
from emotion.types import UNCERTAIN, Emotion
from emotion.web import glance, library
from emotion.web.glance import mostly, strip_picture

SAD, HAPPY, NEUTRAL = Emotion.SAD, Emotion.HAPPY, Emotion.NEUTRAL


def names(app: AppTest) -> list[str]:
    return list(app.dataframe[0].value["Name"])


def ticked(monkeypatch: pytest.MonkeyPatch, *places: int) -> None:
    """The rows that a person ticked: AppTest cannot."""
    monkeypatch.setattr(library, "table", lambda found: [found[place] for place in places])


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def test_says_what_to_do_when_empty(open_page: OpenPage) -> None:
    app = open_page("library.py")
    assert "Begin with a video" in app.info[0].value
    assert not app.dataframe


def test_rows_and_search(open_page: OpenPage, done: AddRecording, waiting: AddRecording) -> None:
    done([SAD] * 6 + [HAPPY] * 4, [SAD] * 2, name="morning.mp4")
    waiting("evening.mp4")
    app = open_page("library.py")
    assert names(app) == ["evening.mp4", "morning.mp4"]
    table = app.dataframe[0].value
    assert list(table["Mostly"]) == ["Waiting", "Sad 60 %, happy 40 %"]
    assert list(table["Length"].dropna()) == [datetime.timedelta(seconds=10)]
    assert table["Faces"][1] == 2
    assert table["Over time"][1].startswith("data:image/svg+xml;base64,")
    app.text_input(key="library-search").set_value("MORN").run()
    assert names(app) == ["morning.mp4"]
    app.text_input(key="library-search").set_value("no such").run()
    assert "Search for less" in app.info[0].value


@pytest.mark.parametrize(
    ("moods", "labels", "expected"),
    [
        pytest.param([SAD] * 6 + [HAPPY] * 4, {}, "Sad 60 %, happy 40 %", id="two"),
        pytest.param([SAD] * 39 + [HAPPY], {}, "Sad 98 %", id="hardly any of the second"),
        pytest.param([SAD], {"sad": "traurig"}, "Traurig 100 %", id="own words"),
        pytest.param([None] * 40, {}, "No face to speak of", id="nobody"),
    ],
)
def test_mostly(settings: Settings, moods: list[Emotion | None], labels: dict[str, str], expected: str) -> None:
    assert mostly(facts_of(timeline_of(moods), "talk.mp4", settings.but(labels=labels))) == expected


def test_nothing_is_known_of_an_older_summary() -> None:
    assert (mostly({}), strip_picture("")) == ("", "")


def test_the_strip_joins_what_is_equal_and_leaves_nobody_out() -> None:
    address = strip_picture("44..7")
    svg = base64.b64decode(address.split(",")[1]).decode()
    assert svg.count("<rect") == 2
    sad, uncertain = svg.split("<rect")[1:]
    width, height = glance.STRIP_PX
    assert f'width="{width * 2 / 5:.2f}"' in sad
    assert f'height="{height}"' in sad
    assert f'height="{height * glance.UNSURE_HEIGHT:g}"' in uncertain
    assert UNCERTAIN not in svg


def in_dialog() -> None:
    """A dialog by itself: AppTest runs the whole page at each click, which closes one."""
    import streamlit as st

    from emotion.store import recordings
    from emotion.web import library, state

    found = recordings.find(state.database(), search=st.session_state["search"])
    if found:
        ask = getattr(library, st.session_state["ask"])
        ask(found[0] if st.session_state["ask"] == "ask_name" else found)


def opened(ask: str, search: str = "") -> AppTest:
    app = AppTest.from_function(in_dialog, default_timeout=120)
    app.session_state["ask"], app.session_state["search"] = ask, search
    return app.run()


def test_rename(done: AddRecording, database: Database) -> None:
    number = done([SAD]).id
    app = opened("ask_name")
    app.text_input[0].set_value(" ").run()
    assert app.button[0].disabled
    app.text_input[0].set_value(" Interview 7 ").run()
    press(app, "Rename")
    assert recordings.get(database, number).name == "Interview 7"


@pytest.mark.parametrize("for_ever", [True, False])
def test_keep_until(done: AddRecording, database: Database, for_ever: bool) -> None:
    number = done([SAD]).id
    recordings.keep(database, number, None if not for_ever else time.time() + 5)
    app = opened("ask_until")
    app.toggle[0].set_value(for_ever).run()
    press(app, "Save")
    until_s = recordings.get(database, number).keep_until_s
    assert until_s is None if for_ever else until_s is not None and until_s > time.time() + 29 * 86_400


def test_delete_leaves_nothing(done: AddRecording, database: Database, settings: Settings) -> None:
    numbers = [done([SAD], name=name).id for name in ("other.mp4", "talk 1.mp4", "talk 2.mp4")]
    app = opened("ask_delete", "talk")
    assert "talk 2\\.mp4** and 1 more" in app.markdown[0].value
    folders = [Places(settings.data_dir).recording(number) for number in numbers]
    assert all(folder.exists() for folder in folders)
    press(app, "Delete")
    assert [recording.name for recording in recordings.find(database)] == ["other.mp4"]
    assert [folder.exists() for folder in folders] == [True, False, False]


@pytest.mark.parametrize(
    ("places", "buttons"),
    [
        pytest.param([], [], id="none"),
        pytest.param([1], ["Open", "Rename …", "Keep until …", "Delete …"], id="one"),
        pytest.param([1, 2], ["Compare", "Keep until …", "Delete …"], id="two"),
        pytest.param([0, 1], ["Keep until …", "Delete …"], id="one of two is not done"),
    ],
)
def test_what_can_be_done(
    open_page: OpenPage,
    done: AddRecording,
    waiting: AddRecording,
    monkeypatch: pytest.MonkeyPatch,
    places: list[int],
    buttons: list[str],
) -> None:
    done([SAD], name="one.mp4")
    done([SAD], name="two.mp4")
    waiting("three.mp4")
    ticked(monkeypatch, *places)
    app = open_page("library.py")
    assert [button.label for button in app.button if not button.disabled] == buttons


def test_five_hundred_recordings_list_within_a_second(
    open_page: OpenPage, database: Database, done: AddRecording, tmp_path: Path
) -> None:
    facts = done([SAD] * 30 + [None] * 5 + [HAPPY, NEUTRAL] * 10).facts
    with database.writing() as connection:
        many(connection, facts, library.MOST)
    app = open_page("library.py")
    began = time.process_time()
    app.run()
    taken = time.process_time() - began
    assert len(app.dataframe[0].value) == library.MOST
    assert "newest 500" in app.caption[-1].value
    assert taken < 1.0


def many(connection: object, facts: object, count: int) -> None:
    """Rows straight into the tables: through the queue they would take minutes."""
    import sqlalchemy as sa

    from emotion.store.schema import jobs, recordings

    assert isinstance(connection, sa.Connection)
    ids = [f"{number:032x}" for number in range(count)]
    blank = {"owner": "local", "origin": "upload", "source": "v.mp4", "size_bytes": 9, "created_s": 1.0, "facts": facts}
    connection.execute(recordings.insert(), [{**blank, "id": each, "name": f"{each[-3:]}.mp4"} for each in ids])
    job = {"state": "done", "message": "", "settings": {}, "created_s": 1.0}
    connection.execute(jobs.insert(), [{**job, "recording_id": each} for each in ids])
