"""The rows of the Videos page: what is waiting, running, done. They come from the database, so no tab has to stay."""

from __future__ import annotations

import time
from functools import partial

import streamlit as st

from emotion.jobs.inbox import in_gb
from emotion.jobs.limits import Allowance
from emotion.jobs.progress import duration
from emotion.jobs.telling import outlook_in_words
from emotion.store import jobs, outlook, recordings, workers
from emotion.store.values import JobState, Outlook, Recording
from emotion.web import rights, routes, state
from emotion.web.telling import attempting, shown_errors
from emotion.web.text import plain

REFRESH_S = 1.0
OVER_SHOWN = 5
# A worker that starts needs a few seconds; a job that waits longer with nobody there waits for a person.
LONELY_S = 60.0

OPEN = tuple(each for each in JobState if not each.over)
OVER = tuple(each for each in JobState if each.over)


def job_rows() -> bool:
    """A row per job of this person that is not over, and the last ones that are; looks again while one is under way.

    Whether there was any.
    """
    found = _mine()
    if found:
        st.fragment(_rows, run_every=REFRESH_S if _any_open(found) else None)([found])
    return bool(found)


def _mine() -> tuple[Recording, ...]:
    database, owner = state.database(), state.person()
    still_open = recordings.find(database, owner=owner, states=OPEN)
    return (*still_open[::-1], *recordings.find(database, owner=owner, states=OVER, limit=OVER_SHOWN))


def _any_open(found: tuple[Recording, ...]) -> bool:
    return any(not recording.job.state.over for recording in found)


def _rows(known: list[tuple[Recording, ...]]) -> None:
    """``known`` is what the page has just read, for the first time that this is drawn."""
    with shown_errors():
        _draw_rows(known.pop() if known else _mine(), state.session())


def _draw_rows(found: tuple[Recording, ...], mine: state.Session) -> None:
    not_over = [recording.id for recording in found if not recording.job.state.over]
    expected = outlook.of_many(state.database(), not_over) if not_over else {}
    headed: bool | None = None
    for recording in found:
        if headed is not recording.job.state.over:
            headed = recording.job.state.over
            st.subheader("Last results" if headed else "Queue")
        name, told, action = st.columns([3, 6, 2], vertical_alignment="center")
        name.markdown(f"**{plain(recording.name)}**  \n:small[{_size(recording)}]")
        with told:
            _tell(recording, expected.get(recording.id))
        with action:
            _act(recording)
    _say_if_nobody_works(found)
    was_watching, mine.watching = mine.watching, _any_open(found)
    if was_watching and not mine.watching:
        # The last one is over: the page is drawn once more, without looking again every second.
        st.rerun()


def _size(recording: Recording) -> str:
    lasts_s = recording.facts.get("source", {}).get("duration_s")
    size = in_gb(recording.size_bytes)
    return size if lasts_s is None else f"{duration(lasts_s)}, {size}"


def _tell(recording: Recording, expected: Outlook | None) -> None:
    match recording.job.state:
        case JobState.RECORDING:
            st.markdown(":material/radio_button_checked: Recording now, on the Live page. It is analysed when it ends.")
        case JobState.DONE:
            st.markdown(f":material/check_circle: {plain(recording.facts.get('in_words', 'Done'))}")
        case JobState.FAILED:
            st.error(plain(recording.job.message), icon=":material/error:")
        case JobState.CANCELLED:
            st.markdown(":material/cancel: Cancelled. It can be tried again.")
        case _ if expected is not None:
            st.progress(min(max(expected.share, 0.0), 1.0), text=plain(outlook_in_words(expected)))


def _act(recording: Recording) -> None:
    number = recording.id
    if recording.job.state is JobState.DONE:
        st.page_link(
            routes.RECORDING, label="Open", icon=":material/monitoring:", query_params=routes.of_recording(number)
        )
    elif recording.job.state is JobState.RECORDING:
        return
    elif recording.job.state.over:
        st.button(
            "Try again",
            key=f"retry-{number}",
            icon=":material/refresh:",
            on_click=attempting(partial(_retry, number)),
        )
    else:
        st.button(
            "Cancel",
            key=f"cancel-{number}",
            icon=":material/close:",
            on_click=attempting(partial(_cancel, number)),
        )


def _cancel(number: str) -> None:
    jobs.cancel(state.database(), rights.mine(number).id)


def _retry(number: str) -> None:
    recording, database = rights.mine(number), state.database()
    if recording.job.state.over:
        # Whoever heard of this click before has begun it already.
        Allowance.of(database, state.settings(), recording.owner).must_have_turn()
        jobs.retry(database, number)


def _say_if_nobody_works(found: tuple[Recording, ...]) -> None:
    waiting = [recording.job.created_s for recording in found if recording.job.state is JobState.WAITING]
    if waiting and time.time() - min(waiting) > LONELY_S and not workers.alive(state.database()):
        st.warning(
            "Nothing works on the queue. Tell the administrator: the server's log says why, `emotion worker` helps.",
            icon=":material/warning:",
        )
