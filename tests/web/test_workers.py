"""The server keeps its workers alive, and ends them when it ends."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import loops
import pytest
from crew import alive, pids, until

from emotion.settings import Settings
from emotion.store.database import Database
from emotion.web.workers import lifespan


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


@pytest.mark.slow
def test_workers_come_back_and_end_with_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings.load(data_dir=tmp_path, workers=1, min_free_gb=0)
    for name, value in settings.as_environment().items():
        monkeypatch.setenv(name, value)

    async def serve(database: Database) -> int:
        async with lifespan(None):
            first = until(lambda: pids(database))[0]
            os.kill(parent(first), signal.SIGKILL)
            until(lambda: not alive(first))
            return until(lambda: [pid for pid in pids(database) if pid != first])[0]

    with Database.open(settings) as database:
        second = loops.run(serve(database))
        assert not alive(second)
        assert pids(database) == []
