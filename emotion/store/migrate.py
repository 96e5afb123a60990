"""Brings a database up to date, when a process starts; several may start at once."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from emotion.errors import StoreError
from emotion.store.database import MIGRATION_LOCK, Database

FOLDER = Path(__file__).with_name("migrations")


def migrate(database: Database, *, to: str = "head") -> None:
    """Makes the tables, or changes those of an older version. Raises StoreError where the database is newer than us.

    ``to`` is for tests, which make an older database.
    """
    config = _config()
    script = ScriptDirectory.from_config(config)
    # All of it in one transaction, under a lock: who starts a moment later finds it done.
    with database.writing(MIGRATION_LOCK) as connection:
        at = MigrationContext.configure(connection).get_current_revision()
        if at == script.get_current_head():
            return
        if at is not None and at not in {revision.revision for revision in script.walk_revisions()}:
            raise StoreError(
                "The database was made by a newer version of Emotion Dashboard. "
                "Install that version, or restore a backup from before it."
            )
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
