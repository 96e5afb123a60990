"""What a person can expect of a job: its place in the queue, how far it is, how long it still takes.

Everything comes from what was measured: the frames and seconds of the tasks done last, and of those under way.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from emotion.errors import NotFound
from emotion.store.database import Database
from emotion.store.jobs import ACTIVE
from emotion.store.schema import jobs, recordings, tasks, workers
from emotion.store.values import JobState, Origin, Outlook, Step, TaskState
from emotion.store.workers import SILENT_S

# Tasks that speak for the speed of a step: enough to smooth, few enough to follow a change of machine or settings.
MEASURED_TASKS = 50
MEASURED_STEPS = (Step.SEE, Step.RENDER)


@dataclass(frozen=True, slots=True)
class _Progress:
    """One step of one job."""

    frames: int
    speed: float
    """Frames per second of all its tasks that are under way, together."""
    open_tasks: int
    done_tasks: int


_NOTHING = _Progress(0, 0.0, 0, 0)


@dataclass(frozen=True, slots=True)
class _Job:
    id: str
    owner: str
    state: JobState
    message: str
    segments: int | None
    frames: int | None
    created_s: float
    steps: dict[Step, _Progress]

    @property
    def step(self) -> Step | None:
        return max(self.steps, key=list(Step).index, default=None)

    def frames_done(self, step: Step) -> int:
        """At least those of the segments that are done: what was found done after a restart counted no frames."""
        progress = self.steps.get(step, _NOTHING)
        of_segments = (self.frames or 0) * progress.done_tasks // (self.segments or 1)
        return max(progress.frames, min(of_segments, self.frames or 0))

    def frames_left(self, step: Step) -> int:
        return max((self.frames or 0) - self.frames_done(step), 0)


def of(database: Database, recording_id: str, *, now: float | None = None) -> Outlook:
    """Raises NotFound."""
    try:
        return of_many(database, [recording_id], now=now)[recording_id]
    except KeyError:
        raise NotFound from None


def of_many(database: Database, ids: Sequence[str], *, now: float | None = None) -> dict[str, Outlook]:
    """The same for those of ``ids`` that are there, with few questions to the database."""
    now = time.time() if now is None else now
    with database.reading() as connection:
        found = _jobs(connection, ids, now)
        speeds = {step: _speed(connection, step, now) for step in MEASURED_STEPS}
        hands = _hands(connection, now)
    line = _line(job for job in found.values() if job.state in ACTIVE)
    return {job.id: _outlook(job, line, speeds, hands) for job in found.values() if job.id in ids}


def _outlook(job: _Job, line: list[_Job], speeds: dict[Step, float], hands: int) -> Outlook:
    step = job.step if job.state in (JobState.RUNNING, JobState.PAUSED) else None
    progress = job.steps.get(step, _NOTHING) if step else _NOTHING
    waits = job.state is JobState.WAITING
    earlier = line[: line.index(job)] if waits else []
    return Outlook(
        state=job.state,
        message=job.message,
        before=len(earlier),
        wait_s=_together([_seconds_left(other, speeds) for other in earlier], hands) if waits else None,
        step=step,
        frames_done=job.frames_done(step) if step in MEASURED_STEPS else 0,
        frames_total=(job.frames or 0) if step in MEASURED_STEPS else 0,
        frames_per_second=progress.speed,
        left_s=_together([_seconds_left(job, speeds)], max(progress.open_tasks, 1)) if step else None,
        share=_share(job),
    )


def _line(active: Iterable[_Job]) -> list[_Job]:
    """In the order in which turns come, about: everybody's first job, then everybody's second."""
    turn: dict[str, int] = defaultdict(int)
    keys: dict[str, tuple[bool, int, float]] = {}
    ordered = sorted(active, key=lambda job: (job.state is JobState.WAITING, job.created_s))
    for job in ordered:
        keys[job.id] = (job.state is JobState.WAITING, turn[job.owner], job.created_s)
        turn[job.owner] += 1
    return sorted(ordered, key=lambda job: keys[job.id])


def _seconds_left(job: _Job, speeds: dict[Step, float]) -> float | None:
    """Of one worker; None where the frames or the speed are not known."""
    if job.frames is None or not all(speeds.values()):
        return None
    return sum(job.frames_left(step) / speeds[step] for step in MEASURED_STEPS)


def _together(seconds: list[float | None], hands: int) -> float | None:
    known = [value for value in seconds if value is not None]
    return sum(known) / hands if len(known) == len(seconds) else None


def _share(job: _Job) -> float:
    if job.state is JobState.DONE:
        return 1.0
    if not job.frames:
        return 0.0
    done = [1 - job.frames_left(step) / job.frames for step in MEASURED_STEPS]
    return sum(done) / len(done)


def _jobs(connection: sa.Connection, ids: Sequence[str], now: float) -> dict[str, _Job]:
    """Those asked for and all that are active, because these may be before them."""
    query = (
        sa.select(jobs, recordings.c.owner, recordings.c.origin)
        .join(recordings)
        .where(recordings.c.deleted_s.is_(None), jobs.c.recording_id.in_(ids) | jobs.c.state.in_(ACTIVE))
    )
    steps = _steps(connection, query, now)
    return {row.recording_id: _job(row, steps.get(row.recording_id, {})) for row in connection.execute(query)}


def _job(row: sa.Row[Any], steps: dict[Step, _Progress]) -> _Job:
    if row.origin == Origin.LIVE and Step.REMEMBER in steps:
        # Everything was seen while the session ran.
        steps[Step.SEE] = _Progress(row.frames or 0, 0.0, 0, row.segments or 0)
    return _Job(
        row.recording_id, row.owner, JobState(row.state), row.message, row.segments, row.frames, row.created_s, steps
    )


def _steps(connection: sa.Connection, which: sa.Select[Any], now: float) -> dict[str, dict[Step, _Progress]]:
    running = tasks.c.state == TaskState.RUNNING
    # Half a second at least: the first frames of a task come before a speed can be told.
    seconds = sa.func.coalesce(now - tasks.c.claimed_s, 0.0)
    speed = sa.case((running & (seconds > 0.5), tasks.c.frames_done / seconds), else_=0.0)
    done = tasks.c.state == TaskState.DONE
    query = (
        sa.select(
            tasks.c.recording_id,
            tasks.c.step,
            sa.func.sum(tasks.c.frames_done).label("frames"),
            sa.func.sum(speed).label("speed"),
            sa.func.sum(sa.case((running, 1), else_=0)).label("open_tasks"),
            sa.func.sum(sa.case((done, 1), else_=0)).label("done_tasks"),
        )
        .where(tasks.c.recording_id.in_(which.with_only_columns(jobs.c.recording_id)))
        .group_by(tasks.c.recording_id, tasks.c.step)
    )
    steps: dict[str, dict[Step, _Progress]] = defaultdict(dict)
    for row in connection.execute(query):
        values = int(row.frames), float(row.speed), int(row.open_tasks), int(row.done_tasks)
        steps[row.recording_id][Step(row.step)] = _Progress(*values)
    return steps


def _speed(connection: sa.Connection, step: Step, now: float) -> float:
    """Frames per second of one worker; 0 as long as nothing was measured."""
    seconds = sa.func.coalesce(tasks.c.finished_s, now) - tasks.c.claimed_s
    last = (
        sa.select(tasks.c.frames_done.label("frames"), seconds.label("seconds"))
        .where(tasks.c.step == step, tasks.c.frames_done > 0, tasks.c.state != TaskState.WAITING, seconds > 0)
        .order_by(tasks.c.id.desc())
        .limit(MEASURED_TASKS)
        .subquery()
    )
    frames, total = connection.execute(sa.select(sa.func.sum(last.c.frames), sa.func.sum(last.c.seconds))).one()
    return float(frames) / float(total) if total else 0.0


def _hands(connection: sa.Connection, now: float) -> int:
    """How many work: those that are there, or more where one of them feeds a cluster."""
    alive = sa.select(sa.func.count()).select_from(workers).where(workers.c.seen_s >= now - SILENT_S)
    under_way = sa.select(sa.func.count()).select_from(tasks).where(tasks.c.state == TaskState.RUNNING)
    return max(connection.scalar(alive) or 0, connection.scalar(under_way) or 0, 1)
