"""The database: an SQLite file that needs no set-up, or a PostgreSQL server; one writer at a time on both."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from emotion.errors import DiskFull, SettingsError, StoreError
from emotion.settings import Settings
from emotion.store.places import Places

# A writer holds the database for milliseconds; whoever waits longer than this found it broken.
BUSY_S = 30
# Any number that no other program takes for its advisory locks: "emotion" as letters of a telephone.
WRITER_LOCK = 3668466
MIGRATION_LOCK = WRITER_LOCK + 1
WRITES = "emotion_writes"
# A database server whose machine is gone without a word is given up after half a minute; by the system's own rules a
# page would wait for a quarter of an hour (names of libpq; the first three in seconds and times, the last in ms).
VANISHED = {"keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 1000 * BUSY_S}


class Database:
    """Connections for all threads of one process. Processes that are started open their own."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """The database of this server, brought up to date. Raises StoreError, OutputError, SettingsError."""
        from emotion.store.migrate import migrate

        Places(settings.data_dir).make()
        database = cls(_engine(settings))
        try:
            migrate(database)
        except BaseException:
            database.close()
            raise
        return database

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._engine.dispose()

    @property
    def is_sqlite(self) -> bool:
        return self._engine.dialect.name == "sqlite"

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One consistent look. Raises StoreError."""
        with _translated(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def writing(self, lock: int = WRITER_LOCK) -> Iterator[sa.Connection]:
        """All of the block or nothing, and no other writer meanwhile. Raises StoreError.

        SQLite knows one writer only. PostgreSQL is held to the same by a lock, so that races are thought of once: a
        claim, a beat or a change by a person takes about a millisecond, and a worker makes one or two a second.
        """
        fresh = self._engine.connect
        with _translated(), fresh().execution_options(**{WRITES: True}) as connection, connection.begin():
            if not self.is_sqlite:
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})
            yield connection


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        cause = error.__cause__
        if isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            raise DiskFull("The disk of the database is full. Free some space and try again.") from error
        sentence = "The database cannot be used at the moment. Try again; the server's log says more."
        raise StoreError(sentence) from error


# hide_parameters below: names of people and videos have no business in a log.
def _engine(settings: Settings) -> sa.Engine:
    url = address(settings)
    return _sqlite(Path(str(url.database))) if url.drivername == "sqlite" else _postgresql(url)


def address(settings: Settings) -> sa.URL:
    """Where the database is: ``sqlite`` and a path, or ``postgresql+psycopg``. Raises SettingsError."""
    if settings.database_url is None:
        return sa.URL.create("sqlite", database=str(Places(settings.data_dir).database))
    try:
        url = sa.make_url(settings.database_url)
        if url.get_backend_name() == "sqlite" and url.database:
            return url.set(drivername="sqlite")
        if url.drivername in ("postgres", "postgresql"):
            return url.set(drivername="postgresql+psycopg")
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise SettingsError("EMOTION_DATABASE_URL is no address of a database. " + EXAMPLE) from error
    raise SettingsError("EMOTION_DATABASE_URL names a database that is not supported. " + EXAMPLE)


EXAMPLE = "Write postgresql://user:password@host/name, or leave it out."


def _postgresql(url: sa.URL) -> sa.Engine:
    # A server that was restarted must not cost the next person an error; one that hangs must not hang us for ever.
    waits = f"-c lock_timeout={BUSY_S}s -c idle_in_transaction_session_timeout={BUSY_S}s"
    told = {"connect_timeout": 10, "options": waits, **VANISHED}
    return sa.create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=told)


def _sqlite(path: Path) -> sa.Engine:
    engine = sa.create_engine(f"sqlite:///{path}", hide_parameters=True, connect_args={"timeout": BUSY_S})
    sa.event.listen(engine, "connect", _prepare_connection)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _prepare_connection(connection: sqlite3.Connection, _: object) -> None:
    # Python's own guesses when to begin are switched off; see _begin.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys=ON")
    # An upload that was accepted outlives a power cut. One more fsync for each change: 40 changes a second are few.
    connection.execute("PRAGMA synchronous=FULL")
    _write_ahead(connection)


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Readers beside a writer. The file remembers it; of two who switch a new file at once, one is told "locked"."""
    deadline = time.monotonic() + BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _begin(connection: sa.Connection) -> None:
    """A writer takes its turn at once: one that first reads and then wants to write could not wait for its turn."""
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
