"""The processes that work, so that pages and probes can say whether any do."""

from __future__ import annotations

import time
from collections.abc import Sequence

import sqlalchemy as sa

from emotion.store.database import Database
from emotion.store.schema import tasks, workers
from emotion.store.values import TaskState, Worker

# Seen more than a few supervisor rounds ago.
SILENT_S = 20.0


def register(database: Database, worker: Worker) -> None:
    """It is there. Of one that is registered already only when it was seen changes."""
    with database.writing() as connection:
        known = workers.update().where(workers.c.id == worker.id).values(seen_s=worker.seen_s)
        if not connection.execute(known).rowcount:
            connection.execute(workers.insert().values(**_values(worker)))


def see(database: Database, ids: Sequence[str], *, now: float | None = None) -> None:
    """They are alive."""
    now = time.time() if now is None else now
    with database.writing() as connection:
        connection.execute(workers.update().where(workers.c.id.in_(ids)).values(seen_s=now))


def remove(database: Database, worker_id: str) -> None:
    """It is no more. What it held must have been given up before, see :func:`emotion.store.leases.lose`."""
    with database.writing() as connection:
        connection.execute(tasks.update().where(tasks.c.worker_id == worker_id).values(worker_id=None))
        connection.execute(workers.delete().where(workers.c.id == worker_id))


def alive(database: Database, *, now: float | None = None) -> tuple[Worker, ...]:
    """Those seen lately."""
    now = time.time() if now is None else now
    return _select(database, workers.c.seen_s >= now - SILENT_S)


def of_host(database: Database, host: str) -> tuple[Worker, ...]:
    """All that ever said to be on this machine and did not sign off."""
    return _select(database, workers.c.host == host)


def silent(database: Database, *, now: float | None = None) -> tuple[Worker, ...]:
    """Not seen for long, and holding nothing any more: of machines that went down."""
    now = time.time() if now is None else now
    holds = sa.exists().where(tasks.c.worker_id == workers.c.id, tasks.c.state == TaskState.RUNNING)
    return _select(database, workers.c.seen_s < now - SILENT_S, ~holds)


def _select(database: Database, *where: sa.ColumnElement[bool]) -> tuple[Worker, ...]:
    with database.reading() as connection:
        rows = connection.execute(sa.select(workers).where(*where).order_by(workers.c.started_s))
        return tuple(Worker(**row._mapping) for row in rows)


def _values(worker: Worker) -> dict[str, str | int | float]:
    return {name: getattr(worker, name) for name in Worker.__dataclass_fields__}
