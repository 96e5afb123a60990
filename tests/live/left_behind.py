"""Everything that lies in a data folder and its database, to compare before and after."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from emotion.store.database import Database
from emotion.store.places import Places
from emotion.store.schema import audit, live_servers, live_sessions, metadata, workers

# The log, and which processes and sessions there are at this moment.
CHANGING = (audit, live_servers, live_sessions, workers)
# SQLite's file, its journal and its index of that.
DATABASE_FILES = f"{Places(Path()).database.name}*"


def rows(database: Database) -> dict[str, list[Any]]:
    """Everything in every table but those that may change."""
    with database.reading() as connection:
        tables = [table for table in metadata.sorted_tables if table not in CHANGING]
        return {table.name: list(connection.execute(sa.select(table))) for table in tables}


def files(folder: Path) -> dict[Path, bytes]:
    """Everything in the data folder but the database."""
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.match(DATABASE_FILES)
    }
