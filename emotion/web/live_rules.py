"""Events on the Live page: the rules that a person writes, and what they noticed."""

from __future__ import annotations

import secrets

import streamlit as st

from emotion.errors import RuleError
from emotion.live.events import Events
from emotion.live.rules import Rule, parse
from emotion.live.session import LiveSession
from emotion.live.webhook import Courier
from emotion.settings import Settings
from emotion.web import state
from emotion.web.noting import clock
from emotion.web.text import plain

KEY = "live-rules"
LATEST_S = 1.0
LONGEST = 2000


def events_panel(session: LiveSession | None, settings: Settings) -> None:
    """A part of the page that opens: the rules, and what fired last. The running session obeys them, open or not."""
    events, wrong = _at_work(session, settings)
    with st.expander("Events", icon=":material/notifications:"):
        _editor(settings)
        # A place of its own, always there: what comes and goes must not push the part below down.
        place = st.empty()
        if wrong:
            place.error(plain(wrong), icon=":material/error:")
        if events:
            st.fragment(run_every=LATEST_S)(_latest)(events)


def _editor(settings: Settings) -> None:
    if KEY not in st.session_state:  # else it would overwrite what is being typed
        st.session_state[KEY] = _written(settings)
    st.text_area(
        "Rules, one a line",
        key=KEY,
        placeholder="sad above 0.6 for 3 s\nhappy below 0.2 for 10 s\nno face for 5 s",
        help=_help(settings),
        max_chars=LONGEST,
        height=120,
        on_change=_take,
    )


def _help(settings: Settings) -> str:
    meaning = (
        "Each sets a marker when it has held for its time, once, and again after it did not hold for a while. They "
        "follow the chosen face; an emotion, `above` or `below`, a score from 0 to 1, `for` how long."
    )
    hooks = ", ".join(f"`-> {name}`" for name in sorted(settings.webhooks))
    return f"{meaning} At the end of a rule: {hooks} tells that program too." if hooks else meaning


def _at_work(session: LiveSession | None, settings: Settings) -> tuple[Events | None, str]:
    """The rules of this session, once there are any; and what is wrong with a text that is none: the former stay."""
    mine = state.session().live
    if mine.events and mine.events.session is not session:
        mine.events = None  # its session has closed it
    try:
        rules = parse(_written(settings), labels=settings.labels, hooks=frozenset(settings.webhooks))
    except RuleError as error:
        held = " Until it is one the former rules hold." if mine.events else ""
        return mine.events, f"{error}{held}"
    if session is not None:
        mine.events = _obeyed(session, mine.events, rules, settings)
    return mine.events, ""


def _obeyed(session: LiveSession, events: Events | None, rules: tuple[Rule, ...], settings: Settings) -> Events | None:
    if not rules:
        if events:
            # Every sink costs a copy of each picture; and who detaches one closes it: its webhooks' thread would stay.
            session.detach(events)
            events.close()
        return None
    if events is None:
        courier = Courier(settings.webhooks, secrets.token_hex(8), secret=settings.webhook_secret)
        events = Events(session, courier)
    if events.rules != rules:
        events.watch_for(rules)
        session.attach(events)
    return events


def _latest(events: Events) -> None:
    for event in events.latest():
        score = "" if event.score is None else f" ({event.score:.2f})"
        st.markdown(f":material/flag: **{clock(event.time_s)}** {plain(event.rule.text + score)}")
    if not events.latest():
        st.caption("Nothing has happened yet that a rule is about.")
    for name, told in events.told().items():
        failed = f", {told.failed} not: {told.why}" if told.failed else ""
        st.caption(plain(f"Webhook {name}: told {told.sent} times{failed}."))


def _written(settings: Settings) -> str:
    mine = state.session().rules
    return settings.rules if mine is None else mine


def _take() -> None:
    state.session().rules = st.session_state[KEY]
