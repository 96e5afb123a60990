"""Choices: the settings of this server, changed for this person."""

from __future__ import annotations

import re
from typing import Any

import streamlit as st

from emotion.errors import SettingsError
from emotion.jobs.progress import duration
from emotion.settings import DetectorName, Layer, Privacy, Settings
from emotion.vision import bundled
from emotion.web.state import session
from emotion.web.text import plain

DETECTORS = {DetectorName.MTCNN: "MTCNN (finds more, fewer mistakes)", DetectorName.HAAR: "Haar cascade (classic)"}
LAYERS = {
    Layer.BOXES: "Boxes",
    Layer.LABELS: "Emotion",
    Layer.NUMBERS: "Number of the face",
    Layer.LANDMARKS: "Landmarks",
    Layer.BARS: "Bars",
}
PRIVACY = {Privacy.NONE: "Nobody", Privacy.ALL: "Everybody", Privacy.OTHERS: "All but the chosen face"}
BLURRED_LIVE = (
    "Faces are blurred before anything is shown or kept, and stay so for a second after they are lost from sight. "
    "A face that is not found cannot be blurred. Whoever is the largest face at the start is spared until you choose "
    "somebody else."
)
BLURRED_VIDEOS = (
    "Faces are blurred in the annotated and in the merged video. A face that is not found cannot be blurred, and the "
    "video itself stays as you gave it. Spared is the face that the charts follow, or who is most often the largest."
)
MODELS = {bundled.OURS: "our own network", bundled.FER: "FER (2017)"}


def choose() -> Settings:
    """Draws the choices for the camera into the sidebar and returns the settings that follow.

    They hold on every page until the person changes them. Raises SettingsError.
    """
    session().complaint = ""
    with st.sidebar:
        st.subheader("Finding faces")
        _detector()
        _smallest_face()
        st.subheader("Showing")
        _smoothing()
        _layers()
        _privacy(BLURRED_LIVE)
    return session().settings


def choose_for_videos() -> Settings:
    """The same for recorded videos, in a part of the page that opens; closed, it says what is chosen."""
    with st.expander(_in_short(session().settings), icon=":material/tune:"):
        finding, range_, showing = st.columns(3, gap="large")
        with finding:
            _detector()
            _model()
            _smallest_face()
        with range_:
            _every()
            _range()
            _region()
        with showing:
            _face()
            _smoothing()
            _layers()
            _privacy(BLURRED_VIDEOS)
    _complain()
    return session().settings


def _detector() -> None:
    st.radio("Detector", list(DETECTORS), format_func=DETECTORS.__getitem__, **_bound("detector"))


def _model() -> None:
    models = list(dict.fromkeys([*MODELS, session().settings.model]))
    st.selectbox("Emotion network", models, format_func=_model_name, **_bound("model"))


def _smallest_face() -> None:
    now = session().settings
    st.slider(
        "Smallest face",
        min_value=min(20, now.min_face_px),
        max_value=max(200, now.min_face_px),
        format="%d px",
        help="Side of the smallest face to look for. Larger is faster and finds fewer people in the background.",
        **_bound("min_face_px"),
    )


def _smoothing() -> None:
    st.slider(
        "Smoothing",
        min_value=0.0,
        max_value=max(2.0, session().settings.smoothing_s),
        step=0.1,
        format="%.1f s",
        help="Calms the scores over time. At 0 every frame stands for itself.",
        **_bound("smoothing_s"),
    )


def _layers() -> None:
    st.pills(
        "Drawn over the video",
        list(LAYERS),
        selection_mode="multi",
        format_func=LAYERS.__getitem__,
        **_bound("layers"),
    )


def _privacy(meaning: str) -> None:
    st.selectbox("Blurred faces", list(PRIVACY), format_func=PRIVACY.__getitem__, help=meaning, **_bound("privacy"))


def _every() -> None:
    st.number_input(
        "Analyse every N-th frame",
        min_value=1,
        max_value=10_000,
        help="5 is about five times as fast; the boxes move in between.",
        **_bound("every"),
    )


def _range() -> None:
    begin, end = st.columns(2)
    begin.number_input("From (seconds)", min_value=0.0, step=1.0, format="%g", **_bound("from_s"))
    end.number_input("To (seconds)", min_value=0.0, step=1.0, format="%g", placeholder="the end", **_bound("to_s"))


def _region() -> None:
    st.text_input(
        "Only this part of the picture",
        placeholder="left, top, width, height in pixels",
        help="For example 0, 0, 640, 360. Empty is the whole picture.",
        **_bound("region"),
    )


def _face() -> None:
    st.number_input(
        "Whom the charts follow",
        min_value=0,
        help="A face's number, as it stands beside its box; 0 is the largest face of each frame.",
        **_bound("face"),
    )


def _model_name(model: str) -> str:
    return MODELS.get(model) or re.split(r"[\\/]", model)[-1]


def _in_short(chosen: Settings) -> str:
    parts = [chosen.detector.value.upper(), _model_name(chosen.model)]
    parts.append("every frame" if chosen.every == 1 else f"every {chosen.every} frames")
    if chosen.from_s or chosen.to_s is not None:
        end = "the end" if chosen.to_s is None else duration(chosen.to_s)
        parts.append(f"from {duration(chosen.from_s)} to {end}")
    if chosen.region:
        parts.append("a part of the picture")
    if chosen.privacy is not Privacy.NONE:
        parts.append("faces blurred")
    if chosen.face:
        parts.append(f"face {chosen.face}")
    return plain("Options: " + ", ".join(parts))


def _complain() -> None:
    if session().complaint:
        st.error(plain(session().complaint), icon=":material/error:")


def _bound(name: str) -> dict[str, Any]:
    """Ties a widget to a setting of this session, which outlives the widget: Streamlit forgets those of other pages."""
    key = f"option-{name}"
    if not session().complaint or key not in st.session_state:
        st.session_state[key] = _shown(name, getattr(session().settings, name))
    return {"key": key, "on_change": _take, "args": (name,)}


def _shown(name: str, value: Any) -> Any:
    if name == "layers":
        return [layer for layer in LAYERS if layer in value]
    if name == "region":
        return ", ".join(map(str, value or ()))
    return value


def _taken(name: str, value: Any) -> Any:
    if name == "region":
        return [part for part in re.split(r"[\s,;x]+", value.strip()) if part] or None
    # An empty end is the video's own; 0 would be an end too, of nothing.
    return (value or None) if name == "to_s" else value


def _take(name: str) -> None:
    mine = session()
    try:
        mine.settings = mine.settings.but(**{name: _taken(name, st.session_state[f"option-{name}"])})
        mine.complaint = ""
    except SettingsError as error:
        mine.complaint = str(error)
