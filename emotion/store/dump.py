"""The database as one file, and back: by the means that each kind of database has of its own.

SQLite copies itself page by page while others go on writing (https://www.sqlite.org/backup.html). PostgreSQL's own
programs do the same: ``pg_dump`` and ``pg_restore``, which must be as new as the server. Both copies are of one moment.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import sqlalchemy as sa

from emotion.errors import InputError, OutputError, StoreError
from emotion.files import output_error
from emotion.settings import Settings
from emotion.store.database import address
from emotion.store.schema import metadata

SQLITE, POSTGRESQL = "sqlite", "postgresql"
FILES = {SQLITE: "emotion.db", POSTGRESQL: "emotion.dump"}
PRIVATE = 0o600
NO_PROGRAM = "The program '{}' is missing. Install PostgreSQL's client programs (Debian: postgresql-client)."
NOT_EMPTY = "The database holds something already. Restore into a new one, and leave this one as it is."


def kind(settings: Settings) -> str:
    """:data:`SQLITE` or :data:`POSTGRESQL`. Raises SettingsError."""
    return SQLITE if address(settings).get_backend_name() == SQLITE else POSTGRESQL


def dump(settings: Settings, file: Path) -> None:
    """Writes the database as it is at one moment; others go on working with it. Raises StoreError, OutputError."""
    try:
        file.touch(PRIVATE)
    except OSError as error:
        raise output_error(error, file.parent) from error
    url = address(settings)
    if kind(settings) == SQLITE:
        _copy(Path(str(url.database)), file)
    else:
        _run(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={file}"], url)


def must_be_empty(settings: Settings) -> None:
    """Raises InputError where a database is there already and holds something, StoreError where none answers."""
    url = address(settings)
    if Path(str(url.database)).exists() if kind(settings) == SQLITE else _has_tables(url):
        raise InputError(NOT_EMPTY)


def load(settings: Settings, file: Path) -> None:
    """Fills an empty database with what :func:`dump` wrote. Raises StoreError, OutputError."""
    url = address(settings)
    if kind(settings) == SQLITE:
        _copy(file, Path(str(url.database)))
        Path(str(url.database)).chmod(PRIVATE)
        return
    only = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    _run(["pg_restore", *only, f"--dbname={url.database}", str(file)], url)


def _copy(source: Path, target: Path) -> None:
    if not source.exists():
        raise StoreError("There is no database yet. Start the dashboard once, or set EMOTION_DATA_DIR to its folder.")
    try:
        with (
            contextlib.closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old,
            contextlib.closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
            new.execute("PRAGMA journal_mode=DELETE")  # one file, and nothing beside it
            sound = new.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.Error as error:
        raise StoreError(f"The database cannot be copied ({error}). Look at the disks and try again.") from error
    if sound != "ok":
        raise StoreError("The copy of the database is damaged. Look at the disks and try again.")


def _has_tables(url: sa.URL) -> bool:
    engine = sa.create_engine(url, hide_parameters=True)
    try:
        return bool(set(sa.inspect(engine).get_table_names()) & {*metadata.tables, "alembic_version"})
    except sa.exc.SQLAlchemyError as error:
        raise StoreError("The database cannot be reached. Look at EMOTION_DATABASE_URL.") from error
    finally:
        engine.dispose()


def _run(command: list[str], url: sa.URL) -> None:
    """One of PostgreSQL's programs. Where to is told in its environment: a list of processes shows its arguments."""
    if shutil.which(command[0]) is None:
        raise StoreError(NO_PROGRAM.format(command[0]))
    options = {key: str(value) for key, value in url.query.items()}
    told = {
        "PGHOST": url.host or options.get("host"),
        "PGPORT": str(url.port) if url.port else options.get("port"),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": options.get("sslmode"),
        "PGSSLROOTCERT": options.get("sslrootcert"),
        "PGCONNECT_TIMEOUT": "10",
    }
    environment = {**os.environ, **{name: value for name, value in told.items() if value}}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OutputError(f"{command[0]} failed: {_last_line(done.stderr)}. Nothing was changed.")


def _last_line(words: str) -> str:
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else "it does not say why"
