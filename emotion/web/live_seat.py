"""A place for a live session: asked for, waited for, kept, given back."""

from __future__ import annotations

import uuid
from typing import Any

import streamlit as st

from emotion.errors import LimitReached, NotAllowed
from emotion.live.seats import Seat, Waiting
from emotion.store.live import Everywhere
from emotion.web import rights, state
from emotion.web.place import Place, give_up, place_of_tab
from emotion.web.stream import Stream, StreamState

# Often enough to be there when a place is free, and several times before it is lost (emotion.live.seats.LINE_S).
ASK_S = 2.0
GIVEN_UP = "No picture came for a while, so your place was given up. Press Start to go on."


def seated() -> bool:
    """Whether this tab's stream may play: somebody pressed Start, and there is a place.

    Call it on every run, where a message may stand. While it waits, it says so and asks again by itself; a place that
    was lost ends the wish for it. Raises SettingsError.
    """
    live, place = state.session().live, place_of_tab()
    # There on every run, so that what comes after it stands where it stood: a stream that is moved begins anew.
    spot = st.container()
    if place.seated and not state.desk().seats.holds(place.token):
        live.note = GIVEN_UP if state.desk().given_up(place.token) else live.note
        leave()
    if not live.wanted:
        place.leave()
        return False
    try:
        waiting = None if place.seated else _ask(place)
    except (LimitReached, NotAllowed) as error:
        live.note = str(error)
        leave()
        return False
    if isinstance(waiting, Waiting):
        with spot:
            _line(waiting)
        return False
    return True


def keep(stream: Stream) -> None:
    """Ties the place to the stream: its pictures keep it, its end frees it. After the stream, on every run."""
    place, desk = place_of_tab(), state.desk()
    if not place.seated:
        return
    if stream.session is not None and stream.session is not place.session:
        desk.watch(place.token, state.person(), stream.session, stream.end)
        place.session = stream.session
    elif stream.state is StreamState.CONNECTING and place.session is not None:
        desk.connect(place.token)
        place.session = None


def leave() -> None:
    """Frees the place, and nobody wants one any more: for Stop, and for a stream that ended. May be called again."""
    give_up()


def note(**detail: Any) -> None:
    """Something for the audit log's entry of this session's end."""
    if place := place_of_tab().token:
        state.desk().note(place, **detail)


def _ask(place: Place) -> Seat | Waiting:
    place.token = place.token or uuid.uuid4().hex
    answer = state.desk().ask(place.token, rights.maker())
    place.seated = isinstance(answer, Seat)
    return answer


@st.fragment(run_every=ASK_S)
def _line(waiting: Waiting) -> None:
    place = place_of_tab()
    answer = _ask(place) if place.token else waiting
    if isinstance(answer, Seat):
        st.rerun()
    st.info(in_line(answer, state.desk().everywhere), icon=":material/hourglass_top:")


def in_line(waiting: Waiting, everywhere: Everywhere | None) -> str:
    """What somebody who waits reads."""
    taken = "The only live place is" if waiting.places == 1 else f"All {waiting.places} live places are"
    turn = "You are next" if waiting.place == 1 else f"You are number {waiting.place} in the line"
    sentence = f"{taken} in use. {turn}: it starts by itself as soon as a place is free."
    if everywhere is None or everywhere.servers < 2:
        return sentence
    total = f"{everywhere.running} of {everywhere.places} places are in use on {everywhere.servers} servers."
    return f"{sentence} {total}"
