"""The real server is killed in the middle of an analysis and started again: nothing is lost."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from clips import make_face_clip
from crew import alive, done, pids, until
from dashboard import free_port

from emotion.jobs.analyze import analyze_file
from emotion.jobs.submit import submit_file
from emotion.settings import Settings
from emotion.store import outlook, recordings
from emotion.store.database import Database
from emotion.store.places import Places

ROOT = Path(__file__).parents[2]


@contextlib.contextmanager
def server(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """``streamlit run app.py``, from the moment when it answers."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", "--server.headless=true"]
    environment = {**os.environ, **settings.as_environment()}
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            until(lambda: answers(port))
            yield process
        finally:
            process.terminate()


def answers(port: int) -> bool:
    with contextlib.suppress(OSError):
        return bool(urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=60).status == 200)
    return False


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_a_killed_server_goes_on_where_it_was(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("postgres_server").fresh() if backend == "postgresql" else None
    settings = Settings.load(data_dir=tmp_path / "data", segment_s=1, workers=1, min_free_gb=0, database_url=url)
    clip = tmp_path / "astronaut.mp4"
    make_face_clip(clip, count=200, rate=25)
    analyze_file(clip, tmp_path / "undisturbed", settings)
    with Database.open(settings) as database:
        recording = submit_file(database, settings, clip)
        with server(settings) as process:
            # A share of all work, which only grows: however quick the workers are, it is not missed.
            until(lambda: outlook.of(database, recording.id).share >= 0.15)
            workers = pids(database)
            process.kill()
            until(lambda: not any(map(alive, workers)), limit_s=30)
        assert not recordings.get(database, recording.id).job.state.over
        with server(settings):
            done(database, recording)
    results = Places(settings.data_dir).results(recording.id)
    assert (results / "faces.csv").read_bytes() == (tmp_path / "undisturbed" / "faces.csv").read_bytes()
