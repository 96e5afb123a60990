"""Choosing where the live pictures come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from emotion.errors import EmotionError
from emotion.live.sources import AttachedCamera, Feed, Recording, Sample
from emotion.media import library
from emotion.store import recordings
from emotion.store.values import JobState
from emotion.web import camera, rights, state
from emotion.web.http.shelf import SOURCE, Shelf
from emotion.web.text import plain

PLACES = {
    "camera": "My camera",
    "screen": "My screen or a window",
    "video": "A recorded video",
    "attached": "A camera of the server",
    "sample": "A drawn face",
}
SIZES = {"640 × 480": (640, 480), "1280 × 720": (1280, 720)}
RATES = (30, 15)
# A list that people scroll; older ones are found by uploading or naming them anew.
MOST_RECORDINGS = 50
FOLDER_S = 30


@dataclass(frozen=True, slots=True)
class FromBrowser:
    """A camera or the screen of the person's own machine."""

    name: str
    """What a person calls it."""
    kind: str = "camera"
    """Or ``screen``."""
    device: str = ""
    size: tuple[int, int] = (640, 480)
    rate: int = 30


@dataclass(frozen=True, slots=True)
class FromServer:
    """Pictures that the server itself has: the browser needs no camera and gives no permission."""

    name: str
    feed: Feed


Source = FromBrowser | FromServer


def choose() -> Source:
    """Draws the choice; what was chosen. It is remembered for the session, and may change while a stream runs.

    Another camera or size of the browser goes on with the same persons; any other source begins anew.
    """
    st.subheader("Source")
    offered = [place for place in PLACES if place != "attached" or state.settings().cameras]
    st.selectbox("Pictures come from", offered, format_func=PLACES.__getitem__, **_bound("place", offered))
    return _CHOICES[state.session().live.source.place]()


def _camera() -> Source:
    known = {"": "The browser's choice"} | {device.id: device.label for device in camera.report().devices}
    chosen = state.session().live.source
    # A camera that is unplugged stays chosen: it may come back.
    known.setdefault(chosen.device, "A camera that is not there now")
    st.selectbox("Camera", list(known), format_func=known.__getitem__, **_bound("device", list(known)))
    _size_and_rate()
    return FromBrowser("Camera", "camera", chosen.device, SIZES[chosen.size], chosen.rate)


def _screen() -> Source:
    _size_and_rate()
    st.caption("Your browser asks what to share when you press Start. Faces in it are analysed like any others.")
    chosen = state.session().live.source
    return FromBrowser("Screen", "screen", "", SIZES[chosen.size], chosen.rate)


def _size_and_rate() -> None:
    st.segmented_control(
        "Picture size",
        list(SIZES),
        help="Asked of the camera; it may give another. A larger picture shows faces that are farther away.",
        **_bound("size", list(SIZES)),
    )
    st.segmented_control("Pictures per second", list(RATES), **_bound("rate", list(RATES)))


def _video() -> Source:
    there = _videos()
    if not there:
        st.caption("There is no recorded video yet. Upload one on the Videos page; here is a drawn face meanwhile.")
        return _sample()
    st.selectbox("Video", list(there), format_func=there.__getitem__, **_bound("video", list(there)))
    st.toggle("Begin again at its end", **_bound("again", [True, False]))
    chosen = state.session().live.source
    try:
        return FromServer(there[chosen.video], Recording(_path(chosen.video), chosen.again))
    except EmotionError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return _sample()


def _attached() -> Source:
    cameras = {one.name: one.address for one in state.settings().cameras}
    st.selectbox("Camera of the server", list(cameras), **_bound("attached", list(cameras)))
    name = state.session().live.source.attached
    return FromServer(name, AttachedCamera(name, cameras[name]))


def _sample() -> Source:
    return FromServer("Drawn face", Sample())


_CHOICES: dict[str, Callable[[], Source]] = {
    "camera": _camera,
    "screen": _screen,
    "video": _video,
    "attached": _attached,
    "sample": _sample,
}


def _videos() -> dict[str, str]:
    """What can be played: a recording's id, or a path of the server's folder, and its name."""
    done = [one for one in JobState if one is not JobState.RECORDING]
    mine = recordings.find(state.database(), owner=state.person(), states=done, limit=MOST_RECORDINGS)
    folder = state.settings().media_dir
    return {f"id:{one.id}": one.name for one in mine} | {
        f"in:{path}": path for path in (_in_folder(folder) if folder else ())
    }


@st.cache_data(ttl=FOLDER_S, show_spinner=False)
def _in_folder(folder: Path) -> list[str]:
    try:
        return [video.path for video in library.videos(folder)]
    except EmotionError:
        # The Videos page says what is wrong with it.
        return []


def _path(video: str) -> Path:
    kind, _, name = video.partition(":")
    if kind == "id":
        return Shelf(state.settings()).find(rights.mine(name).id, SOURCE)
    folder = state.settings().media_dir
    return library.resolve(folder or Path(), name)


def _bound(name: str, options: list[Any]) -> dict[str, Any]:
    """Ties a widget to the choice of this session, which outlives the widget."""
    chosen = state.session().live.source
    if getattr(chosen, name) not in options:
        setattr(chosen, name, options[0])
    key = f"source-{name}"
    st.session_state[key] = getattr(chosen, name)
    return {"key": key, "on_change": _take, "args": (name,)}


def _take(name: str) -> None:
    value = st.session_state[f"source-{name}"]
    # A segmented control can be emptied by a second click; then the choice stays.
    if value is not None:
        setattr(state.session().live.source, name, value)
