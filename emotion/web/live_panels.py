"""What stands beside and below the camera's picture. Drawn anew twice a second, inside fragments."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from emotion.jobs.progress import duration
from emotion.live.session import LiveSession, Snapshot
from emotion.report import charts
from emotion.types import UNCERTAIN, Emotion, Face

Labels = Mapping[Emotion, str]

REFRESH_S = 0.5
# A camera sends many frames a second; this long without one, something is wrong.
STALLED_S = 3.0
# Four numbers in a row on a desk, two by two on a telephone.
NUMBER_PX = 170


def now_panel(session: LiveSession | None, labels: Labels) -> None:
    """The main face at this moment: its dominant emotion and its seven scores."""
    if session is None:
        st.info(
            "Press Start and allow the camera. You see your face with its emotion, and what the emotions add up to. "
            "Nothing is stored.",
            icon=":material/videocam:",
        )
        return
    snapshot = session.snapshot()
    face = snapshot.analysis.main_face if snapshot.analysis else None
    st.metric("Now", _in_a_word(face, labels) if face else "–")
    st.altair_chart(
        charts.score_bars(face.scores if face else None, labels=labels),
        key="live-bars",
        width="stretch",
        alt="Scores of the main face now",
    )
    st.caption(_advice(snapshot))


def session_panel(session: LiveSession | None, labels: Labels) -> None:
    """The session so far: counts, rates, and what the emotions add up to."""
    if session is None:
        return
    snapshot = session.snapshot()
    with st.container(horizontal=True):
        for label, value, meaning in _numbers(snapshot):
            st.metric(label, value, help=meaning, width=NUMBER_PX)
    st.markdown("**Since start**: score × seconds of the main face")
    st.altair_chart(
        charts.cumulative_lines([(point.time_s, point.totals) for point in snapshot.cumulative], labels=labels),
        key="live-cumulative",
        width="stretch",
        alt="Cumulative score of each emotion since the start",
    )


def _in_a_word(face: Face, labels: Labels) -> str:
    if face.label == UNCERTAIN:
        return UNCERTAIN.title()
    emotion = Emotion(face.label)
    return f"{labels.get(emotion, emotion.value).title()} {face.scores[emotion]:.2f}"


def _numbers(snapshot: Snapshot) -> list[tuple[str, str, str]]:
    faces = len(snapshot.analysis.faces) if snapshot.analysis else 0
    return [
        ("Faces in view", str(faces), "People found in the latest picture."),
        (
            "Analysed per second",
            f"{snapshot.frames_per_second:.0f}",
            "Pictures of the camera that were looked at, per second.",
        ),
        (
            "Delay per frame",
            f"{snapshot.delay_ms:.0f} ms",
            "From a picture's arrival at the server to its return, without the way through the network.",
        ),
        ("Since start", duration(snapshot.elapsed_s), "Time since the first picture."),
    ]


def _advice(snapshot: Snapshot) -> str:
    if snapshot.failures:
        return (
            f"{snapshot.failures} pictures in a row could not be analysed. "
            "Ask whoever runs this server to look at its log."
        )
    if snapshot.analysis is None:
        return "Waiting for the first picture of the camera."
    if snapshot.quiet_s > STALLED_S:
        return "No picture has come for a while. Check the camera and the network, or press Stop and Start again."
    if not snapshot.analysis.faces:
        return "No face in view. Look into the camera, come closer, and let light fall on your face."
    if len(snapshot.analysis.faces) > 1:
        return "Scores of the largest face."
    return f"Picture {snapshot.frames} analysed."
