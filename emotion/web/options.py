"""The choices in the sidebar: the settings of this server, changed for this person."""

from __future__ import annotations

import streamlit as st

from emotion.settings import DetectorName, Layer, Settings

DETECTORS = {DetectorName.MTCNN: "MTCNN (finds more, fewer mistakes)", DetectorName.HAAR: "Haar cascade (classic)"}
LAYERS = {
    Layer.BOXES: "Boxes",
    Layer.LABELS: "Emotion",
    Layer.NUMBERS: "Number of the face",
    Layer.LANDMARKS: "Landmarks",
}


def choose(settings: Settings, *, recorded: bool) -> Settings:
    """Draws the choices into the sidebar and returns the settings that follow; ``recorded`` adds those for files."""
    with st.sidebar:
        st.subheader("Finding faces")
        detector = st.radio(
            "Detector",
            list(DETECTORS),
            format_func=DETECTORS.__getitem__,
            index=list(DETECTORS).index(settings.detector),
        )
        min_face_px = st.slider(
            "Smallest face",
            min_value=20,
            max_value=200,
            step=5,
            value=min(max(settings.min_face_px, 20), 200),
            format="%d px",
            help="Side of the smallest face to look for. Larger is faster and finds fewer people in the background.",
        )
        every = st.slider("Analyse every N-th frame", 1, 30, min(settings.every, 30)) if recorded else settings.every
        st.subheader("Showing")
        smoothing_s = st.slider(
            "Smoothing",
            min_value=0.0,
            max_value=2.0,
            step=0.1,
            value=min(settings.smoothing_s, 2.0),
            format="%.1f s",
            help="Calms the scores over time. At 0 every frame stands for itself.",
        )
        layers = st.pills(
            "Drawn over the video",
            list(LAYERS),
            selection_mode="multi",
            format_func=LAYERS.__getitem__,
            default=[layer for layer in LAYERS if layer in settings.layers],
        )
    return settings.but(
        detector=detector,
        min_face_px=min_face_px,
        every=every,
        smoothing_s=smoothing_s,
        layers=frozenset(layers),
    )
