"""The clock of the machine jumps: nothing is deleted, done twice or lost because of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import dashboard
import loops
import pytest
import sqlalchemy as sa
from clips import make_face_clip
from crew import TROUBLESOME, crew, done, pids, until
from load.guest import guest
from load.sending import send

from emotion.jobs.submit import submit_file
from emotion.jobs.timeofday import TimeOfDay
from emotion.settings import Settings
from emotion.store import leases, outlook, recordings, workers
from emotion.store.database import Database
from emotion.store.schema import tasks
from emotion.store.values import JobState, Worker

HOUR_S = 3600.0
A, B = "a" * 32, "b" * 32
LIMIT_S = 400.0
JUMPED = "The clock of this machine jumped"
FAKED = """
import time
true_time = time.time
def fake_time():
    with open({clock!r}) as file:
        return true_time() + float(file.read() or 0)
time.time = fake_time
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(data_dir=tmp_path / "data", workers=1, min_free_gb=0, segment_s=1)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    with Database.open(settings) as opened:
        yield opened


@pytest.mark.parametrize(
    ("steps", "believed"),
    [
        pytest.param([(1, 1), (1, 1)], [True, True], id="it goes on"),
        pytest.param([(5, 1)], [True], id="a time service corrects it a little"),
        pytest.param([(HOUR_S, 1), (58, 58), (2, 2)], [False, False, True], id="set forward, believed after a minute"),
        pytest.param([(-HOUR_S, 1), (60, 60)], [False, True], id="set back"),
        pytest.param([(HOUR_S, 1), (30, 30), (-HOUR_S, 1), (40, 40)], [False] * 4, id="and set right again"),
        pytest.param([(0.5, 0.5)] * 100, [True] * 100, id="asked often"),
        pytest.param([(HOUR_S, HOUR_S)], [True], id="asked seldom"),
    ],
)
def test_whether_the_time_of_day_is_believed(steps: list[tuple[float, float]], believed: list[bool]) -> None:
    of_day, steady = [1e9], [100.0]
    clock = TimeOfDay(60, now=lambda: of_day[0], steady=lambda: steady[0])
    answers = []
    for forward_s, passed_s in steps:
        of_day[0] += forward_s
        steady[0] += passed_s
        answers.append(clock.believed())
    assert answers == believed


@pytest.fixture
def waiting(database: Database, settings: Settings, tmp_path: Path) -> str:
    """A recording whose first task anybody may claim."""
    for worker in (A, B):
        workers.register(database, Worker(worker, "here", 1, time.time(), time.time()))
    video = tmp_path / "fine.mp4"
    video.write_bytes(b"not looked at")
    return submit_file(database, settings, video).id


@pytest.mark.parametrize(
    ("clock_jumped", "taken"),
    [pytest.param(True, False, id="the clock jumped"), pytest.param(False, True, id="the time has come")],
)
def test_a_lease_is_over(database: Database, waiting: str, clock_jumped: bool, taken: bool) -> None:
    now = time.time()
    first = leases.claim(database, A, lease_s=60, tries=3, now=now)
    assert first
    later = {"lease_s": 60, "tries": 3, "now": now + HOUR_S}
    leases.claim(database, B, **later, clock_jumped=clock_jumped)  # type: ignore[arg-type]
    assert leases.beat(database, first, frames_done=1, lease_s=60, now=now + HOUR_S) is not taken
    assert tries(database) == {1}


@pytest.mark.parametrize(
    ("set_back_s", "free"),
    [pytest.param(0.0, False, id="it rests"), pytest.param(HOUR_S, True, id="the clock was set back meanwhile")],
)
def test_a_task_that_rests(database: Database, waiting: str, set_back_s: float, free: bool) -> None:
    now = time.time()
    lease = leases.claim(database, A, lease_s=60, tries=3, now=now)
    assert lease
    leases.stumble(database, lease, "of a test", tries=3, now=now)
    assert (leases.claim(database, B, lease_s=60, tries=3, now=now - set_back_s) is not None) is free


@pytest.mark.slow
def test_a_worker_that_another_clock_took_for_dead(database: Database, settings: Settings, tmp_path: Path) -> None:
    video = tmp_path / "fine.mp4"
    video.write_bytes(b"not looked at")
    with crew(settings, TROUBLESOME):
        (pid,) = until(lambda: pids(database))
        for worker in workers.silent(database, now=time.time() + HOUR_S):
            workers.remove(database, worker.id)
        done(database, submit_file(database, settings, video))
        assert pids(database) == [pid]


@pytest.mark.slow
def test_an_hour_forward_and_back(database: Database, settings: Settings, tmp_path: Path) -> None:
    """The whole dashboard, with work under way and an open page."""
    clip, clock, log = tmp_path / "astronaut.mp4", tmp_path / "clock", tmp_path / "log"
    make_face_clip(clip, count=250, rate=25)
    set_to(clock, "+0")

    async def live_through(url: str) -> None:
        async with guest(url) as tab:
            await send(tab, url, clip, "first.mp4")
            (first,) = recordings.find(database)
            for jump, share in (("+3600", 0.1), ("-3600", 0.3), ("+0", 0.5)):
                await reached(database, first.id, share)
                before = log.read_text().count(JUMPED)
                set_to(clock, jump)
                for page in ("", "videos", "library", "about"):
                    assert (await tab.open(page)).complaints == []
                # However quick the machine is, somebody looked at the clock before it is set again.
                async with asyncio.timeout(LIMIT_S):
                    while log.read_text().count(JUMPED) == before:
                        await asyncio.sleep(0.05)
            await send(tab, url, clip, "second.mp4")
            async with asyncio.timeout(LIMIT_S):
                while not all(one.job.state.over for one in recordings.find(database)):
                    await asyncio.sleep(0.1)

    with dashboard.serving(tmp_path / "data", log, **settings.as_environment(), **faked(clock)) as server:
        loops.run(live_through(server.url))
    assert [one.job.state for one in recordings.find(database)] == [JobState.DONE] * 2
    assert tries(database) == {1}
    assert f"{JUMPED} by 3600 s" in log.read_text()


def set_to(clock: Path, seconds: str) -> None:
    """In one step: nobody reads half of it."""
    staged = clock.with_name("clock.new")
    staged.write_text(seconds)
    staged.replace(clock)


async def reached(database: Database, recording_id: str, share: float) -> None:
    async with asyncio.timeout(LIMIT_S):
        while outlook.of(database, recording_id).share < share:
            await asyncio.sleep(0.05)


def faked(clock: Path) -> dict[str, str]:
    """All that Python asks for the time of day is told so many seconds more or less as stand in that file.

    The system's clock is everybody's and stays as it is; so do the times of files. libfaketime would reach those too,
    but with it ``time.sleep`` fails now and then (0.9.10, Python 3.11).
    """
    folder = clock.with_name("faked")
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(FAKED.format(clock=str(clock)))
    return {"PYTHONPATH": str(folder)}


def tries(database: Database) -> set[int]:
    """How often anything was tried."""
    with database.reading() as connection:
        return set(connection.scalars(sa.select(tasks.c.tries)))
