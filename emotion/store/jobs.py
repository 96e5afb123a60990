"""Jobs as people handle them: stop one, try again, pause all, go on."""

from __future__ import annotations

import time
from typing import Any

import sqlalchemy as sa

from emotion.errors import InputError, NotFound
from emotion.store.database import Database
from emotion.store.recordings import add_tasks
from emotion.store.schema import jobs, live_servers, recordings, tasks, workers
from emotion.store.values import JobState, Step

ACTIVE = (JobState.WAITING, JobState.RUNNING, JobState.PAUSED)


def cancel(database: Database, recording_id: str, *, now: float | None = None) -> None:
    """Ends the job; workers notice within about a second. Nothing happens where it is over. Raises NotFound."""
    now = time.time() if now is None else now
    with database.writing() as connection:
        if _state(connection, recording_id) in ACTIVE:
            change(connection, recording_id, state=JobState.CANCELLED, message="", finished_s=now)


def retry(database: Database, recording_id: str) -> None:
    """Begins again; what was finished and is still on disk is not computed again. Raises NotFound, InputError."""
    with database.writing() as connection:
        if _state(connection, recording_id) not in (JobState.FAILED, JobState.CANCELLED):
            raise InputError("Only an analysis that failed or was cancelled can be tried again.")
        _begin(connection, recording_id)


def begin_anew(database: Database) -> int:
    """After a restore: nobody works any more, and what was not over begins with its first step, because what was half
    done lies in no backup. How many jobs that are."""
    with database.writing() as connection:
        connection.execute(live_servers.delete())
        connection.execute(tasks.update().values(worker_id=None))
        connection.execute(workers.delete())
        numbers = connection.scalars(sa.select(jobs.c.recording_id).where(jobs.c.state.in_(ACTIVE))).all()
        for number in numbers:
            _begin(connection, number)
    return len(numbers)


def pause_all(database: Database, message: str) -> None:
    """No job goes on until :func:`resume_all`; tasks that are under way end in their own time."""
    waiting = jobs.c.state.in_([JobState.WAITING, JobState.RUNNING])
    with database.writing() as connection:
        connection.execute(jobs.update().where(waiting).values(state=JobState.PAUSED, message=message))


def resume_all(database: Database, *, now: float | None = None) -> None:
    """What paused goes on, except where a task still rests."""
    now = time.time() if now is None else now
    state = sa.case((jobs.c.started_s.is_(None), JobState.WAITING.value), else_=JobState.RUNNING.value)
    rests = sa.exists().where(tasks.c.recording_id == jobs.c.recording_id, tasks.c.not_before_s > now)
    paused = jobs.update().where(jobs.c.state == JobState.PAUSED, ~rests)
    with database.writing() as connection:
        connection.execute(paused.values(state=state, message=""))


def count(database: Database, *states: JobState) -> int:
    """How many jobs are in one of ``states``."""
    query = sa.select(sa.func.count()).select_from(jobs).where(jobs.c.state.in_(states))
    with database.reading() as connection:
        return connection.scalar(query) or 0


def change(connection: sa.Connection, recording_id: str, **values: Any) -> None:
    """For the other modules of the store, inside their transaction."""
    connection.execute(jobs.update().where(jobs.c.recording_id == recording_id).values(values))


def _begin(connection: sa.Connection, recording_id: str) -> None:
    connection.execute(tasks.delete().where(tasks.c.recording_id == recording_id))
    add_tasks(connection, recording_id, Step.PLAN, 1)
    fresh: dict[str, Any] = {"segments": None, "frames": None, "started_s": None, "finished_s": None}
    change(connection, recording_id, state=JobState.WAITING, message="", **fresh)


def _state(connection: sa.Connection, recording_id: str) -> JobState:
    there = recordings.c.deleted_s.is_(None)
    query = sa.select(jobs.c.state).join(recordings).where(jobs.c.recording_id == recording_id, there)
    state = connection.scalar(query)
    if state is None:
        raise NotFound
    return JobState(state)
