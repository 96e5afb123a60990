"""What stands beside and below the camera's picture. Drawn anew twice a second, inside fragments."""

from __future__ import annotations

import streamlit as st

from emotion.jobs.progress import duration
from emotion.live.session import LiveSession, Snapshot
from emotion.report import charts

REFRESH_S = 0.5
# A camera sends many frames a second; this long without one, something is wrong.
STALLED_S = 3.0


def now_panel(session: LiveSession | None) -> None:
    """The main face at this moment: its dominant emotion and its seven scores."""
    snapshot = session.snapshot() if session else None
    face = snapshot.analysis.main_face if snapshot and snapshot.analysis else None
    scores = face.scores if face else None
    dominant = scores.dominant if scores else None
    st.metric("Now", f"{dominant.title()} {scores[dominant]:.2f}" if scores and dominant else "–")
    st.altair_chart(charts.score_bars(scores), key="live-bars", width="stretch", alt="Scores of the main face now")
    st.caption(_advice(snapshot))


def session_panel(session: LiveSession | None) -> None:
    """The session so far: counts, rates, and what the emotions add up to."""
    snapshot = session.snapshot() if session else None
    for column, (label, value, meaning) in zip(st.columns(4), _numbers(snapshot), strict=True):
        column.metric(label, value, help=meaning)
    st.markdown("**Since start**: score × seconds of the main face")
    points = snapshot.cumulative if snapshot else ()
    st.altair_chart(
        charts.cumulative_lines([(point.time_s, point.totals) for point in points]),
        key="live-cumulative",
        width="stretch",
        alt="Cumulative score of each emotion since the start",
    )


def _numbers(snapshot: Snapshot | None) -> list[tuple[str, str, str]]:
    faces = len(snapshot.analysis.faces) if snapshot and snapshot.analysis else 0
    return [
        ("Faces in view", str(faces) if snapshot else "–", "People found in the latest picture."),
        (
            "Analysed per second",
            f"{snapshot.frames_per_second:.0f}" if snapshot else "–",
            "Pictures of the camera that were looked at, per second.",
        ),
        (
            "Delay per frame",
            f"{snapshot.delay_ms:.0f} ms" if snapshot else "–",
            "From a picture's arrival at the server to its return, without the way through the network.",
        ),
        ("Since start", duration(snapshot.elapsed_s) if snapshot else "–", "Time since the first picture."),
    ]


def _advice(snapshot: Snapshot | None) -> str:
    if snapshot is None:
        return "Press Start and allow the camera. Nothing is stored."
    if snapshot.analysis is None:
        return "Waiting for the first picture of the camera."
    if snapshot.quiet_s > STALLED_S:
        return "No picture has come for a while. Check the camera and the network, or press Stop and Start again."
    if snapshot.errors:
        return f"{snapshot.errors} pictures could not be analysed; the server's log says why."
    if not snapshot.analysis.faces:
        return "No face in view. Look into the camera, come closer, and let light fall on your face."
    if len(snapshot.analysis.faces) > 1:
        return "Scores of the largest face."
    return f"Picture {snapshot.frames} analysed."
