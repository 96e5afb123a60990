"""A server's data folder with recordings in it, as workers would have left them, and pages opened on it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import streamlit as st
from shelf import AddRecording, OpenPage, add_done, add_waiting
from streamlit.testing.v1 import AppTest

from emotion.settings import Settings
from emotion.store.database import Database

NAVIGATION = str(Path(__file__).parents[2] / "pages" / "navigation.py")
TIMEOUT_S = 120


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
    return partial(add_waiting, database, settings)


@pytest.fixture
def done(database: Database, settings: Settings) -> AddRecording:
    """Adds a recording with results: a frame a second, of one face, or of as many as there are rows of moods."""
    return partial(add_done, database, settings)
