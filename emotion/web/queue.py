"""The rows of the Videos page: what is waiting, running, done."""

from __future__ import annotations

import streamlit as st

from emotion.jobs.progress import in_words
from emotion.jobs.runner import Failed, Finished, Job, Running, State, Stopped, Waiting
from emotion.web.state import runner, session
from emotion.web.text import plain

REFRESH_S = 0.5


def job_rows() -> None:
    """A row per job of this session; looks again twice a second while one is under way."""
    jobs = session().jobs
    if jobs:
        st.fragment(_rows, run_every=REFRESH_S if _any_open(jobs) else None)()


def _any_open(jobs: list[Job]) -> bool:
    return any(not job.over for job in jobs)


def _rows() -> None:
    mine = session()
    was_open = st.session_state.get("emotion_jobs_open", False)
    for number, job in enumerate(mine.jobs):
        name, told, action = st.columns([3, 6, 2], vertical_alignment="center")
        name.markdown(f"**{plain(job.name)}**")
        with told:
            _tell(runner().state(job))
        with action:
            _act(number, job)
    st.session_state["emotion_jobs_open"] = _any_open(mine.jobs)
    if was_open and not _any_open(mine.jobs):
        _open_the_last(mine.jobs)
        st.rerun()


def _open_the_last(jobs: list[Job]) -> None:
    """Unless the person is looking at another result."""
    finished = [job.folder for job in jobs if isinstance(job.state, Finished)]
    mine = session()
    if finished and mine.opened is None:
        mine.opened = finished[-1]


def _tell(state: State) -> None:
    match state:
        case Waiting(before):
            st.progress(0.0, text=f"Waiting: {before} before this one" if before else "Starting")
        case Running(None):
            st.progress(0.0, text="Starting")
        case Running(progress) if progress is not None:
            st.progress(progress.share, text=in_words(progress))
        case Finished(folder):
            st.markdown(":material/check_circle: Done" if folder.exists() else ":material/delete: Results deleted")
        case Failed(reason):
            st.error(plain(reason), icon=":material/error:")
        case Stopped():
            st.markdown(":material/cancel: Cancelled; nothing was kept")


def _act(number: int, job: Job) -> None:
    mine = session()
    if not job.over:
        if st.button("Cancel", key=f"cancel-{number}", icon=":material/close:"):
            job.stop()
        return
    there = isinstance(job.state, Finished) and job.folder.exists()
    if there and st.button("Open", key=f"open-{number}", icon=":material/monitoring:"):
        mine.opened = job.folder
        st.rerun()
