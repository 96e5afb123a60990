"""A server with two places for live sessions, whose disk is never too full, and time that passes when told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from clock import Clock
from live.recorded import WORKER
from live.stand_ins import IDLE_S, PLACES

from emotion.live.desk import Desk
from emotion.settings import Settings
from emotion.store import workers
from emotion.store.database import Database
from emotion.store.values import Worker


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(data_dir=tmp_path / "data", min_free_gb=0, live_sessions=PLACES, live_idle_s=IDLE_S)


@pytest.fixture
def desk(settings: Settings, clock: Clock) -> Desk:
    return Desk(settings, clock=clock)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """With a worker that may claim what is to be done."""
    with Database.open(settings) as opened:
        workers.register(opened, Worker(WORKER, "here", 1, time.time(), time.time()))
        yield opened
