"""Links by which a recording is shown to others: made by its owner, good until a day, ended early by its owner.

Who has the link's number and is signed in may look and download, nothing else. Nothing is remembered of who did; the
audit log says that.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from emotion.errors import InputError, NotFound
from emotion.store import audit
from emotion.store.database import Database
from emotion.store.places import ID
from emotion.store.schema import recordings, shares

DAY_S = 86_400.0
# A link that nobody remembers is a hole; for longer than this another one is made.
LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Share:
    """One link. All ``_s`` are seconds since 1970."""

    id: str
    """Stands in the link: 32 hex characters that nobody guesses."""
    recording_id: str
    by: str
    created_s: float
    until_s: float


def in_log(share_id: str) -> str:
    """What the audit log calls a link: enough to tell one from another, not enough to open it.

    Administrators read that log, and the whole number would show them the recording.
    """
    return share_id[:8]


def make(
    database: Database, recording_id: str, *, share_id: str, by: str, until_s: float, now: float | None = None
) -> bool:
    """From now on ``share_id`` shows the recording. False where it did already: a click may be told twice.

    Raises NotFound where the recording is not that person's, InputError for a day that has gone or is too far away.
    """
    now = time.time() if now is None else now
    if not now < until_s <= now + LONGEST_DAYS * DAY_S:
        raise InputError("A link ends on a day to come, within a year. Choose another day.")
    row = {"id": share_id, "recording_id": recording_id, "by": by, "created_s": now, "until_s": until_s}
    with database.writing() as connection:
        if connection.scalar(_whose(recording_id)) != by:
            raise NotFound
        if connection.scalar(sa.select(shares.c.id).where(shares.c.id == share_id)):
            return False
        connection.execute(shares.insert().values(row))
        audit.note(connection, by, "recording.shared", recording_id, now=now, share=in_log(share_id), until_s=until_s)
    return True


def of_recording(database: Database, recording_id: str, *, owner: str, now: float | None = None) -> tuple[Share, ...]:
    """Those that are good now, the newest first; none where the recording is not that person's. Raises StoreError."""
    query = _good(now).where(shares.c.recording_id == recording_id, recordings.c.owner == owner)
    with database.reading() as connection:
        rows = connection.execute(query.order_by(shares.c.created_s.desc(), shares.c.id))
        return tuple(_share(row) for row in rows)


def last_days(database: Database, owner: str, *, now: float | None = None) -> dict[str, float]:
    """Of this person's recordings those that links show now: the recording, and until when at the longest."""
    query = (
        _good(now)
        .where(recordings.c.owner == owner)
        .with_only_columns(shares.c.recording_id, sa.func.max(shares.c.until_s).label("until_s"))
    )
    with database.reading() as connection:
        return {row.recording_id: row.until_s for row in connection.execute(query.group_by(shares.c.recording_id))}


def find(database: Database, recording_id: str, share_id: str, *, now: float | None = None) -> Share | None:
    """The share where it is good now, and of that recording; it may be asked for with anything. Raises StoreError."""
    if not (ID.fullmatch(share_id) and ID.fullmatch(recording_id)):
        return None
    query = _good(now).where(shares.c.id == share_id, shares.c.recording_id == recording_id)
    with database.reading() as connection:
        row = connection.execute(query).one_or_none()
    return _share(row) if row else None


def revoke(database: Database, share_id: str, *, owner: str) -> bool:
    """It is over at once. False where there is none of this person's recordings. Raises StoreError."""
    query = sa.select(shares.c.recording_id).join(recordings)
    with database.writing() as connection:
        number = connection.scalar(query.where(shares.c.id == share_id, recordings.c.owner == owner))
        if number is None:
            return False
        connection.execute(shares.delete().where(shares.c.id == share_id))
        audit.note(connection, owner, "recording.unshared", number, share=in_log(share_id))
    return True


def forget(database: Database, *, now: float | None = None) -> None:
    """Deletes those whose day is over. Raises StoreError."""
    now = time.time() if now is None else now
    with database.writing() as connection:
        connection.execute(shares.delete().where(shares.c.until_s <= now))


def _whose(recording_id: str) -> sa.Select[Any]:
    there = recordings.c.deleted_s.is_(None)
    return sa.select(recordings.c.owner).where(recordings.c.id == recording_id, there)


def _good(now: float | None) -> sa.Select[Any]:
    """Those that show a recording which is there; a share goes with the rights of who made it."""
    now = time.time() if now is None else now
    there = recordings.c.deleted_s.is_(None) & (recordings.c.owner == shares.c.by)
    return sa.select(shares).join(recordings).where(shares.c.until_s > now, there)


def _share(row: sa.Row[Any]) -> Share:
    return Share(row.id, row.recording_id, row.by, row.created_s, row.until_s)
