"""A real Dask scheduler with two real workers does the work."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from clips import make_face_clip
from crew import crew, done, until
from dashboard import free_port

from emotion.jobs.analyze import analyze_file
from emotion.jobs.submit import submit_file
from emotion.settings import Settings
from emotion.store import jobs, outlook, recordings
from emotion.store.database import Database
from emotion.store.places import Places

pytestmark = pytest.mark.slow
DASK = [sys.executable, "-m", "dask"]


@contextlib.contextmanager
def ended(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([*DASK, *command], stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def scheduler() -> Iterator[str]:
    port = free_port()
    with ended("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-show"):
        yield f"tcp://127.0.0.1:{port}"


@contextlib.contextmanager
def dask_worker(scheduler: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(folder)]
    with ended("worker", scheduler, *options) as process:
        yield process


def test_a_cluster_gives_the_same_results_and_a_lost_worker_costs_time_only(scheduler: str, tmp_path: Path) -> None:
    clip = tmp_path / "astronaut.mp4"
    make_face_clip(clip, count=100, rate=25)
    settings = Settings.load(data_dir=tmp_path / "data", segment_s=1, min_free_gb=0, tries=1, dask_scheduler=scheduler)
    analyze_file(clip, tmp_path / "alone", settings)
    with Database.open(settings) as database:
        recording = submit_file(database, settings, clip)
        cancelled = submit_file(database, settings, clip)
        with (
            crew(settings),
            dask_worker(scheduler, tmp_path) as first,
            dask_worker(scheduler, tmp_path),
        ):
            # It only grows, unlike the frames of a step: however quick the workers are, it is not missed.
            until(lambda: outlook.of(database, recording.id).share > 0)
            first.kill()
            jobs.cancel(database, cancelled.id)
            done(database, recording)
            until(lambda: cancelled.id in recordings.stopped(database))
    results = Places(settings.data_dir).results(recording.id)
    assert (results / "faces.csv").read_bytes() == (tmp_path / "alone" / "faces.csv").read_bytes()


def test_work_waits_for_a_scheduler_that_is_not_there(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"not looked at")
    settings = Settings.load(data_dir=tmp_path / "data", min_free_gb=0, dask_scheduler="tcp://127.0.0.1:1")
    with Database.open(settings) as database, crew(settings):
        recording = submit_file(database, settings, clip)
        time.sleep(5)
        assert not recordings.get(database, recording.id).job.state.over
