"""The audit log: who did what to which thing, and when. Entries are written once, and deleted when they are old."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from emotion.store.database import Database
from emotion.store.schema import audit

DAY_S = 86_400.0


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


def latest(database: Database, count: int = 100, *, action: str = "") -> tuple[Entry, ...]:
    """The newest first; ``action`` chooses those that begin with it. Raises StoreError."""
    columns = [audit.c[name] for name in Entry.__dataclass_fields__]
    query = sa.select(*columns).where(audit.c.action.startswith(action, autoescape=True))
    with database.reading() as connection:
        rows = connection.execute(query.order_by(audit.c.at_s.desc(), audit.c.id.desc()).limit(count))
        return tuple(Entry(**row._mapping) for row in rows)


def forget(database: Database, days: float, *, now: float | None = None) -> None:
    """Deletes what is older than ``days``; 0 keeps everything. Raises StoreError."""
    if not days:
        return
    before_s = (time.time() if now is None else now) - days * DAY_S
    with database.writing() as connection:
        connection.execute(audit.delete().where(audit.c.at_s < before_s))
