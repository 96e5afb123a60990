"""The choices in the sidebar: the settings of this server, changed for this person."""

from __future__ import annotations

from typing import Any

import streamlit as st

from emotion.settings import DetectorName, Layer, Settings
from emotion.web.state import session

DETECTORS = {DetectorName.MTCNN: "MTCNN (finds more, fewer mistakes)", DetectorName.HAAR: "Haar cascade (classic)"}
LAYERS = {
    Layer.BOXES: "Boxes",
    Layer.LABELS: "Emotion",
    Layer.NUMBERS: "Number of the face",
    Layer.LANDMARKS: "Landmarks",
}


def choose(*, recorded: bool) -> Settings:
    """Draws the choices into the sidebar and returns the settings that follow; ``recorded`` adds those for files.

    They hold on every page until the person changes them. Raises SettingsError.
    """
    now = session().settings
    with st.sidebar:
        st.subheader("Finding faces")
        st.radio("Detector", list(DETECTORS), format_func=DETECTORS.__getitem__, **_bound("detector"))
        st.slider(
            "Smallest face",
            min_value=min(20, now.min_face_px),
            max_value=max(200, now.min_face_px),
            format="%d px",
            help="Side of the smallest face to look for. Larger is faster and finds fewer people in the background.",
            **_bound("min_face_px"),
        )
        if recorded:
            st.slider("Analyse every N-th frame", min_value=1, max_value=max(30, now.every), **_bound("every"))
        st.subheader("Showing")
        st.slider(
            "Smoothing",
            min_value=0.0,
            max_value=max(2.0, now.smoothing_s),
            step=0.1,
            format="%.1f s",
            help="Calms the scores over time. At 0 every frame stands for itself.",
            **_bound("smoothing_s"),
        )
        st.pills(
            "Drawn over the video",
            list(LAYERS),
            selection_mode="multi",
            format_func=LAYERS.__getitem__,
            **_bound("layers"),
        )
    return session().settings


def _bound(name: str) -> dict[str, Any]:
    """Ties a widget to a setting of this session, which outlives the widget: Streamlit forgets those of other pages."""
    key = f"option-{name}"
    value = getattr(session().settings, name)
    st.session_state[key] = [layer for layer in LAYERS if layer in value] if name == "layers" else value
    return {"key": key, "on_change": _take, "args": (name,)}


def _take(name: str) -> None:
    mine = session()
    mine.settings = mine.settings.but(**{name: st.session_state[f"option-{name}"]})
