"""Every test of the store runs on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from postgres import Server

from emotion.settings import Settings
from emotion.store import recordings, workers
from emotion.store.database import Database
from emotion.store.values import Origin, Recording, Worker

WORKERS = tuple(letter * 32 for letter in "abc")
Add = Callable[..., Recording]


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "sqlite":
        return Settings.load(data_dir=tmp_path)
    server: Server = request.getfixturevalue("postgres_server")
    return Settings.load(data_dir=tmp_path, database_url=server.fresh())


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """With three workers that are called a, b and c."""
    with Database.open(settings) as opened:
        for number, worker_id in enumerate(WORKERS):
            workers.register(opened, Worker(worker_id, "here", 1000 + number, 0.0, 0.0))
        yield opened


@pytest.fixture
def add(database: Database) -> Add:
    """A recording of somebody, made at some second."""

    def make(owner: str = "ann", *, at: float = 0.0, name: str = "clip.mp4") -> Recording:
        return recordings.add(
            database,
            owner=owner,
            name=name,
            origin=Origin.UPLOAD,
            source="clip.mp4",
            size_bytes=7,
            settings={"every": 2},
            now=at,
        )

    return make
