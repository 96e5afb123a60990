"""How it stands with the whole server at one moment: what waits, who works, how fast. For monitoring."""

from __future__ import annotations

import time
from dataclasses import dataclass

import sqlalchemy as sa

from emotion.store import live
from emotion.store.database import Database
from emotion.store.live import Everywhere
from emotion.store.schema import jobs, recordings, tasks, workers
from emotion.store.values import JobState, TaskState
from emotion.store.workers import SILENT_S

# The first frames of a task come before a speed can be told; see store/outlook.py.
SOON_S = 0.5


@dataclass(frozen=True, slots=True)
class Standing:
    """Of all processes and machines together."""

    jobs: dict[JobState, int]
    """How many analyses are in each state; each state is there."""
    oldest_wait_s: float
    """How long the analysis that waits longest has waited; 0 where none does."""
    tasks_waiting: int
    """Parts of analyses that could be begun at once."""
    tasks_running: int
    frames_per_second: float
    """Of all parts that are under way, together."""
    workers: int
    recordings: int
    recorded_bytes: int
    """Of the videos as they came; results come on top."""
    live: Everywhere


def standing(database: Database, *, now: float | None = None) -> Standing:
    """Raises StoreError."""
    now = time.time() if now is None else now
    with database.reading() as connection:
        states, oldest_s = _jobs(connection, now)
        waiting, running, speed = _tasks(connection, now)
        count, size = connection.execute(
            sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(recordings.c.size_bytes), 0)).where(
                recordings.c.deleted_s.is_(None)
            )
        ).one()
        hands = connection.scalar(
            sa.select(sa.func.count()).select_from(workers).where(workers.c.seen_s >= now - SILENT_S)
        )
    everywhere = live.everywhere(database, now=now)
    return Standing(states, oldest_s, waiting, running, speed, hands or 0, count, int(size), everywhere)


def _jobs(connection: sa.Connection, now: float) -> tuple[dict[JobState, int], float]:
    there = sa.select(jobs.c.state, sa.func.count(), sa.func.min(jobs.c.created_s)).join(recordings)
    rows = connection.execute(there.where(recordings.c.deleted_s.is_(None)).group_by(jobs.c.state)).all()
    found = {JobState(state): count for state, count, _ in rows}
    oldest_s = max((now - since_s for state, _, since_s in rows if state == JobState.WAITING), default=0.0)
    return {state: found.get(state, 0) for state in JobState}, max(oldest_s, 0.0)


def _tasks(connection: sa.Connection, now: float) -> tuple[int, int, float]:
    """Waiting, running, and frames per second of those that run."""
    running = tasks.c.state == TaskState.RUNNING
    seconds = sa.func.coalesce(now - tasks.c.claimed_s, 0.0)
    speed = sa.case((running & (seconds > SOON_S), tasks.c.frames_done / seconds), else_=0.0)
    active = jobs.c.state.in_([JobState.WAITING, JobState.RUNNING])
    waits = (tasks.c.state == TaskState.WAITING) & active & (tasks.c.not_before_s <= now)
    sums = sa.select(_number(waits), _number(running), sa.func.coalesce(sa.func.sum(speed), 0.0))
    waiting, under_way, together = connection.execute(sums.select_from(tasks).join(jobs)).one()
    return int(waiting), int(under_way), float(together)


def _number(which: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((which, 1), else_=0)), 0)
