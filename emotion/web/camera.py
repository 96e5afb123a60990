"""The browser's cameras: which there are, whether they can be used, and opening the one that was chosen.

The browser's side is ``components/camera``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from emotion.web.component import component

KEY = "camera"

PROBLEMS = {
    "insecure": "Browsers give a page the camera only by HTTPS or on localhost. "
    "Open the dashboard by its https:// address, or ask whoever runs it for one.",
    "missing": "No camera was found. Plug one in, close programs that use it, and press Start.",
    "denied": "The camera is refused for this page. Allow it beside the page's address, then press Start.",
    "busy": "The camera is used by another program. Close that program, then press Start.",
    "unshared": "Nothing was chosen to be shared. Press Start again and choose a screen, a window or a tab.",
    "lost": "The camera is gone. Plug it in again or choose another, then press Start.",
    "ended": "Sharing was stopped in the browser. Press Start to share again.",
    "other": "The browser could not open the camera. Reload the page, then press Start.",
}
# What browsers call it -> what we call it (W3C Media Capture and Streams, section 10.2).
ERRORS = {
    "NotAllowedError": "denied",
    "SecurityError": "denied",
    "NotFoundError": "missing",
    "OverconstrainedError": "missing",
    "NotReadableError": "busy",
    "AbortError": "busy",
    "TypeError": "insecure",
}


@dataclass(frozen=True, slots=True)
class Device:
    """A camera of the browser."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What the browser shall open."""

    turn: int = 0
    """A number that is new at every start; 0 closes."""
    mount: int = 0
    """A number that is new with every new window of the component that sends."""
    kind: str = "camera"
    """Or ``screen``."""
    device: str = ""
    """Empty is the browser's own choice."""
    width: int = 640
    height: int = 480
    rate: int = 30


@dataclass(frozen=True, slots=True)
class Report:
    """What the browser says."""

    devices: tuple[Device, ...] = ()
    """The cameras by name; empty before the person has allowed one for the first time."""
    problem: str = ""
    """Why none could be opened at this moment, one of :data:`PROBLEMS`; empty is no known reason."""
    opened: int = 0
    """The turn for which it is open."""
    failed: int = 0
    """The turn for which it could not be opened (or, if opened before, not be changed), and the error's name."""
    error: str = ""
    lost: int = 0
    """The turn that ended because the camera is gone or sharing was stopped."""

    def why(self, kind: str) -> str:
        """The sentence for :attr:`error`."""
        if kind == "screen":
            return PROBLEMS["unshared"]
        return PROBLEMS[ERRORS.get(self.error, "other")]


def eye(wish: Wish) -> Report:
    """Draws the invisible component that obeys ``wish``; what it says. Call it on every run of its page."""
    result = component("camera", "camera.js")(
        key=KEY, data=asdict(wish), default={"report": None}, on_report_change=_nothing, height=0
    )
    return _read(result)


def report() -> Report:
    """What the browser said last, for whoever draws before :func:`eye` is called."""
    return _read(st.session_state.get(KEY))


def here() -> bool:
    """Whether the last run of the session drew :func:`eye` too; False on coming back from another page."""
    return st.session_state.get(KEY) is not None


def _nothing() -> None:
    """The state counts, not its change; naming it is how a component's state is declared."""


def _read(value: Any) -> Report:
    """The browser may say anything."""
    said = value.get("report") if hasattr(value, "get") else None
    if not isinstance(said, Mapping):
        return Report()
    problem = said.get("problem")
    return Report(
        devices=tuple(_devices(said.get("devices"))),
        problem=problem if problem in PROBLEMS else "",
        opened=_number(said.get("opened")),
        failed=_number(said.get("failed")),
        error=str(said.get("error") or ""),
        lost=_number(said.get("lost")),
    )


def _devices(value: Any) -> list[Device]:
    listed = value if isinstance(value, list) else []
    known = [one for one in listed if isinstance(one, Mapping) and isinstance(one.get("id"), str)]
    return [Device(one["id"], str(one.get("label") or f"Camera {number}")) for number, one in enumerate(known, 1)]


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
