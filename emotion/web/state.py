"""The one owner of what a person's session remembers, and of what all sessions share.

A session remembers choices only. What a person made lies in the database, so a closed tab, a reloaded page and another
browser find it again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st

from emotion.settings import Settings
from emotion.store.database import Database
from emotion.web.links import EVERYBODY, Links


@dataclass(slots=True)
class Session:
    """What one person chose. It ends with the tab."""

    settings: Settings
    complaint: str = ""
    """Why the last choice cannot be; empty if it can."""
    table_round: int = 0
    """Part of the key of the library's table: a new number forgets which rows were ticked."""
    watching: bool = False
    """Whether the queue looks again every second."""
    chosen: dict[str, int] = field(default_factory=dict)
    """Recording -> the person whose numbers are shown."""
    _jumps: dict[str, tuple[float, int]] = field(default_factory=dict)

    def go_to(self, recording_id: str, time_s: float) -> None:
        """The recording's player goes there when it is drawn again."""
        self._jumps[recording_id] = (time_s, self._jumps.get(recording_id, (0.0, 0))[1] + 1)

    def seek(self, recording_id: str) -> tuple[float, int] | None:
        """Where the player shall go, and a number that is new for every such wish."""
        return self._jumps.get(recording_id)


def session() -> Session:
    """This person's session. Raises SettingsError."""
    if "emotion_session" not in st.session_state:
        st.session_state["emotion_session"] = Session(settings())
    found: Session = st.session_state["emotion_session"]
    return found


@st.cache_resource(show_spinner=False)
def settings() -> Settings:
    """The server's settings: the environment as it was when the first page opened. Raises SettingsError."""
    return Settings.load()


@st.cache_resource(show_spinner=False, on_release=Database.close)
def database() -> Database:
    """The database of this server process; any thread may use it. Raises StoreError, OutputError, SettingsError."""
    return Database.open(settings())


def person() -> str:
    """Whose recordings these are. Before sign-in everybody is one person."""
    return EVERYBODY


def links() -> Links:
    """Makes this server's links to files. Raises OutputError."""
    return _links(str(st.get_option("server.baseUrlPath") or ""))


@st.cache_resource(show_spinner=False)
def _links(base: str) -> Links:
    return Links.of(settings(), base)
