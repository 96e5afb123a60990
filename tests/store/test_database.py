"""Opening, upgrading and refusing; two at once."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from emotion.errors import NotFound, OutputError, SettingsError, StoreError
from emotion.settings import Settings
from emotion.store import migrate
from emotion.store.database import Database
from emotion.store.places import Places
from emotion.store.schema import metadata, turns


def test_the_migrations_make_what_the_schema_says(settings: Settings) -> None:
    with Database.open(settings) as database, database.writing() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_every_step_from_the_first_version(settings: Settings) -> None:
    """What an older version wrote is still there afterwards."""
    with Database.open(settings) as database:
        with database.writing() as connection:
            metadata.drop_all(connection)
            connection.execute(sa.text("DROP TABLE alembic_version"))
        migrate.migrate(database, to="0001")
        with database.writing() as connection:
            connection.execute(turns.insert().values(owner="ann", served_s=1.5))
    with Database.open(settings) as database, database.reading() as connection:
        assert connection.execute(sa.select(turns)).one() == ("ann", 1.5)
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_newer_database_is_refused(settings: Settings) -> None:
    with Database.open(settings) as database, database.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer version"):
        Database.open(settings)


OPEN = """
from emotion.settings import Settings
from emotion.store.database import Database
Database.open(Settings.load()).close()
"""


def test_many_start_at_once(settings: Settings) -> None:
    environment = settings.as_environment()
    started = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", OPEN], env=environment, stderr=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    assert [process.communicate()[1] for process in started] == [""] * 4
    assert [process.returncode for process in started] == [0] * 4


def test_all_of_a_change_or_nothing(settings: Settings) -> None:
    with Database.open(settings) as database:
        with contextlib.suppress(KeyError), database.writing() as connection:
            connection.execute(turns.insert().values(owner="ann", served_s=1))
            raise KeyError
        with database.reading() as connection:
            assert connection.execute(sa.select(turns)).all() == []


@pytest.mark.parametrize(
    ("url", "error"),
    [
        pytest.param("hello", SettingsError, id="no address"),
        pytest.param("mysql://user:secret@host/name", SettingsError, id="not supported"),
        pytest.param("postgresql://user:secret@127.0.0.1:1/name", StoreError, id="nobody answers"),
        pytest.param("sqlite:////proc/nowhere/emotion.db", StoreError, id="no such folder"),
    ],
)
def test_bad_addresses_get_a_sentence_without_the_password(url: str, error: type[Exception], tmp_path: Path) -> None:
    with pytest.raises(error) as caught:
        Database.open(Settings.load(data_dir=tmp_path, database_url=url))
    assert "secret" not in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_data_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="EMOTION_DATA_DIR"):
        Database.open(Settings.load(data_dir=tmp_path / "file" / "data"))


def test_the_database_is_private(tmp_path: Path) -> None:
    Database.open(Settings.load(data_dir=tmp_path / "data")).close()
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["..", "0" * 31, "A" * 32, "../" + "0" * 32, "0" * 32 + "/x", ""])
def test_no_path_leads_out_of_the_folder(name: str, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        Places(tmp_path).recording(name)
