"""The one owner of what a person's session remembers, and of what all sessions share."""

from __future__ import annotations

import atexit
import secrets
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from emotion.files import safe_name
from emotion.jobs.runner import Job, Runner
from emotion.settings import Settings


@dataclass(slots=True)
class Session:
    """One browser tab. Not shared, so it may change."""

    folder: Path
    jobs: list[Job] = field(default_factory=list)
    opened: Path | None = None
    """The result that is shown."""
    upload_round: int = 0
    """Part of the upload widget's key: a new number empties the widget and frees its memory."""

    def result_folder(self, source: Path) -> Path:
        """Where the results of ``source`` go: named after it, in a folder that no other recording has."""
        return self.folder / "results" / secrets.token_hex(8) / safe_name(source.stem)


def session() -> Session:
    """This tab's session; it begins with the first call."""
    if "emotion_session" not in st.session_state:
        folder = settings().data_dir / "sessions" / secrets.token_urlsafe(16)
        st.session_state["emotion_session"] = Session(folder)
    found: Session = st.session_state["emotion_session"]
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


def sweep(data_dir: Path, *, keep_hours: float, now: float | None = None) -> None:
    """Deletes what sessions left behind longer than ``keep_hours`` ago."""
    oldest = (time.time() if now is None else now) - keep_hours * 3600
    for folder in data_dir.glob("sessions/*"):
        # A new upload or result changes the time of the folder that it lies in.
        if max(inside.stat().st_mtime for inside in (folder, *folder.iterdir())) < oldest:
            shutil.rmtree(folder, ignore_errors=True)
