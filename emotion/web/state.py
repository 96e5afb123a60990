"""The one owner of what a person's session remembers, and of what all sessions share."""

from __future__ import annotations

import atexit
import secrets
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from emotion.jobs.housekeeping import Housekeeper
from emotion.jobs.runner import Job, Runner
from emotion.settings import Settings

# In the page's address, so that a reloaded page finds its jobs again. Whoever has the address has the results.
PARAMETER = "session"


@dataclass(slots=True)
class Session:
    """One person's work. It outlives a reload of the page, and ends with the server."""

    token: str
    settings: Settings
    """As chosen in the sidebar."""
    jobs: list[Job] = field(default_factory=list)
    opened: Path | None = None
    """The result that is shown."""
    upload_round: int = 0
    """Part of the upload widget's key: a new number empties the widget and frees its memory."""


def session() -> Session:
    """This person's session: the one named in the address, or a new one. Raises SettingsError."""
    known = _sessions()
    if "emotion_session" not in st.session_state:
        token = st.query_params.get(PARAMETER, "")
        st.session_state["emotion_session"] = known.get(token) or Session(secrets.token_urlsafe(16), settings())
    found: Session = st.session_state["emotion_session"]
    if found.jobs:
        known[found.token] = found
        st.query_params[PARAMETER] = found.token
    return found


@st.cache_resource(show_spinner=False)
def settings() -> Settings:
    """The server's settings: the environment as it was when the first page opened. Raises SettingsError."""
    return Settings.load()


@st.cache_resource(show_spinner=False)
def runner() -> Runner:
    """The analyses of everybody on this server, one at a time."""
    made = Runner()
    atexit.register(made.close)
    return made


@st.cache_resource(show_spinner=False)
def housekeeper() -> Housekeeper:
    """The server's data folder. Raises OutputError."""
    made = Housekeeper(settings().data_dir, keep_hours=settings().keep_hours)
    made.start()
    atexit.register(made.close)
    return made


@st.cache_resource(show_spinner=False)
def _sessions() -> dict[str, Session]:
    return {}
