"""The row of buttons below the live picture."""

from __future__ import annotations

import datetime

import streamlit as st

from emotion.jobs.progress import duration
from emotion.live.session import LiveSession
from emotion.report.still import png
from emotion.web import live_recording, live_seat, sessions, state
from emotion.web.live_baseline import neutral_button
from emotion.web.stream import Stream

# Until the first picture is there, a snapshot cannot be taken; then this looks no more.
LOOK_S = 0.5
MOMENT_PX = 400
SNAPSHOT = "snapshot {:%Y-%m-%d}.png"


def controls(stream: Stream, source_name: str) -> None:
    """Start or Stop, Record, Marker, Snapshot, Neutral face."""
    session = stream.session
    waiting = session is not None and session.picture() is None
    with st.container(horizontal=True, key="live-controls", gap="small"):
        _start_or_stop()
        live_recording.record_button(session, source_name)
        # As wide as its buttons, so that on a telephone it goes to the next line whole.
        with st.container(width=MOMENT_PX):
            st.fragment(run_every=LOOK_S if waiting else None)(_of_the_moment)(session, waiting)


def _of_the_moment(session: LiveSession | None, waiting: bool) -> None:
    """What is done to the picture that is there just now. A fragment: the rest of the page stays as it is."""
    picture = session.picture() if session else None
    if waiting and picture is not None:
        st.rerun()
    with st.container(horizontal=True, gap="small"):
        _marker(session)
        _snapshot_button(session, ready=picture is not None)
        neutral_button(session)


def _start_or_stop() -> None:
    if state.session().live.wanted:
        st.button("Stop", key="live-stop", type="primary", icon=":material/stop:", on_click=live_seat.leave)
    else:
        st.button("Start", key="live-start", type="primary", icon=":material/play_arrow:", on_click=_start)


def _start() -> None:
    live = state.session().live
    live.wanted, live.note, live.last, live.recorded = True, "", None, None


def _marker(session: LiveSession | None) -> None:
    st.button(
        "Marker",
        key="live-marker",
        icon=":material/bookmark_add:",
        shortcut="m",
        disabled=session is None,
        on_click=_mark,
        args=(session,),
        help="Sets a marker at this moment. It stays with a recording.",
    )


def _snapshot_button(session: LiveSession | None, *, ready: bool) -> None:
    person = state.person()
    st.download_button(
        "Snapshot",
        key="live-snapshot",
        icon=":material/photo_camera:",
        data=lambda: sessions.handed_out(person, _snapshot(session)),
        file_name=SNAPSHOT.format(datetime.date.today()),
        mime="image/png",
        disabled=not ready,
        on_click="ignore",
        help="Downloads the latest picture as you see it. Nothing is kept on the server.",
    )


def _snapshot(session: LiveSession | None) -> bytes:
    """Made when the button is pressed, in a thread of Streamlit's."""
    picture = session.picture() if session else None
    return png(picture) if picture is not None else b""


def _mark(session: LiveSession) -> None:
    if state.session().is_new_click("marker"):
        session.mark()
    # Told again, it says so again: the first word may have been lost with the run that was broken off.
    for marker in session.snapshot().markers[-1:]:
        st.toast(f"Marker at {duration(marker.time_s)}.", icon=":material/bookmark_added:")
