"""Who uses the server, and how much of it: for administrators. No names of videos, nothing of what they show."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa

from emotion.store import usage
from emotion.store.audit import SERVER
from emotion.store.database import Database
from emotion.store.live import RUNNING, SILENT_S
from emotion.store.schema import audit, live_servers, live_sessions
from emotion.store.usage import Usage

LIVE_DAYS = 30
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has recordings, or whom the audit log knows."""

    key: str
    name: str
    """As they were called when they signed in last; empty where nobody knows."""
    usage: Usage
    live_now: int
    """Live sessions that are running."""
    live_s: float
    """Seconds of live sessions that ended in the last :data:`LIVE_DAYS` days."""
    seen_s: float | None
    """Their last entry in the audit log, seconds since 1970."""


def everybody(database: Database, *, now: float | None = None) -> tuple[Person, ...]:
    """Who has most first. Raises StoreError."""
    now = time.time() if now is None else now
    usages = usage.of_everybody(database)
    with database.reading() as connection:
        seen = _seen(connection)
        called = _names(connection)
        now_live = _live_now(connection, now)
        lately = _lived(connection, now - LIVE_DAYS * DAY_S)
    found = [
        Person(key, called.get(key, ""), usages.get(key, Usage()), now_live.get(key, 0), lately[key], seen.get(key))
        for key in {*usages, *seen, *now_live} - {SERVER}
    ]
    return tuple(sorted(found, key=lambda person: (-person.usage.size_bytes, person.key)))


def names(database: Database) -> dict[str, str]:
    """What those are called who ever signed in, by their keys. Raises StoreError."""
    with database.reading() as connection:
        return _names(connection)


def _seen(connection: sa.Connection) -> dict[str, float]:
    query = sa.select(audit.c.actor, sa.func.max(audit.c.at_s)).where(audit.c.actor != "").group_by(audit.c.actor)
    return {actor: float(at_s) for actor, at_s in connection.execute(query)}


def _names(connection: sa.Connection) -> dict[str, str]:
    last = sa.select(sa.func.max(audit.c.id)).where(audit.c.action == "signed.in").group_by(audit.c.actor)
    query = sa.select(audit.c.actor, audit.c.detail).where(audit.c.id.in_(last))
    return {actor: str(detail["name"]) for actor, detail in connection.execute(query) if detail.get("name")}


def _live_now(connection: sa.Connection, now: float) -> dict[str, int]:
    query = (
        sa.select(live_sessions.c.owner, sa.func.count())
        .join(live_servers)
        .where(live_sessions.c.state == RUNNING, live_servers.c.seen_s >= now - SILENT_S)
        .group_by(live_sessions.c.owner)
    )
    return {owner: int(count) for owner, count in connection.execute(query)}


def _lived(connection: sa.Connection, since_s: float) -> defaultdict[str, float]:
    query = sa.select(audit.c.actor, audit.c.detail).where(audit.c.action == "live.end", audit.c.at_s >= since_s)
    seconds: defaultdict[str, float] = defaultdict(float)
    for actor, detail in connection.execute(query):
        seconds[actor] += float(detail.get("seconds", 0))
    return seconds
