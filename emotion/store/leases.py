"""Leases: who works on what, and for how long that may be believed.

A worker claims a task, does it, and shows that it gets on (:func:`beat`). Every claim has a new ticket; whoever comes
back with an old one is refused, so a worker that was thought dead does no harm. A try that came to no end counts; after
the allowed number the job fails, and only that job.

Turns are fair between owners: who has the fewest tasks under way is next, and among equals who was not served for the
longest time. An owner's own jobs go in the order in which they came, except that each is looked through (``plan``) as
soon as possible: whose file cannot be used shall know at once.
"""

from __future__ import annotations

import time
import uuid
from typing import Any

import sqlalchemy as sa

from emotion.store.database import Database
from emotion.store.jobs import ACTIVE, change
from emotion.store.recordings import EVERYTHING, add_tasks, as_recording
from emotion.store.schema import jobs, recordings, tasks, turns
from emotion.store.values import JobState, Lease, Origin, Step, TaskState

# Whatever disturbed the last try may pass: wait 2 s, 4 s, 8 s, at most a minute. Who has to wait longer was told so by
# a clock that was set back since.
LONGEST_REST_S = 60.0
# A disk that was full has seldom room again within seconds; and a person shall have the time to read why it pauses.
PAUSE_S = 30.0
FREE: dict[str, Any] = {"state": TaskState.WAITING, "worker_id": None, "ticket": None, "lease_until_s": None}
HUNG = "it showed no progress for too long"


def claim(
    database: Database,
    worker_id: str,
    *,
    lease_s: float,
    tries: int,
    clock_jumped: bool = False,
    now: float | None = None,
) -> Lease | None:
    """The next task, for ``lease_s`` seconds; None where there is nothing to do.

    ``clock_jumped``: the time of day was set a moment ago, so nobody's lease is over by it. Those that get on prolong
    theirs within a second or two.
    """
    now = time.time() if now is None else now
    with database.writing() as connection:
        if not clock_jumped:
            _end_expired(connection, tries, now)
        task = connection.execute(_next(now)).one_or_none()
        if task is None:
            return None
        ticket = uuid.uuid4().hex
        held = {"state": TaskState.RUNNING, "worker_id": worker_id, "ticket": ticket, "tries": task.tries + 1}
        times = {"lease_until_s": now + lease_s, "claimed_s": now, "finished_s": None, "frames_done": 0}
        connection.execute(tasks.update().where(tasks.c.id == task.id).values(**held, **times))
        started = sa.func.coalesce(jobs.c.started_s, now)
        change(connection, task.recording_id, state=JobState.RUNNING, started_s=started)
        row = connection.execute(EVERYTHING.where(recordings.c.id == task.recording_id)).one()
        recording = as_recording(row)
        _serve(connection, recording.owner, now)
        return Lease(task.id, ticket, recording, Step(task.step), task.number, task.tries + 1)


def beat(database: Database, lease: Lease, *, frames_done: int, lease_s: float, now: float | None = None) -> bool:
    """Prolongs a lease whose work gets on; False where it is not wanted any more: cancelled, deleted or lost."""
    now = time.time() if now is None else now
    values = {"lease_until_s": now + lease_s, "frames_done": frames_done}
    with database.writing() as connection:
        return connection.execute(tasks.update().where(_wanted(lease)).values(values)).rowcount > 0


def wanted(database: Database, lease: Lease) -> bool:
    """The same question without prolonging it."""
    with database.reading() as connection:
        return connection.scalar(sa.select(tasks.c.id).where(_wanted(lease))) is not None


def finish(
    database: Database,
    lease: Lease,
    *,
    frames_done: int = 0,
    segments: int | None = None,
    frames: int | None = None,
    facts: dict[str, Any] | None = None,
    now: float | None = None,
) -> bool:
    """The task is done; with the last one of a step the tasks of the next appear. False where nobody wants it.

    ``segments`` and ``frames`` are what the plan found, ``facts`` the summary that comes out of the last step.
    """
    now = time.time() if now is None else now
    with database.writing() as connection:
        if connection.scalar(sa.select(tasks.c.id).where(_wanted(lease))) is None:
            _let_go(connection, lease, tries=lease.tries - 1)
            return False
        done = {**FREE, "state": TaskState.DONE, "finished_s": now, "frames_done": frames_done}
        connection.execute(tasks.update().where(tasks.c.id == lease.task_id).values(done))
        if segments is not None:
            change(connection, lease.recording.id, segments=segments, frames=frames)
        _go_on(connection, lease, facts, now)
        return True


def release(database: Database, lease: Lease) -> None:
    """Gives a task back that was not worked on to any end, and for no fault of its own: the try does not count."""
    with database.writing() as connection:
        _let_go(connection, lease, tries=lease.tries - 1)


def pause(database: Database, lease: Lease, message: str, *, now: float | None = None) -> None:
    """The same, and the job goes on only when there is room again, and not at once."""
    until = (time.time() if now is None else now) + PAUSE_S
    with database.writing() as connection:
        if _let_go(connection, lease, tries=lease.tries - 1, not_before_s=until):
            active = jobs.update().where(jobs.c.recording_id == lease.recording.id, jobs.c.state.in_(ACTIVE))
            connection.execute(active.values(state=JobState.PAUSED, message=message))


def fail(database: Database, lease: Lease, message: str, *, now: float | None = None) -> None:
    """It will never work: the job is over."""
    now = time.time() if now is None else now
    with database.writing() as connection:
        if _let_go(connection, lease, tries=lease.tries):
            _give_up(connection, lease.recording.id, message, now)


def stumble(database: Database, lease: Lease, reason: str, *, tries: int, now: float | None = None) -> None:
    """This try failed, another may not. ``reason`` goes on after "because"."""
    now = time.time() if now is None else now
    with database.writing() as connection:
        task = connection.execute(sa.select(tasks).where(_mine(lease))).one_or_none()
        if task is not None:
            _end_try(connection, task, reason, tries, now)


def lose(database: Database, worker_id: str, reason: str, *, tries: int, now: float | None = None) -> None:
    """The same for whatever a worker held that is no more."""
    now = time.time() if now is None else now
    with database.writing() as connection:
        held = tasks.c.state == TaskState.RUNNING
        for task in connection.execute(sa.select(tasks).where(tasks.c.worker_id == worker_id, held)).all():
            hung = task.lease_until_s is not None and task.lease_until_s <= now
            _end_try(connection, task, HUNG if hung else reason, tries, now)


def _next(now: float) -> sa.Select[Any]:
    under_way = (
        sa.select(recordings.c.owner, sa.func.count().label("tasks"))
        .join(tasks, tasks.c.recording_id == recordings.c.id)
        .where(tasks.c.state == TaskState.RUNNING)
        .group_by(recordings.c.owner)
        .subquery()
    )
    return (
        sa.select(tasks.c.id, tasks.c.recording_id, tasks.c.step, tasks.c.number, tasks.c.tries)
        .join(jobs, jobs.c.recording_id == tasks.c.recording_id)
        .join(recordings, recordings.c.id == tasks.c.recording_id)
        .outerjoin(under_way, under_way.c.owner == recordings.c.owner)
        .outerjoin(turns, turns.c.owner == recordings.c.owner)
        .where(tasks.c.state == TaskState.WAITING, recordings.c.deleted_s.is_(None))
        .where((tasks.c.not_before_s <= now) | (tasks.c.not_before_s > now + LONGEST_REST_S))
        .where(jobs.c.state.in_([JobState.WAITING, JobState.RUNNING]))
        .order_by(sa.func.coalesce(under_way.c.tasks, 0), sa.func.coalesce(turns.c.served_s, 0), recordings.c.owner)
        .order_by(sa.case((tasks.c.step == Step.PLAN, 0), else_=1), jobs.c.created_s, tasks.c.id)
        .limit(1)
    )


def _serve(connection: sa.Connection, owner: str, now: float) -> None:
    if not connection.execute(turns.update().where(turns.c.owner == owner).values(served_s=now)).rowcount:
        connection.execute(turns.insert().values(owner=owner, served_s=now))


def _mine(lease: Lease) -> sa.ColumnElement[bool]:
    return (tasks.c.id == lease.task_id) & (tasks.c.ticket == lease.ticket)


def _wanted(lease: Lease) -> sa.ColumnElement[bool]:
    active = jobs.c.state.in_(ACTIVE)
    return _mine(lease) & sa.exists().where(jobs.c.recording_id == tasks.c.recording_id, active)


def _let_go(connection: sa.Connection, lease: Lease, **values: Any) -> bool:
    return connection.execute(tasks.update().where(_mine(lease)).values(**FREE, **values)).rowcount > 0


def _go_on(connection: sa.Connection, lease: Lease, facts: dict[str, Any] | None, now: float) -> None:
    """To the next step, when this one is complete."""
    same = tasks.c.recording_id == lease.recording.id
    open_tasks = sa.select(tasks.c.id).where(same, tasks.c.state != TaskState.DONE)
    if connection.execute(open_tasks.limit(1)).one_or_none() is not None:
        return
    following = _following(lease)
    if following is not None:
        segments = connection.scalar(sa.select(jobs.c.segments).where(jobs.c.recording_id == lease.recording.id))
        add_tasks(connection, lease.recording.id, following, (segments or 1) if following.per_segment else 1)
        return
    change(connection, lease.recording.id, state=JobState.DONE, message="", finished_s=now)
    connection.execute(recordings.update().where(recordings.c.id == lease.recording.id).values(facts=facts or {}))


def _following(lease: Lease) -> Step | None:
    """What a live session showed was seen while it ran."""
    following = lease.step.following
    live = lease.recording.origin is Origin.LIVE
    return following.following if following is Step.SEE and live else following


def _end_expired(connection: sa.Connection, tries: int, now: float) -> None:
    """Leases of workers that hung, or were on a machine that went down."""
    late = sa.select(tasks).where(tasks.c.state == TaskState.RUNNING, tasks.c.lease_until_s < now)
    for task in connection.execute(late).all():
        _end_try(connection, task, HUNG, tries, now)


def _end_try(connection: sa.Connection, task: sa.Row[Any], reason: str, tries: int, now: float) -> None:
    until = now + min(2.0**task.tries, LONGEST_REST_S)
    connection.execute(tasks.update().where(tasks.c.id == task.id).values(**FREE, not_before_s=until))
    if task.tries >= tries:
        _give_up(connection, task.recording_id, _sentence(connection, task, reason), now)


def _give_up(connection: sa.Connection, recording_id: str, message: str, now: float) -> None:
    active = jobs.update().where(jobs.c.recording_id == recording_id, jobs.c.state.in_(ACTIVE))
    connection.execute(active.values(state=JobState.FAILED, message=message, finished_s=now))


def _sentence(connection: sa.Connection, task: sa.Row[Any], reason: str) -> str:
    segments = connection.scalar(sa.select(jobs.c.segments).where(jobs.c.recording_id == task.recording_id)) or 1
    part = f" of part {task.number + 1} of {segments}" if Step(task.step).per_segment and segments > 1 else ""
    times = "once" if task.tries == 1 else f"{task.tries} times"
    return (
        f"The analysis{part} was tried {times} and did not come to an end, because {reason}. "
        "The file may be damaged: convert it to MP4 with another program and add it again."
    )
