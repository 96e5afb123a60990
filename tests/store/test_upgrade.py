"""Databases of every older version, with rows in all of their tables, become today's and lose nothing.

What an older version wrote stands here as it wrote it; a change of the tables needs a new version, not a change here.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from emotion.settings import Settings
from emotion.store import audit, jobs, live, migrate, notes, recordings, usage, workers
from emotion.store.database import Database
from emotion.store.schema import metadata
from emotion.store.values import JobState, Origin

DONE, WAITING, DELETED = "d" * 32, "e" * 32, "f" * 32
WORKER, SERVER = "a" * 32, "b" * 32
FACTS = {"in_words": "A face, mostly happy", "source": {"name": "Köln.mp4", "duration_s": 12.5}}
Rows = dict[str, list[dict[str, Any]]]


def recording(number: str, **more: Any) -> dict[str, Any]:
    given = {"id": number, "owner": "local", "name": "Köln.mp4", "origin": "upload", "source": "Köln.mp4"}
    return {**given, "size_bytes": 5 << 32, "created_s": 1.7e9, "keep_until_s": None, "facts": "{}", **more}


def job(number: str, state: str, **more: Any) -> dict[str, Any]:
    given = {"recording_id": number, "state": state, "message": "", "settings": '{"every": 2}', "created_s": 1.7e9}
    return {**given, "segments": None, "frames": None, "started_s": None, "finished_s": None, **more}


def task(number: str, step: str, state: str, **more: Any) -> dict[str, Any]:
    given = {"recording_id": number, "step": step, "number": 0, "state": state, "tries": 1, "not_before_s": 0.0}
    held = {"worker_id": None, "ticket": None, "lease_until_s": None, "claimed_s": None, "finished_s": None}
    return {**given, **held, "frames_done": 0, **more}


FIRST: Rows = {
    "recordings": [
        recording(DONE, facts=json.dumps(FACTS), keep_until_s=1.9e9),
        recording(WAITING, owner="ann", origin="media", name="talk"),
        recording(DELETED, deleted_s=1.71e9),
    ],
    "workers": [{"id": WORKER, "host": "here", "pid": 7, "started_s": 1.7e9, "seen_s": 1.7e9}],
    "jobs": [
        job(DONE, "done", segments=1, frames=300, started_s=1.7e9, finished_s=1.7e9 + 60),
        job(WAITING, "waiting"),
        job(DELETED, "cancelled"),
    ],
    "tasks": [
        task(DONE, "join", "done", finished_s=1.7e9 + 60, frames_done=300),
        task(WAITING, "plan", "running", worker_id=WORKER, ticket="c" * 32, lease_until_s=1.7e9, claimed_s=1.7e9),
    ],
    "turns": [{"owner": "ann", "served_s": 1.5}],
}
SECOND: Rows = {
    "persons": [{"recording_id": DONE, "person": 1, "name": "Zoë"}],
    "faces": [{"recording_id": DONE, "face": 2, "from_s": 0.0, "person": 1}],
    "notes": [{"recording_id": DONE, "kind": "marker", "from_s": 3.5, "until_s": None, "text": "look"}],
}
THIRD: Rows = {
    "live_servers": [{"id": SERVER, "host": "here", "pid": 8, "places": 4, "seen_s": 1.7e9}],
    "live_sessions": [
        {"id": "c" * 32, "server_id": SERVER, "owner": "local", "state": "running", "started_s": 1.7e9, "seen_s": 1.7e9}
    ],
    "audit": [
        {"at_s": 1.7e9, "actor": "local", "action": "live.end", "object": "", "detail": '{"seconds": 9.5}'},
    ],
}
FOURTH: Rows = {
    "shares": [
        {"id": "9" * 32, "recording_id": DONE, "by": "local", "created_s": 1.7e9, "until_s": 1.8e9},
    ],
}
WRITTEN = {"0001": (FIRST,), "0002": (FIRST, SECOND), "0003": (FIRST, SECOND, THIRD)}
WRITTEN["0004"] = (*WRITTEN["0003"], FOURTH)


def write(connection: sa.Connection, rows: Rows) -> None:
    for table, entries in rows.items():
        for entry in entries:
            columns = ", ".join(f'"{name}"' for name in entry)
            values = ", ".join(f":{name}" for name in entry)
            connection.execute(sa.text(f'INSERT INTO "{table}" ({columns}) VALUES ({values})'), entry)  # noqa: S608 - ours


def read(connection: sa.Connection, rows: Rows) -> Rows:
    """The same tables and columns, in the order in which they were written."""
    found: Rows = {}
    for table, entries in rows.items():
        columns = sorted({name for entry in entries for name in entry})
        names = ", ".join(f'"{name}"' for name in columns)
        raw = connection.execute(sa.text(f'SELECT {names} FROM "{table}"'))  # noqa: S608 - ours
        found[table] = [dict(row._mapping) for row in raw]
    return found


def plain(rows: Rows) -> dict[str, list[str]]:
    """Comparable: JSON as what it says, without what was not given, in any order."""
    return {
        table: sorted(
            json.dumps({name: _said(value) for name, value in entry.items() if value is not None}, sort_keys=True)
            for entry in entries
        )
        for table, entries in rows.items()
    }


def _said(value: object) -> object:
    return json.loads(value) if isinstance(value, str) and value.startswith("{") else value


@pytest.mark.parametrize("version", WRITTEN)
def test_nothing_is_lost_on_the_way_to_today(settings: Settings, version: str) -> None:
    with Database.open(settings) as database:
        with database.writing() as connection:
            metadata.drop_all(connection)
            connection.execute(sa.text("DROP TABLE alembic_version"))
        migrate.migrate(database, to=version)
        with database.writing() as connection:
            for rows in WRITTEN[version]:
                write(connection, rows)

    with Database.open(settings) as database:
        with database.reading() as connection:
            assert compare_metadata(MigrationContext.configure(connection), metadata) == []
            for rows in WRITTEN[version]:
                assert plain(read(connection, rows)) == plain(rows)
        _is_understood(database, version)


def _is_understood(database: Database, version: str) -> None:
    """By today's code, and the numbers of new rows do not meet those of old ones."""
    done = recordings.get(database, DONE)
    assert (done.name, done.origin, done.job.state, done.facts) == ("Köln.mp4", Origin.UPLOAD, JobState.DONE, FACTS)
    assert [found.id for found in recordings.find(database, owner="ann")] == [WAITING]
    assert recordings.deleted(database) == (DELETED,)
    assert usage.of(database, "local").size_bytes == 5 << 32
    assert [worker.id for worker in workers.of_host(database, "here")] == [WORKER]
    if version >= "0002":
        assert notes.of(database, DONE).called(1) == "Zoë"
    if version >= "0003":
        assert audit.latest(database)[0].detail == {"seconds": 9.5}
    assert live.everywhere(database, now=1.7e9).running == (version >= "0003")
    assert jobs.begin_anew(database) == 1


def test_every_version_has_rows_here(settings: Settings) -> None:
    """Whoever adds a migration adds what the version before it wrote."""
    with Database.open(settings) as database, database.reading() as connection:
        assert max(WRITTEN) == MigrationContext.configure(connection).get_current_revision()
    tables = {table for rows in WRITTEN[max(WRITTEN)] for table in rows}
    assert tables == set(metadata.tables)
