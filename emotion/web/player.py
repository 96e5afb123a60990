"""The player: video, sound and curves on one time axis."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from emotion.notes import Span
from emotion.palette import HEX
from emotion.report.people import MAIN
from emotion.report.traces import Traces
from emotion.types import EMOTIONS, Emotion
from emotion.web.component import component

SCRIPTS = ("scale.js", "curves.js", "marks.js", "player.js")


@dataclass(frozen=True, slots=True)
class Marker:
    """A moment, or a stretch where ``until_s`` is given."""

    time_s: float
    until_s: float | None
    text: str


@dataclass(frozen=True, slots=True)
class PlayerState:
    """What a person did in the player. While the video plays it is as old as its last jump or its pointer leaving."""

    time_s: float
    """Where it stands."""
    range_s: Span | None
    """The stretch that is chosen on the time axis."""
    face: int
    """Whose curves are shown."""


def player(
    video_url: str,
    traces: Traces | Callable[[Span | None], Traces],
    *,
    names: Mapping[int, str] | None = None,
    labels: Mapping[Emotion, str] | None = None,
    face: int = MAIN,
    markers: Sequence[Marker] = (),
    seek: tuple[float, int] | None = None,
    report_every_s: float = 0,
    key: str,
) -> PlayerState:
    """Draws it; what the person did.

    A new state comes when the video stops or jumps, when the pointer leaves the player while it plays, and then every
    ``report_every_s`` seconds too (0 is never): each one runs the page again, or the fragment that this is called in.
    ``seek`` is a time and a number; the video jumps there whenever the number is a new one. ``traces`` may be asked for
    those that suit the chosen stretch.
    """
    if not isinstance(traces, Traces):
        traces = traces(_range((st.session_state.get(key) or {}).get("range_s")))
    data = {
        "video": video_url,
        "times": traces.times_s,
        "end": traces.end_s,
        "faces": [
            {"face": one.face, "name": _name(one.face, names or {}), "scores": one.scores} for one in traces.faces
        ],
        "emotions": [
            {"name": (labels or {}).get(emotion, emotion.value), "color": HEX[emotion]} for emotion in EMOTIONS
        ],
        "face": face,
        "markers": [asdict(marker) for marker in markers],
        "seek": seek,
        "report_every_s": report_every_s,
    }
    result = component("player", *SCRIPTS)(
        key=key,
        data=data,
        on_time_s_change=_nothing,
        on_range_s_change=_nothing,
        on_face_change=_nothing,
    )
    return _state(result, face)


def _nothing() -> None:
    """Streamlit tells of changes only where it has somebody to call."""


def _name(face: int, names: Mapping[int, str]) -> str:
    return "Main face" if face == MAIN else names.get(face, f"Face {face}")


def _state(result: Any, face: int) -> PlayerState:
    """What the browser says; it may say anything."""
    time_s, range_s, chosen = result.get("time_s"), result.get("range_s"), result.get("face")
    return PlayerState(
        time_s=float(time_s) if _is_number(time_s) else 0.0,
        range_s=_range(range_s),
        face=chosen if isinstance(chosen, int) else face,
    )


def _range(value: Any) -> Span | None:
    if isinstance(value, list) and len(value) == 2 and all(_is_number(one) for one in value) and value[0] < value[1]:
        return float(value[0]), float(value[1])
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")
