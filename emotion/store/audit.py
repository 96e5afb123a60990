"""The audit log: who did what to which thing, and when. Entries are written once, and deleted when they are old."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from emotion.errors import EmotionError
from emotion.store.database import Database
from emotion.store.schema import audit

log = logging.getLogger(__name__)

DAY_S = 86_400.0
SERVER = "server"
"""The actor of what nobody asked for: a time was over; or of the server's own command line."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One act."""

    at_s: float
    """Seconds since 1970."""
    actor: str
    action: str
    """``what.happened``, as in ``live.start``."""
    object: str
    """What it was done to; may be empty."""
    detail: dict[str, Any]


def write(
    database: Database, actor: str, action: str, object: str = "", *, now: float | None = None, **detail: Any
) -> None:
    """Adds an entry. ``detail`` must be JSON. Raises StoreError."""
    enter(database, Entry(time.time() if now is None else now, actor, action, object, detail))


def enter(database: Database, *entries: Entry) -> None:
    """Adds some that were made earlier, all or none of them. Raises StoreError."""
    rows = [{name: getattr(entry, name) for name in Entry.__dataclass_fields__} for entry in entries]
    if rows:
        with database.writing() as connection:
            connection.execute(audit.insert(), rows)


def mention(database: Database, actor: str, action: str, object: str, **detail: Any) -> bool:
    """The same for what changes nothing. Where it cannot be written, on a full disk, it is done all the same, and the
    server's log says so; whether it was written."""
    try:
        write(database, actor, action, object, **detail)
    except EmotionError as error:
        log.warning("The audit log could not be written: %s", error)
        return False
    return True


def note(
    connection: sa.Connection, actor: str, action: str, object: str, *, now: float | None = None, **detail: Any
) -> None:
    """The same for the other modules of the store, inside their transaction: what is done is also in the log."""
    at_s = time.time() if now is None else now
    entry = {"at_s": at_s, "actor": actor, "action": action, "object": object, "detail": detail}
    connection.execute(audit.insert().values(entry))


def latest(database: Database, count: int = 100, *, action: str = "") -> tuple[Entry, ...]:
    """The newest first; ``action`` chooses those that begin with it. Raises StoreError."""
    columns = [audit.c[name] for name in Entry.__dataclass_fields__]
    query = sa.select(*columns).where(audit.c.action.startswith(action, autoescape=True))
    with database.reading() as connection:
        rows = connection.execute(query.order_by(audit.c.at_s.desc(), audit.c.id.desc()).limit(count))
        return tuple(Entry(**row._mapping) for row in rows)


def find(
    database: Database,
    *,
    action: str = "",
    actor: str = "",
    actors: Collection[str] = (),
    since_s: float = 0.0,
    limit: int = 1000,
) -> tuple[Entry, ...]:
    """The newest first: whose action begins with ``action``, and whose actor has ``actor`` in it or is one of
    ``actors``. Raises StoreError."""
    query = sa.select(*[audit.c[name] for name in Entry.__dataclass_fields__]).where(
        audit.c.at_s >= since_s,
        audit.c.action.startswith(action, autoescape=True),
        audit.c.actor.icontains(actor, autoescape=True) | audit.c.actor.in_(actors),
    )
    with database.reading() as connection:
        rows = connection.execute(query.order_by(audit.c.at_s.desc(), audit.c.id.desc()).limit(limit))
        return tuple(Entry(**row._mapping) for row in rows)


def forget(database: Database, days: float, *, now: float | None = None) -> None:
    """Deletes what is older than ``days``; 0 keeps everything. Raises StoreError."""
    if not days:
        return
    before_s = (time.time() if now is None else now) - days * DAY_S
    with database.writing() as connection:
        connection.execute(audit.delete().where(audit.c.at_s < before_s))
