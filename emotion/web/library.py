"""The table of the Library page, and what can be done with the recordings that are ticked in it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from emotion.jobs.tidy import delete
from emotion.settings.auth import Auth
from emotion.store import recordings, shares
from emotion.store.values import JobState, Recording
from emotion.web import glance, rights, routes, state
from emotion.web.telling import attempt
from emotion.web.text import plain

# More than anybody looks through; the search finds the others.
MOST = 500
ROW_PX = glance.CELL_PX[1]
OPEN = "library-open"
DAY = datetime.timedelta(days=1)


def table(found: Sequence[Recording]) -> list[Recording]:
    """Draws the table; a click on a name opens that recording. Those that are ticked."""
    columns, shown = _columns(), {}
    if state.settings().auth is Auth.NONE:
        # Whoever can open the address sees everything as it is.
        columns["Shared until"] = None
    else:
        shown = shares.last_days(state.database(), state.person())
    event = st.dataframe(
        [glance.row(recording, shown.get(recording.id)) for recording in found],
        key=f"library-{state.session().table_round}",
        hide_index=True,
        row_height=ROW_PX,
        height="auto" if len(found) <= 12 else 14 * ROW_PX,
        placeholder="–",
        on_select="rerun",
        selection_mode="multi-row",
        column_config=columns,
        alt="All recordings",
    )
    clicked = st.session_state.get(OPEN)
    if clicked and clicked["row"] < len(found):
        routes.open_recording(found[clicked["row"]].id)
    return [found[place] for place in event["selection"]["rows"] if place < len(found)]


def _columns() -> dict[str, Any]:
    zone = st.context.timezone
    return {
        "Name": st.column_config.ButtonColumn(
            pinned=True,
            width="medium",
            alignment="left",
            type="tertiary",
            key=OPEN,
            help="A click opens the recording.",
        ),
        "Over time": st.column_config.ImageColumn(
            width=glance.CELL_PX[0], help="Which emotion the main face showed, from start to end."
        ),
        "Mostly": st.column_config.TextColumn(width=185),
        "Length": st.column_config.NumberColumn(width="small", format="compact"),
        "Faces": st.column_config.NumberColumn(width="small", help="A person who comes back may count twice."),
        "Added": st.column_config.DatetimeColumn(width=150, format="D MMM YYYY, HH:mm", timezone=zone),
        "Kept until": st.column_config.DatetimeColumn(width=105, format="D MMM YYYY", timezone=zone),
        "Shared until": st.column_config.DateColumn(
            width=105, format="D MMM YYYY", help="Links show it to others until then; its page ends them."
        ),
    }


def search() -> str:
    """The box above the table."""
    return st.text_input("Search", key="library-search", placeholder="Part of a name", icon=":material/search:").strip()


def actions(ticked: Sequence[Recording]) -> None:
    """What can be done with those that are ticked. The buttons are always there, so that nothing jumps at a tick."""
    done = [recording for recording in ticked if recording.job.state is JobState.DONE]
    with st.container(horizontal=True):
        if _button("Open", "monitoring", len(ticked) == 1):
            routes.open_recording(ticked[0].id)
        if _button("Compare", "compare", len(done) > 1):
            routes.open_comparison(recording.id for recording in done)
        if _button("Rename …", "edit", len(ticked) == 1):
            st.dialog("Rename", icon=":material/edit:")(ask_name)(ticked[0])
        if _button("Keep until …", "event", bool(ticked)):
            st.dialog("Keep until", icon=":material/event:")(ask_until)(ticked)
        if _button("Delete …", "delete", bool(ticked)):
            st.dialog("Delete", icon=":material/delete:")(ask_delete)(ticked)


def _button(label: str, icon: str, makes_sense: bool) -> bool:
    return st.button(label, icon=f":material/{icon}:", disabled=not makes_sense)


def ask_name(recording: Recording) -> None:
    """A new name."""
    name = st.text_input("Name", value=recording.name, max_chars=recordings.NAME_LENGTH)
    if st.button("Rename", type="primary", disabled=not name.strip()) and attempt(partial(_rename, recording.id, name)):
        st.rerun()


def ask_until(ticked: Sequence[Recording]) -> None:
    """Until when they are kept."""
    st.markdown(f"After that day {_named(ticked)} will be deleted by itself.")
    for_ever = st.toggle("Keep until somebody deletes it", value=ticked[0].keep_until_s is None)
    today = datetime.datetime.now(datetime.UTC).date()
    now = glance.moment(ticked[0].keep_until_s).date() if ticked[0].keep_until_s else today + 30 * DAY
    day = st.date_input("Last day", value=max(now, today), min_value=today, disabled=for_ever)
    if st.button("Save", type="primary", disabled=day is None):
        until_s = None if for_ever else glance.end_of(day)
        for recording in ticked:
            attempt(partial(_keep, recording.id, until_s))
        st.rerun()


def ask_delete(ticked: Sequence[Recording]) -> None:
    """Whether they shall be gone."""
    st.markdown(f"The video, its results and its notes will be gone at once: {_named(ticked)}. There is no way back.")
    if any(recording.origin == "media" for recording in ticked):
        st.caption("Videos in the server's folder stay there.")
    if st.button("Delete", type="primary", icon=":material/delete:"):
        for recording in ticked:
            attempt(partial(_delete, recording.id))
        state.session().table_round += 1
        st.rerun()


def _rename(number: str, name: str) -> None:
    recordings.rename(state.database(), rights.mine(number).id, name)


def _keep(number: str, until_s: float | None) -> None:
    recordings.keep(state.database(), rights.mine(number).id, until_s)


def _delete(number: str) -> None:
    delete(state.database(), state.settings(), rights.mine(number).id, by=state.person())


def _named(ticked: Sequence[Recording]) -> str:
    first = f"**{plain(ticked[0].name)}**"
    return first if len(ticked) == 1 else f"{first} and {len(ticked) - 1} more"
