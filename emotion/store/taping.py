"""Recordings that are being made: in the library from their first moment, and nobody's work before their end."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from emotion.notes import NoteKind
from emotion.store import audit
from emotion.store.database import Database
from emotion.store.jobs import change
from emotion.store.notes import TEXT_LENGTH
from emotion.store.recordings import NAME_LENGTH, add_tasks
from emotion.store.recordings import get as get_recording
from emotion.store.schema import jobs, notes, recordings
from emotion.store.values import JobState, Mark, Origin, Recording, Step


def begin(
    database: Database,
    *,
    recording_id: str,
    owner: str,
    name: str,
    source: str,
    settings: dict[str, Any],
    keep_s: float | None = None,
    now: float | None = None,
) -> Recording:
    """A recording that grows. Its folder must be there. ``keep_s`` is how long it is kept; None is for ever.

    Raises StoreError.
    """
    now = time.time() if now is None else now
    row = {"id": recording_id, "owner": owner, "name": name[:NAME_LENGTH], "origin": Origin.LIVE, "source": source}
    more: dict[str, Any] = {"size_bytes": 0, "created_s": now, "keep_until_s": _until(now, keep_s), "facts": {}}
    job = {"recording_id": recording_id, "state": JobState.RECORDING, "message": "", "settings": settings}
    with database.writing() as connection:
        connection.execute(recordings.insert().values({**row, **more}))
        connection.execute(jobs.insert().values({**job, "created_s": now}))
        audit.note(connection, owner, "recording.begun", recording_id, now=now, origin=Origin.LIVE)
    return get_recording(database, recording_id)


def goes_on(database: Database, recording_id: str) -> bool:
    """Whether it is still wanted: neither deleted nor taken for broken off."""
    with database.reading() as connection:
        return connection.scalar(sa.select(jobs.c.recording_id).where(_open(recording_id))) is not None


def under_way(database: Database) -> tuple[str, ...]:
    """All that are being made, on whatever server."""
    with database.reading() as connection:
        return tuple(connection.scalars(sa.select(jobs.c.recording_id).where(jobs.c.state == JobState.RECORDING)))


def release(
    database: Database,
    recording_id: str,
    *,
    size_bytes: int,
    marks: Sequence[Mark],
    keep_s: float | None = None,
    now: float | None = None,
) -> bool:
    """It is complete: its markers become notes, and its results can be made. False where somebody else said so, or it
    was deleted.

    It is kept for ``keep_s`` from now on, the same that it began with; a day that a person chose meanwhile stays.
    """
    now = time.time() if now is None else now
    with database.writing() as connection:
        if connection.scalar(sa.select(jobs.c.recording_id).where(_open(recording_id))) is None:
            return False
        grown = recordings.update().where(recordings.c.id == recording_id)
        connection.execute(grown.values(size_bytes=size_bytes))
        if keep_s is not None:
            untouched = recordings.c.keep_until_s == recordings.c.created_s + keep_s
            connection.execute(grown.where(untouched).values(keep_until_s=_until(now, keep_s)))
        if marks:
            connection.execute(notes.insert(), [_note(recording_id, *mark) for mark in marks])
        change(connection, recording_id, state=JobState.WAITING)
        add_tasks(connection, recording_id, Step.PLAN, 1)
        return True


def discard(database: Database, recording_id: str) -> bool:
    """Not one picture came: it was never there. False where it is no recording under way."""
    with database.writing() as connection:
        if connection.scalar(sa.select(jobs.c.recording_id).where(_open(recording_id))) is None:
            return False
        connection.execute(recordings.delete().where(recordings.c.id == recording_id))
        return True


def _until(since_s: float, keep_s: float | None) -> float | None:
    return None if keep_s is None else since_s + keep_s


def _open(recording_id: str) -> sa.ColumnElement[bool]:
    return (jobs.c.recording_id == recording_id) & (jobs.c.state == JobState.RECORDING)


def _note(recording_id: str, time_s: float, text: str) -> dict[str, Any]:
    words = text.strip()[:TEXT_LENGTH]
    return {"recording_id": recording_id, "kind": NoteKind.MARKER, "from_s": time_s, "until_s": None, "text": words}
