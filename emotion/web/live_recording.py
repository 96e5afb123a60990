"""Record on the Live page: a button, a badge while it is on, and where the recording lies afterwards."""

from __future__ import annotations

import datetime
import zoneinfo
from functools import partial

import streamlit as st

from emotion.jobs.inbox import in_gb
from emotion.jobs.limits import Allowance
from emotion.jobs.progress import duration
from emotion.live.library_entry import GONE
from emotion.live.recorder import Recorder
from emotion.live.recording_writer import Status
from emotion.live.session import LiveSession
from emotion.web import live_seat, rights, routes, state
from emotion.web.telling import attempting
from emotion.web.text import plain

# To have everything on the disk takes a moment; who pressed Stop waits for the link to it.
END_S = 5.0


def record_button(session: LiveSession | None, source_name: str) -> None:
    """Begins and ends a recording. Draws nothing where recording is not offered."""
    if not state.settings().live_record:
        return
    if (recorder := _running(session)) is not None:
        st.button(
            "Stop recording",
            key="record-stop",
            icon=":material/stop_circle:",
            on_click=partial(_stop, session, recorder),
            help="Ends the recording; the picture goes on.",
        )
        return
    st.button(
        "Record",
        key="record",
        icon=":material/radio_button_checked:",
        disabled=session is None,
        on_click=attempting(partial(_begin, session, source_name)),
        help="Keeps the picture and what is seen in it in the library, from now on. Before that nothing is stored.",
    )


def badge() -> None:
    """A red sign with the time while a recording is on; nothing else. For a fragment that is drawn again and again."""
    recorder = state.session().live.recorder
    if recorder is None:
        # A fragment that draws nothing is taken out of the page, and those after it lose their places.
        st.empty()
        return
    status = recorder.status()
    if recorder.ending:
        # Ended by itself: the whole page says so.
        st.rerun()
    lost = f", {status.lost} pictures lost" if status.lost else ""
    st.markdown(
        f":red-badge[:material/radio_button_checked: REC {duration(status.seconds)}] "
        f":small[{in_gb(status.size_bytes)}{lost}]"
    )


def aftermath() -> None:
    """What came of the last recording, until another begins."""
    recorded = state.session().live.recorded
    if recorded is not None:
        _tell(recorded)


def _running(session: LiveSession | None) -> Recorder | None:
    """The recorder that is still on. One that has ended, or whose session has, is put away; what came of it is kept."""
    live = state.session().live
    recorder = live.recorder
    if recorder is not None and (session is None or recorder.ending):
        recorder.close()
        recorder.wait(END_S)
        live.recorder, live.recorded = None, recorder.status()
    return live.recorder


def _begin(session: LiveSession | None, source_name: str) -> None:
    if session is None:
        return
    mine = state.session()
    if mine.live.recorder is not None:
        # Streamlit may tell of one click twice.
        return
    Allowance.of(state.database(), session.settings, rights.maker()).must_have_room()
    facts = {
        "source": source_name,
        "consent": mine.consent.as_facts() if mine.consent else None,
    }
    mine.live.recorder = Recorder.begin(
        state.database(),
        session.settings,
        owner=state.person(),
        name=_name(),
        facts=facts,
        privacy=lambda: session.guarded,
        facts_at_end=partial(_facts_at_end, session),
    )
    mine.live.recorded = None
    session.attach(mine.live.recorder)
    live_seat.note(recorded=True)


def _stop(session: LiveSession | None, recorder: Recorder) -> None:
    if session is not None:
        session.detach(recorder)
    recorder.close()
    recorder.wait(END_S)


def _facts_at_end(session: LiveSession) -> dict[str, object]:
    return {"neutral_faces": session.baseline.facts()}


def _name() -> str:
    """By the clock on the person's wall; a colon has no place in the name of a file."""
    try:
        zone = zoneinfo.ZoneInfo(st.context.timezone or "UTC")
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        zone = zoneinfo.ZoneInfo("UTC")
    return f"Live {datetime.datetime.now(zone):%Y-%m-%d %H.%M.%S}"


def _tell(status: Status) -> None:
    if status.message:
        st.warning(plain(status.message), icon=":material/radio_button_unchecked:")
    if not status.frames or status.message == GONE:
        return
    lost = f" {status.lost} pictures were lost, because the server was too slow." if status.lost else ""
    st.success(
        f"Recorded {duration(status.seconds)}, {in_gb(status.size_bytes)}. Its videos and tables are made now.{lost}",
        icon=":material/check_circle:",
    )
    st.page_link(
        routes.RECORDING,
        label="To the recording",
        icon=":material/monitoring:",
        query_params=routes.of_recording(status.recording_id),
    )
