"""The one owner of what a person's session remembers, and of what all sessions share.

A session remembers choices only. What a person made lies in the database, so a closed tab, a reloaded page and another
browser find it again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from emotion.access.values import EVERYBODY, Identity
from emotion.errors import NotSignedIn
from emotion.live.consent import Consent
from emotion.live.desk import Desk
from emotion.live.quality import SILENCE, Advice
from emotion.live.values import Snapshot
from emotion.settings import Settings
from emotion.settings.auth import Auth
from emotion.store.database import Database
from emotion.web import sessions, sign_in
from emotion.web.links import Links

if TYPE_CHECKING:
    # What encodes videos, what calls webhooks: imported by whoever does.
    from emotion.live.events import Events
    from emotion.live.recorder import Recorder
    from emotion.live.recording_writer import Status


# Nobody presses the same button twice within this time and means it.
ECHO_S = 0.3


@dataclass(slots=True)
class Choice:
    """Where the live pictures come from, as chosen; see web/live_source.py."""

    place: str = "camera"
    device: str = ""
    """A camera of the browser; empty is the browser's own choice."""
    size: str = "640 × 480"
    rate: int = 30
    video: str = ""
    """A recording's id, or a path in the server's folder."""
    again: bool = True
    """Whether a recorded video begins anew at its end."""
    attached: str = ""
    """A camera of the server, by its name."""


@dataclass(slots=True)
class Live:
    """What one person chose on the Live page."""

    source: Choice = field(default_factory=Choice)
    wanted: bool = False
    """Whether the stream shall play: Start sets it; Stop, a stream that ended and a lost seat take it back."""
    note: str = ""
    """Why it stopped by itself, a sentence; the next start clears it."""
    everybody: bool = False
    """Whether the bars of all faces are shown instead of one face's."""
    advice: Advice = SILENCE
    """What was last said about how well it works, so that it changes calmly."""
    events: Events | None = None
    """The rules at work in the running session."""
    recorder: Recorder | None = None
    """The recording that is on."""
    recorded: Status | None = None
    """What came of the last one, until another begins."""
    last: Snapshot | None = None
    """Of the running session a moment ago, or of the one that ended, until another begins."""


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
    live: Live = field(default_factory=Live)
    consent: Consent | None = None
    """The answer to what stands before the first start; None before it."""
    rules: str | None = None
    """What a person wrote as rules for live events; None is the server's own."""
    opened: set[tuple[str, str]] = field(default_factory=set)
    """Recordings, and the links that show them, of which the audit log knows."""
    _jumps: dict[str, tuple[float, int]] = field(default_factory=dict)
    _links: dict[Hashable, tuple[str, float]] = field(default_factory=dict)
    _clicks: dict[str, float] = field(default_factory=dict)

    def is_new_click(self, button: str) -> bool:
        """Whether a callback is told of this click for the first time. While parts of a page refresh themselves,
        Streamlit may call a button's callback twice for one click (1.67: 25 ms apart, one in ten)."""
        now_s = time.monotonic()
        last_s, self._clicks[button] = self._clicks.get(button, -ECHO_S), now_s
        return now_s - last_s >= ECHO_S

    def lasting(self, key: Hashable, make: Callable[[], str], lasts_s: float) -> str:
        """What ``make`` gave for ``key``, for ``lasts_s``: a video whose address changed would be loaded again."""
        now_s = time.monotonic()
        if self._links.get(key, ("", 0.0))[1] < now_s:
            self._links = {other: link for other, link in self._links.items() if link[1] >= now_s}
            self._links[key] = make(), now_s + lasts_s
        return self._links[key][0]

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


@st.cache_resource(show_spinner=False, on_release=Desk.close)
def desk() -> Desk:
    """Gives out the places of this server's live sessions. Raises SettingsError."""
    made = Desk(settings())
    made.start()
    return made


def identity() -> Identity:
    """Who looks at this page; the guard found out (``http/guard.py``). Raises NotSignedIn, SettingsError."""
    found = EVERYBODY if settings().auth is Auth.NONE else sign_in.visit().identity
    if found is None:
        raise NotSignedIn
    sessions.belongs_to(found.key)
    return found


def person() -> str:
    """Whose recordings these are. Raises NotSignedIn, SettingsError."""
    return identity().key


def links() -> Links:
    """Makes this server's links to files. Raises OutputError."""
    return _links(str(st.get_option("server.baseUrlPath") or ""))


@st.cache_resource(show_spinner=False)
def _links(base: str) -> Links:
    return Links.of(settings(), base)
