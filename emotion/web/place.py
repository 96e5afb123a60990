"""This tab's place among those who are live: whose it is, and giving it back. Asking for it is in ``live_seat.py``.

Apart from that because every page imports it, and the component of the stream is for the Live page only.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from emotion.live.desk import Session
from emotion.web import state


@dataclass(slots=True)
class Place:
    """This tab's place. It goes with the tab."""

    token: str = ""
    """Empty: it has none and asks for none."""
    seated: bool = False
    session: Session | None = None
    """That keeps it."""

    def leave(self) -> None:
        # When the tab's connection is gone this runs on the server's event loop: nothing here waits.
        token, self.token, self.seated, self.session = self.token, "", False, None
        if token:
            state.desk().leave(token)


@st.cache_resource(scope="session", show_spinner=False, on_release=Place.leave)
def place_of_tab() -> Place:
    """The same for all runs of one tab."""
    return Place()


def give_up() -> None:
    """Frees the place, or the one in the line, and nobody wants one any more. May be called again."""
    state.session().live.wanted = False
    place_of_tab().leave()


def elsewhere() -> None:
    """Another page than Live is shown. A stream that is still connecting would keep the place for a minute.

    Raises nothing: who has a place has got past what could.
    """
    if place_of_tab().token:
        if state.session().live.recorder is not None:
            st.toast("The recording ended as you left the Live page. It is in the library.", icon=":material/movie:")
        give_up()
