"""Record on the Live page, and what is being recorded on the others, without a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from made_up import taken
from shelf import OpenPage
from streamlit.testing.v1 import AppTest

from emotion.live.library_entry import GONE
from emotion.live.neutral import NeutralFace
from emotion.live.recorder import finish_all
from emotion.live.recording_writer import NOTHING_CAME
from emotion.live.sinks import Sinks
from emotion.live.values import Sink, Snapshot
from emotion.settings import Settings
from emotion.store import recordings, taping
from emotion.store.database import Database
from emotion.store.values import JobState
from emotion.types import Image
from emotion.web import stream
from emotion.web.consent import GO_ON
from emotion.web.links import EVERYBODY
from emotion.web.stream import Stream, StreamState
from emotion.web.text import plain

SILENCE = Stream(StreamState.IDLE, None, "", "", lambda: None)


class RunningSession:
    """A session whose pictures come when a test says so."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.guarded = settings.privacy
        self.baseline = NeutralFace()
        self.sinks = Sinks()
        self.arrivals = 1

    def snapshot(self) -> Snapshot:
        return Snapshot()

    def picture(self) -> Image:
        return np.zeros((48, 64, 3), np.uint8)

    def attach(self, sink: Sink) -> None:
        self.sinks.attach(sink)

    def detach(self, sink: Sink) -> None:
        self.sinks.detach(sink)

    def send(self, count: int) -> None:
        for entry in taken([index / 20 for index in range(count)]):
            self.sinks.take(*entry)


Play = Callable[[RunningSession | None], None]


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Iterator[Play]:
    """Which session the page's stream has from now on. The real component needs a browser."""
    now: list[Any] = [SILENCE]
    monkeypatch.setattr(stream, "camera_stream", lambda *args, **options: now[0])

    def change(session: RunningSession | None) -> None:
        state = StreamState.PLAYING if session else StreamState.IDLE
        now[0] = replace(SILENCE, state=state, session=session)

    yield change
    finish_all()


@pytest.fixture
def session(settings: Settings, play: Play) -> RunningSession:
    playing = RunningSession(settings)
    play(playing)
    return playing


def live(open_page: OpenPage) -> AppTest:
    return button(open_page(), GO_ON).click().run()


def button(app: AppTest, label: str) -> Any:
    (found,) = [one for one in app.button if one.label == label]
    return found


def labels(app: AppTest) -> list[str]:
    return [one.label for one in app.button]


def said(app: AppTest) -> str:
    return " ".join(one.value for kind in (app.success, app.warning, app.markdown, app.info) for one in kind)


def test_record_and_stop(open_page: OpenPage, session: RunningSession, database: Database) -> None:
    app = live(open_page)
    session.send(5)
    assert recordings.find(database) == ()

    button(app, "Record").click().run()
    assert "Record" not in labels(app)
    assert "REC 0 s" in said(app)
    (growing,) = recordings.find(database)
    assert (growing.job.state, growing.owner) == (JobState.RECORDING, EVERYBODY)

    session.send(20)
    button(app, "Stop recording").click().run()
    (found,) = recordings.find(database)
    assert found.job.state is JobState.WAITING
    assert "Recorded 1 s" in said(app)
    assert "Record" in labels(app)
    assert "REC" not in said(app)
    session.send(5)
    assert recordings.find(database) == (found,)

    button(app, "Record").click().run()
    assert "Recorded" not in said(app)


def test_the_stream_ends(open_page: OpenPage, session: RunningSession, database: Database, play: Play) -> None:
    app = live(open_page)
    button(app, "Record").click().run()
    session.send(10)
    play(None)
    app.run()
    assert "Recorded" in said(app)
    assert button(app, "Record").disabled
    (found,) = recordings.find(database)
    assert found.job.state is JobState.WAITING


def test_deleted_meanwhile(open_page: OpenPage, session: RunningSession, database: Database) -> None:
    """No word of results that nobody makes, and no link to a recording that is gone."""
    app = live(open_page)
    button(app, "Record").click().run()
    (growing,) = recordings.find(database)
    recordings.mark_deleted(database, growing.id)
    session.send(10)
    button(app, "Stop recording").click().run()
    assert plain(GONE) in said(app)
    assert "Recorded" not in said(app)


def test_nothing_came(open_page: OpenPage, session: RunningSession, database: Database) -> None:
    app = live(open_page)
    button(app, "Record").click().run()
    button(app, "Stop recording").click().run()
    assert plain(NOTHING_CAME) in said(app)
    assert recordings.find(database) == ()


def test_no_room(open_page: OpenPage, session: RunningSession, database: Database) -> None:
    session.settings = session.settings.but(min_free_gb=1e9)
    app = live(open_page)
    button(app, "Record").click().run()
    assert "Delete recordings that nobody needs" in app.toast[0].value
    assert "Record" in labels(app)
    assert recordings.find(database) == ()


def test_not_offered(open_page: OpenPage, play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOTION_LIVE_RECORD", "false")
    play(RunningSession(Settings.load()))
    assert "Record" not in labels(live(open_page))


@pytest.mark.parametrize(
    ("page", "says"),
    [
        pytest.param("pages/videos.py", "Recording now, on the Live page", id="videos"),
        pytest.param("pages/recording.py", "This is being recorded now.", id="its own page"),
    ],
)
def test_other_pages_say_that_it_is_being_made(open_page: OpenPage, database: Database, page: str, says: str) -> None:
    number = "e" * 32
    taping.begin(database, recording_id=number, owner=EVERYBODY, name="Live", source="Live.mp4", settings={})
    app = open_page(page.removeprefix("pages/"), recording=number)
    assert says in said(app)
    assert "Cancel" not in labels(app)


def test_the_library_says_so_too(open_page: OpenPage, database: Database) -> None:
    taping.begin(database, recording_id="e" * 32, owner=EVERYBODY, name="Live", source="Live.mp4", settings={})
    app = open_page("library.py")
    assert app.dataframe[0].value["Mostly"].tolist() == ["Recording now"]
