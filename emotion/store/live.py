"""What every server process tells the others about its live sessions.

Who gets a place is each process's own business (:mod:`emotion.live.seats`); this only lets pages say how it stands on
all servers together. A process that says nothing for :data:`SILENT_S` is forgotten with all its sessions.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from emotion.store.database import Database
from emotion.store.schema import live_servers, live_sessions

# A process speaks every few seconds; one that was silent for so long is dead, or cut off.
SILENT_S = 30.0
RUNNING = "running"
WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class LiveServer:
    """A process that has live pages."""

    id: str
    host: str
    pid: int
    places: int


@dataclass(frozen=True, slots=True)
class LiveRow:
    """Somebody who is live in it, or waits to be."""

    id: str
    owner: str
    state: str
    """:data:`RUNNING` or :data:`WAITING`."""
    started_s: float
    """Seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Everywhere:
    """How it stands on all servers together."""

    running: int
    waiting: int
    places: int
    servers: int


def tell(database: Database, server: LiveServer, sessions: Sequence[LiveRow], *, now: float | None = None) -> None:
    """These are the sessions of this server now, and no others. Raises StoreError."""
    now = time.time() if now is None else now
    with database.writing() as connection:
        connection.execute(live_servers.delete().where(live_servers.c.seen_s < now - SILENT_S))
        _see(connection, server, now)
        connection.execute(live_sessions.delete().where(live_sessions.c.server_id == server.id))
        rows = [_row(server, session, now) for session in sessions]
        if rows:
            connection.execute(live_sessions.insert(), rows)


def leave(database: Database, server_id: str) -> None:
    """It ends, and its sessions with it. Raises StoreError."""
    with database.writing() as connection:
        connection.execute(live_servers.delete().where(live_servers.c.id == server_id))


def everywhere(database: Database, *, now: float | None = None) -> Everywhere:
    """Of the servers that spoke lately. Raises StoreError."""
    now = time.time() if now is None else now
    alive = live_servers.c.seen_s >= now - SILENT_S
    servers = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(live_servers.c.places), 0)).where(alive)
    states = sa.select(live_sessions.c.state, sa.func.count().label("number")).join(live_servers).where(alive)
    with database.reading() as connection:
        count, places = connection.execute(servers).one()
        held = {row.state: row.number for row in connection.execute(states.group_by(live_sessions.c.state))}
    return Everywhere(held.get(RUNNING, 0), held.get(WAITING, 0), int(places), count)


def by_owner(database: Database, *, but: str = "", now: float | None = None) -> dict[str, int]:
    """Owner -> sessions and places in a line, on the servers that spoke lately, without the server ``but``.

    Raises StoreError.
    """
    now = time.time() if now is None else now
    there = (live_servers.c.seen_s >= now - SILENT_S) & (live_servers.c.id != but)
    query = sa.select(live_sessions.c.owner, sa.func.count().label("number")).join(live_servers).where(there)
    with database.reading() as connection:
        return {row.owner: row.number for row in connection.execute(query.group_by(live_sessions.c.owner))}


def _see(connection: sa.Connection, server: LiveServer, now: float) -> None:
    values = {"host": server.host, "pid": server.pid, "places": server.places, "seen_s": now}
    known = live_servers.update().where(live_servers.c.id == server.id).values(values)
    if not connection.execute(known).rowcount:
        connection.execute(live_servers.insert().values(id=server.id, **values))


def _row(server: LiveServer, session: LiveRow, now: float) -> dict[str, str | float]:
    own = {name: getattr(session, name) for name in LiveRow.__dataclass_fields__}
    return {**own, "server_id": server.id, "seen_s": now}
