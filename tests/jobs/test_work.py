"""Worker processes that crash, hang, are killed, wait for room: nothing is lost, and nobody else is disturbed."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from clips import make_face_clip
from crew import TROUBLESOME, alive, crew, done, over, pids, until

from emotion.jobs import tidy
from emotion.jobs.analyze import analyze_file
from emotion.jobs.submit import submit_file
from emotion.settings import Settings
from emotion.store import jobs, outlook, recordings
from emotion.store.database import Database
from emotion.store.places import Places
from emotion.store.values import JobState, Recording

pytestmark = pytest.mark.slow
SOON_S = 120
"""A second or two where nothing else runs."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(data_dir=tmp_path / "data", workers=1, tries=2, min_free_gb=0)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    with Database.open(settings) as opened:
        yield opened


def put(database: Database, settings: Settings, tmp_path: Path, trouble: str) -> Recording:
    video = tmp_path / f"{trouble}.mp4"
    video.write_bytes(b"not looked at")
    return submit_file(database, settings, video)


@pytest.mark.parametrize(
    ("trouble", "because"),
    [
        pytest.param("crash", r"part 1 of 2 was tried 2 times .* \(SIGSEGV\)", id="the decoder crashes"),
        pytest.param("hang", r"part 1 of 2 was tried 2 times .* no progress", id="it hangs"),
        pytest.param("hang_and_hold_python", r"part 1 of 2 was tried 2 times .* no progress", id="it hangs hard"),
        pytest.param("error", r"part 1 of 2 was tried 2 times .* \(ZeroDivisionError\)", id="a bug of ours"),
        pytest.param("refuse", r"^This is no video\.$", id="no second try will help"),
    ],
)
def test_trouble_stays_alone(
    database: Database, settings: Settings, tmp_path: Path, trouble: str, because: str
) -> None:
    bad, good = (put(database, settings, tmp_path, name) for name in (trouble, "fine"))
    with crew(settings.but(lease_s=2), TROUBLESOME):
        assert done(database, good).facts == {"in_words": "Well."}
        failed = over(database, bad)
    assert failed.job.state is JobState.FAILED
    assert re.search(because, failed.job.message), failed.job.message


def test_cancel_and_delete_reach_a_worker_soon(database: Database, settings: Settings, tmp_path: Path) -> None:
    cancelled, deleted = (put(database, settings, tmp_path, "slow") for _ in range(2))
    with crew(settings.but(workers=2), TROUBLESOME):
        ids = [cancelled.id, deleted.id]
        until(lambda: all(look.frames_done > 10 for look in outlook.of_many(database, ids).values()))
        jobs.cancel(database, cancelled.id)
        tidy.delete(database, settings, deleted.id)
        assert not Places(settings.data_dir).recording(deleted.id).exists()
        # About 1.5 s on a quiet machine; the work itself would go on for a quarter of an hour.
        until(lambda: cancelled.id in recordings.stopped(database), limit_s=SOON_S)
        until(lambda: not recordings.known(database, [deleted.id]), limit_s=SOON_S)
        assert recordings.get(database, cancelled.id).job.state is JobState.CANCELLED
        done(database, put(database, settings, tmp_path, "fine"))


def test_too_little_room_pauses_all_and_room_resumes(database: Database, settings: Settings, tmp_path: Path) -> None:
    recording = put(database, settings, tmp_path, "fine")
    with crew(settings.but(min_free_gb=1e9), TROUBLESOME):
        until(lambda: recordings.get(database, recording.id).job.state is JobState.PAUSED)
        assert "nearly full" in outlook.of(database, recording.id).message
    with crew(settings, TROUBLESOME):
        done(database, recording)


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        pytest.param("full", "disk was full", id="full"),
        pytest.param("closed", "cannot be written to", id="read-only"),
    ],
)
def test_a_disk_that_takes_nothing_costs_no_try(
    database: Database, settings: Settings, tmp_path: Path, trouble: str, said: str
) -> None:
    recording = put(database, settings, tmp_path, trouble)
    flag = Places(settings.data_dir).recording(recording.id) / "full"
    flag.touch()
    with crew(settings.but(tries=1), TROUBLESOME):
        until(lambda: recordings.get(database, recording.id).job.state is JobState.PAUSED)
        assert said in recordings.get(database, recording.id).job.message
        done(database, put(database, settings, tmp_path, "fine"))
        flag.unlink()
        done(database, recording)


def test_one_team_for_each_machine_and_the_next_takes_over(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(crew(settings, TROUBLESOME))
        until(lambda: pids(database))
        stack.enter_context(crew(settings, TROUBLESOME))
        done(database, put(database, settings, tmp_path, "fine"))
        (before,) = pids(database)
        first.kill()
        until(lambda: not alive(before))
        done(database, put(database, settings, tmp_path, "fine"))
        (after,) = pids(database)
        assert after != before


# From here on with real videos: eight segments of a second each.


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "astronaut.mp4"
    make_face_clip(path, count=200, rate=25)
    return path


@pytest.fixture(scope="module")
def undisturbed(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The table of an analysis in one process that nothing happened to."""
    folder = tmp_path_factory.mktemp("undisturbed")
    analyze_file(clip, folder, Settings.load(segment_s=1))
    return (folder / "faces.csv").read_bytes()


def table(settings: Settings, recording: Recording) -> bytes:
    return (Places(settings.data_dir).results(recording.id) / "faces.csv").read_bytes()


def kill_a_worker(_: subprocess.Popen[bytes], workers: list[int]) -> None:
    os.kill(workers[0], signal.SIGKILL)


def kill_the_supervisor(supervisor: subprocess.Popen[bytes], workers: list[int]) -> None:
    supervisor.kill()
    until(lambda: not any(map(alive, workers)), limit_s=SOON_S)


def kill_everything(supervisor: subprocess.Popen[bytes], workers: list[int]) -> None:
    for pid in (supervisor.pid, *workers):
        os.kill(pid, signal.SIGKILL)


def terminate(supervisor: subprocess.Popen[bytes], _: list[int]) -> None:
    supervisor.terminate()
    supervisor.wait(SOON_S)


# Shares of the work, which only grow: however quick the workers are, no look comes too late to see them reached.
SEEING, DRAWING = 0.1, 0.6


@pytest.mark.parametrize(
    ("disturb", "when", "backend"),
    [
        (kill_a_worker, SEEING, "sqlite"),
        (kill_a_worker, DRAWING, "sqlite"),
        (kill_the_supervisor, SEEING, "sqlite"),
        (kill_everything, SEEING, "postgresql"),
        (kill_everything, DRAWING, "sqlite"),
        (terminate, SEEING, "sqlite"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_nothing_is_lost(
    clip: Path,
    undisturbed: bytes,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    disturb: Callable[[subprocess.Popen[bytes], list[int]], None],
    when: float,
    backend: str,
) -> None:
    url = request.getfixturevalue("postgres_server").fresh() if backend == "postgresql" else None
    settings = Settings.load(data_dir=tmp_path, segment_s=1, workers=1, min_free_gb=0, database_url=url)
    with Database.open(settings) as database:
        recording = submit_file(database, settings, clip)
        with crew(settings) as supervisor:
            until(lambda: outlook.of(database, recording.id).share >= when)
            disturb(supervisor, pids(database))
            if disturb is kill_a_worker:
                done(database, recording)
        if disturb is not kill_a_worker:
            assert not recordings.get(database, recording.id).job.state.over
            with crew(settings):
                done(database, recording)
    assert table(settings, recording) == undisturbed
    assert {path.name for path in Places(tmp_path).recording(recording.id).iterdir()} == {"source", "results"}
