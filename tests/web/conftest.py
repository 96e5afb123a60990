"""A server's data folder with recordings in it, as workers would have left them, and pages opened on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from shelf import AddRecording, Moods, OpenPage, facts_of, finish, timeline_of
from streamlit.testing.v1 import AppTest

from emotion.jobs.artefacts import save_facts, save_tables
from emotion.settings import Settings
from emotion.store import recordings
from emotion.store.database import Database
from emotion.store.places import Places
from emotion.store.values import Origin, Recording
from emotion.web.links import EVERYBODY

NAVIGATION = str(Path(__file__).parents[2] / "pages" / "navigation.py")
TIMEOUT_S = 30


@pytest.fixture(autouse=True)
def fresh_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("EMOTION_DATA_DIR", str(tmp_path))
    st.cache_resource.clear()
    st.cache_data.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture
def settings() -> Settings:
    return Settings.load()


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    with Database.open(settings) as opened:
        yield opened


@pytest.fixture
def open_page() -> OpenPage:
    """Opens a page, with what stands in its address, and lets nothing but an error of its own pass."""

    def open_page(page: str | None = None, **query: str) -> AppTest:
        app = AppTest.from_file(NAVIGATION, default_timeout=TIMEOUT_S)
        for name, value in query.items():
            app.query_params[name] = value
        app.run() if page is None else app.switch_page(page).run()
        assert not app.exception
        return app

    return open_page


@pytest.fixture
def waiting(database: Database, settings: Settings) -> AddRecording:
    """Adds a recording that nobody has begun with."""

    def add(name: str = "talk.mp4") -> Recording:
        return recordings.add(
            database,
            owner=EVERYBODY,
            name=name,
            origin=Origin.UPLOAD,
            source=name,
            size_bytes=300_000,
            settings=settings.for_a_job(),
        )

    return add


@pytest.fixture
def done(database: Database, settings: Settings, waiting: AddRecording) -> AddRecording:
    """Adds a recording with results: a frame a second, of one face, or of as many as there are rows of moods."""

    def add(*moods: Moods, name: str = "talk.mp4", **kept: Any) -> Recording:
        recording = waiting(name)
        folder = Places(settings.data_dir).results(recording.id)
        folder.mkdir(parents=True)
        timeline = timeline_of(*moods, person=kept.get("face", 0))
        facts = facts_of(timeline, name, settings.but(**kept))
        save_tables(folder, timeline)
        save_facts(folder, facts)
        return finish(database, recording, facts)

    return add
