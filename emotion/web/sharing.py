"""Showing a recording to others: links with a last day, made and ended by whoever has the recording."""

from __future__ import annotations

import datetime
import uuid

import streamlit as st

from emotion.settings.auth import Auth
from emotion.store import shares
from emotion.store.shares import Share
from emotion.web import glance, rights, routes, state
from emotion.web.rights import Look
from emotion.web.telling import attempting, shown_errors
from emotion.web.text import plain

DAY = datetime.timedelta(days=1)
DAYS_AT_FIRST = 14
MOST_DAYS = shares.LONGEST_DAYS - 2
"""A day's end comes up to a day and a half after its begin."""
WHAT_IT_SHOWS = (
    "Whoever can sign in here and has the link sees the annotated video, the charts and your notes, and can download "
    "the results. Nobody else can change anything, and the video as it came is not shown."
)


def title(looked: Look) -> None:
    """The recording's name; beside it what its owner can do about others, or until when others may look."""
    if looked.own and state.settings().auth is not Auth.NONE:
        name, button = st.columns([5, 1], vertical_alignment="bottom")
        name.title(plain(looked.recording.name))
        with button, st.container(horizontal_alignment="right"):
            if st.button("Share …", icon=":material/share:", key="share"):
                st.dialog("Share", width="large", icon=":material/share:")(ask)(looked.recording.id)
        return
    st.title(plain(looked.recording.name))
    if looked.share is not None:
        st.markdown(f":material/visibility: **Shared with you** until {_day(looked.share)}. You can look and download.")


def ask(number: str) -> None:
    """The dialog: until when, the links that there are, and their end."""
    with shown_errors():
        recording = rights.mine(number)
        st.markdown(WHAT_IT_SHOWS)
        today = datetime.datetime.now(datetime.UTC).date()
        with st.container(horizontal=True, vertical_alignment="bottom"):
            day = st.date_input(
                "Last day",
                value=today + DAYS_AT_FIRST * DAY,
                min_value=today,
                max_value=today + MOST_DAYS * DAY,
                key=f"share-day-{number}",
            )
            st.button(
                "Make a link",
                type="primary",
                icon=":material/add_link:",
                disabled=day is None,
                on_click=attempting(lambda: _make(number, day)),
            )
        for share in shares.of_recording(state.database(), recording.id, owner=recording.owner):
            _row(share)


def _row(share: Share) -> None:
    with st.container(border=True):
        st.code(routes.shared_link(share.recording_id, share.id), language=None, wrap_lines=True)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"Until {_day(share)}", width="stretch")
            st.button(
                "Revoke",
                key=f"revoke-{share.id}",
                icon=":material/link_off:",
                help="Nobody sees the recording by this link any more, at once.",
                on_click=attempting(lambda: _revoke(share)),
            )


def _make(number: str, day: datetime.date) -> None:
    owner = rights.mine(number).owner
    rights.maker()
    if state.session().is_new_click("share"):
        until_s = glance.end_of(day)
        shares.make(state.database(), number, share_id=uuid.uuid4().hex, by=owner, until_s=until_s)


def _revoke(share: Share) -> None:
    shares.revoke(state.database(), share.id, owner=state.person())


def _day(share: Share) -> str:
    """The last whole day of a link."""
    last = glance.last_day(share.until_s)
    return f"{last.day} {last:%b %Y}"
