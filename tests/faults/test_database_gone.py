"""The database is gone for a while: pages say so and come back with it, work goes on, nothing has to be restarted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import dashboard
import httpx
import loops
import postgres
import pytest
import sqlalchemy as sa
from clips import make_face_clip
from crew import pids
from load.guest import guest
from load.sending import send, upload

from emotion.settings import Settings
from emotion.store import outlook, recordings
from emotion.store.database import Database
from emotion.store.schema import tasks
from emotion.store.values import JobState

pytestmark = pytest.mark.slow

LIMIT_S = 400.0
GONE = "The database cannot be used at the moment"
NEEDS_IT = ("videos", "library")
NEEDS_NONE = ("", "about")


@pytest.fixture
def own_postgres() -> Iterator[postgres.Server]:
    """One that nobody else uses."""
    with postgres.running() as server:
        yield server


def test_the_database_goes_and_comes_back(own_postgres: postgres.Server, tmp_path: Path) -> None:
    clip = tmp_path / "astronaut.mp4"
    make_face_clip(clip, count=200, rate=25)
    settings = Settings.load(
        data_dir=tmp_path, workers=2, segment_s=1, min_free_gb=0, database_url=own_postgres.fresh()
    )

    async def live_through(server: dashboard.Dashboard, database: Database) -> None:
        async with guest(server.url) as tab:
            await send(tab, server.url, clip, "astronaut.mp4")
            (recording,) = recordings.find(database)
            await until(
                lambda: outlook.of(database, recording.id).share > 0.1 and len(pids(database)) == settings.workers
            )
            before, zone = pids(database), (await tab.open("videos")).given("dropzone")

            own_postgres.stop()
            for page in NEEDS_IT:
                (complaint,) = (await tab.open(page)).complaints
                assert GONE in complaint
            for page in NEEDS_NONE:
                assert (await tab.open(page)).complaints == []
            with pytest.raises(httpx.HTTPStatusError) as refusal:
                await upload(tab.browser, server.url, zone, clip, "second.mp4")
            assert refusal.value.response.status_code == 503
            assert GONE in refusal.value.response.json()["error"]
            # Longer than a worker rests between two questions, and than a supervisor's round.
            await asyncio.sleep(5)

            own_postgres.start()
            await until(lambda: recordings.get(database, recording.id).job.state is JobState.DONE)
            for page in (*NEEDS_IT, *NEEDS_NONE):
                assert (await tab.open(page)).complaints == []
            # Each says that it is there as soon as it has found the database again.
            await until(lambda: set(pids(database)) == set(before))
            assert tries(database) == {1}
            await send(tab, server.url, clip, "second.mp4")

    with (
        dashboard.serving(tmp_path, tmp_path / "log", **settings.as_environment()) as server,
        Database.open(settings) as database,
    ):
        loops.run(live_through(server, database))


async def until(look: Callable[[], bool]) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not look():
            await asyncio.sleep(0.1)


def tries(database: Database) -> set[int]:
    """How often anything was tried that came to an end."""
    with database.reading() as connection:
        return set(connection.scalars(sa.select(tasks.c.tries)))
