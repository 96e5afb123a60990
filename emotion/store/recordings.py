"""Recordings: what is in the library."""

from __future__ import annotations

import time
import uuid
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from emotion.errors import NotFound
from emotion.store import audit
from emotion.store.database import Database
from emotion.store.schema import jobs, recordings, shares, tasks
from emotion.store.values import Job, JobState, Origin, Recording, Step, TaskState

NAME_LENGTH = 255
EVERYTHING = (
    sa.select(recordings, jobs)
    .join(jobs)
    .where(recordings.c.deleted_s.is_(None))
    .set_label_style(sa.LABEL_STYLE_TABLENAME_PLUS_COL)
)


def new_id() -> str:
    """32 hex characters that nobody can guess (122 random bits)."""
    return uuid.uuid4().hex


def add(
    database: Database,
    *,
    owner: str,
    name: str,
    origin: Origin,
    source: str,
    size_bytes: int,
    settings: dict[str, Any],
    keep_until_s: float | None = None,
    recording_id: str | None = None,
    now: float | None = None,
) -> Recording:
    """A new recording and the job that analyses it. Its video must lie in its place already."""
    now = time.time() if now is None else now
    row = {
        "id": recording_id or new_id(),
        "owner": owner,
        "name": name[:NAME_LENGTH],
        "origin": origin,
        "source": source,
        "size_bytes": size_bytes,
        "created_s": now,
        "keep_until_s": keep_until_s,
        "facts": {},
    }
    job = {"recording_id": row["id"], "state": JobState.WAITING, "message": "", "settings": settings, "created_s": now}
    with database.writing() as connection:
        connection.execute(recordings.insert().values(row))
        connection.execute(jobs.insert().values(job))
        add_tasks(connection, str(row["id"]), Step.PLAN, 1)
        audit.note(connection, owner, "recording.uploaded", str(row["id"]), now=now, bytes=size_bytes, origin=origin)
        return _get(connection, str(row["id"]))


def add_tasks(connection: sa.Connection, recording_id: str, step: Step, count: int) -> None:
    """The tasks of one step, free to be claimed."""
    blank = {"recording_id": recording_id, "step": step, "state": TaskState.WAITING, "tries": 0, "not_before_s": 0.0}
    connection.execute(tasks.insert(), [{**blank, "number": number, "frames_done": 0} for number in range(count)])


def get(database: Database, recording_id: str, *, owner: str | None = None) -> Recording:
    """Raises NotFound; where ``owner`` is given, for the recordings of others too."""
    with database.reading() as connection:
        found = _get(connection, recording_id)
    if owner not in (None, found.owner):
        raise NotFound
    return found


def owner_of(database: Database, recording_id: str) -> str:
    """Whose it is. Raises NotFound."""
    query = sa.select(recordings.c.owner).where(recordings.c.id == recording_id, recordings.c.deleted_s.is_(None))
    with database.reading() as connection:
        owner = connection.scalar(query)
    if owner is None:
        raise NotFound
    return str(owner)


def find(
    database: Database,
    *,
    owner: str | None = None,
    search: str = "",
    states: Collection[JobState] = tuple(JobState),
    limit: int = 200,
    offset: int = 0,
) -> tuple[Recording, ...]:
    """Newest first; ``search`` is a part of the name, ``owner`` whose they are (None: everybody's)."""
    query = EVERYTHING.order_by(recordings.c.created_s.desc(), recordings.c.id).limit(limit).offset(offset)
    if owner is not None:
        query = query.where(recordings.c.owner == owner)
    if len(states) < len(JobState):
        query = query.where(jobs.c.state.in_(states))
    if search:
        query = query.where(recordings.c.name.icontains(search, autoescape=True))
    with database.reading() as connection:
        return tuple(as_recording(row) for row in connection.execute(query))


def rename(database: Database, recording_id: str, name: str) -> None:
    """Raises NotFound."""
    _change(database, recording_id, name=name.strip()[:NAME_LENGTH] or "video")


def keep(database: Database, recording_id: str, until_s: float | None) -> None:
    """Until when it is kept, seconds since 1970; None is for ever. Raises NotFound."""
    _change(database, recording_id, keep_until_s=until_s)


def give(database: Database, recording_id: str, owner: str) -> None:
    """It is somebody else's from now on; links that show it end. Raises NotFound."""
    with database.writing() as connection:
        _changed(connection, recording_id, owner=owner)
        connection.execute(shares.delete().where(shares.c.recording_id == recording_id))
        audit.note(connection, audit.SERVER, "recording.given", recording_id, to=owner)


def mark_deleted(database: Database, recording_id: str, *, by: str = audit.SERVER, now: float | None = None) -> None:
    """Nobody finds it any more, no link shows it, and its job ends. Raises NotFound."""
    now = time.time() if now is None else now
    over = [state for state in JobState if state.over]
    with database.writing() as connection:
        _changed(connection, recording_id, deleted_s=now)
        going_on = jobs.update().where(jobs.c.recording_id == recording_id, jobs.c.state.not_in(over))
        connection.execute(going_on.values(state=JobState.CANCELLED, finished_s=now))
        connection.execute(shares.delete().where(shares.c.recording_id == recording_id))
        audit.note(connection, by, "recording.deleted", recording_id, now=now)


def expired(database: Database, *, now: float | None = None) -> tuple[str, ...]:
    """Whose time is over. Never one that is still being made: its time begins with its end (``taping.release``)."""
    now = time.time() if now is None else now
    growing = sa.exists().where(jobs.c.recording_id == recordings.c.id, jobs.c.state == JobState.RECORDING)
    over = recordings.c.keep_until_s < now
    query = sa.select(recordings.c.id).where(over, recordings.c.deleted_s.is_(None), ~growing)
    with database.reading() as connection:
        return tuple(connection.scalars(query))


def deleted(database: Database) -> tuple[str, ...]:
    """Deleted ones that nobody works on any more: their row may go, when their folder has gone."""
    held = sa.exists().where(tasks.c.recording_id == recordings.c.id, tasks.c.state == TaskState.RUNNING)
    query = sa.select(recordings.c.id).where(recordings.c.deleted_s.is_not(None), ~held)
    with database.reading() as connection:
        return tuple(connection.scalars(query))


def stopped(database: Database) -> tuple[str, ...]:
    """Whose job is over for now and that nobody works on: nothing half-done of theirs is needed."""
    held = sa.exists().where(tasks.c.recording_id == jobs.c.recording_id, tasks.c.state == TaskState.RUNNING)
    ended = jobs.c.state.in_([JobState.CANCELLED, JobState.DONE])
    with database.reading() as connection:
        return tuple(connection.scalars(sa.select(jobs.c.recording_id).where(ended, ~held)))


def forget(database: Database, recording_id: str) -> None:
    """The row of a deleted one goes, and all that hangs on it."""
    with database.writing() as connection:
        connection.execute(
            recordings.delete().where(recordings.c.id == recording_id, recordings.c.deleted_s.is_not(None))
        )


def with_files(database: Database) -> tuple[str, ...]:
    """All whose video lies in the data folder."""
    query = sa.select(recordings.c.id).where(recordings.c.deleted_s.is_(None), recordings.c.origin != Origin.MEDIA)
    with database.reading() as connection:
        return tuple(connection.scalars(query))


def known(database: Database, ids: Sequence[str]) -> frozenset[str]:
    """Those of ``ids`` that have a row, deleted ones too."""
    with database.reading() as connection:
        return frozenset(connection.scalars(sa.select(recordings.c.id).where(recordings.c.id.in_(ids))))


def _change(database: Database, recording_id: str, **values: Any) -> None:
    with database.writing() as connection:
        _changed(connection, recording_id, **values)


def _changed(connection: sa.Connection, recording_id: str, **values: Any) -> None:
    change = recordings.update().where(recordings.c.id == recording_id, recordings.c.deleted_s.is_(None))
    if not connection.execute(change.values(values)).rowcount:
        raise NotFound


def _get(connection: sa.Connection, recording_id: str) -> Recording:
    row = connection.execute(EVERYTHING.where(recordings.c.id == recording_id)).one_or_none()
    if row is None:
        raise NotFound
    return as_recording(row)


def as_recording(row: sa.Row[Any]) -> Recording:
    """A row of :data:`EVERYTHING`."""
    values = row._mapping
    job = {name: values[f"jobs_{name}"] for name in Job.__dataclass_fields__}
    own = {name: values[f"recordings_{name}"] for name in Recording.__dataclass_fields__ if name != "job"}
    own["origin"], job["state"] = Origin(own["origin"]), JobState(job["state"])
    return Recording(**own, job=Job(**job))
