"""Analyses in processes of their own."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from clips import face_clip_bytes

from emotion.jobs.analyze import ARTEFACTS
from emotion.jobs.runner import Failed, Finished, Job, Runner, Running, State, Stopped, Waiting
from emotion.settings import Settings

LIMIT_S = 60


@pytest.fixture
def runner() -> Iterator[Runner]:
    made = Runner()
    yield made
    made.close()


def put(tmp_path: Path, name: str, content: bytes | None = None, *, frames: int = 6) -> Path:
    folder = tmp_path / "uploads" / name
    folder.mkdir(parents=True)
    path = folder / name
    path.write_bytes(face_clip_bytes(frames) if content is None else content)
    return path


def submit(runner: Runner, tmp_path: Path, source: Path) -> Job:
    return runner.submit(source, tmp_path / "results" / source.stem, Settings.load())


def wait(job: Job, *, until: type[State] | None = None) -> State:
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        if job.over or (until and isinstance(job.state, until) and getattr(job.state, "progress", True)):
            return job.state
        time.sleep(0.02)
    pytest.fail(f"{job.name} is still {job.state} after {LIMIT_S} s")


def test_a_video_is_analysed_and_its_upload_deleted(runner: Runner, tmp_path: Path) -> None:
    source = put(tmp_path, "день 😀.mp4")
    job = submit(runner, tmp_path, source)
    assert wait(job) == Finished(tmp_path / "results" / "день 😀")
    assert {path.name for path in (tmp_path / "results" / "день 😀").iterdir()} == set(ARTEFACTS)
    assert not source.parent.exists()


def test_a_bad_file_fails_alone_with_its_sentence(runner: Runner, tmp_path: Path) -> None:
    bad = submit(runner, tmp_path, put(tmp_path, "notes.mp4", b"no video"))
    good = submit(runner, tmp_path, put(tmp_path, "clip.mp4"))
    failed = wait(bad)
    assert isinstance(failed, Failed)
    assert "notes.mp4" in failed.reason
    assert isinstance(wait(good), Finished)


def test_waiting_knows_its_place_and_can_be_cancelled(runner: Runner, tmp_path: Path) -> None:
    first = submit(runner, tmp_path, put(tmp_path, "first.mp4", frames=1500))
    second = submit(runner, tmp_path, put(tmp_path, "second.mp4"))
    assert runner.state(second) == Waiting(1)
    second.stop()
    assert runner.state(second) == Stopped()
    assert isinstance(wait(first, until=Running), Running)
    first.stop()
    assert wait(first) == Stopped()
    assert list(tmp_path.glob("results/*")) == []
    assert list(tmp_path.glob("results/.*")) == []


def test_a_crash_is_told(runner: Runner, tmp_path: Path) -> None:
    job = submit(runner, tmp_path, put(tmp_path, "long.mp4", frames=1500))
    wait(job, until=Running)
    process = job._process
    assert process is not None
    process.kill()
    failed = wait(job)
    assert isinstance(failed, Failed)
    assert "SIGKILL" in failed.reason


SERVER = """
import sys, time
from pathlib import Path
from emotion.jobs.runner import Runner, Running
from emotion.settings import Settings
folder = Path(sys.argv[1])
runner = Runner()
jobs = [runner.submit(path, folder / "results" / path.stem, Settings.load()) for path in map(Path, sys.argv[2:])]
while not (isinstance(jobs[0].state, Running) and jobs[0].state.progress):
    time.sleep(0.02)
print(jobs[0]._process.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda ending: ending.name)
def test_the_end_of_the_server_ends_its_analyses_and_waits_for_no_queue(tmp_path: Path, ending: signal.Signals) -> None:
    sources = [put(tmp_path, "first.mp4", frames=1500), put(tmp_path, "second.mp4", frames=1500)]
    command = [sys.executable, "-c", SERVER, str(tmp_path), *map(str, sources)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        worker = int(server.stdout.readline())
        began = time.monotonic()
        server.send_signal(ending)
        server.wait(timeout=LIMIT_S)
    while Path(f"/proc/{worker}").exists() and time.monotonic() - began < LIMIT_S:
        time.sleep(0.05)
    assert time.monotonic() - began < 10
    assert [path for path in tmp_path.rglob("results/*/*") if path.is_file()] == []
