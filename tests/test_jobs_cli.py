"""``emotion jobs``: the queue without a browser."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from emotion.cli.commands import app
from emotion.settings import Settings
from emotion.store import jobs, leases, recordings, shares, workers
from emotion.store.database import Database
from emotion.store.values import Worker

A = "a" * 32
Run = Callable[..., Result]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("EMOTION_DATA_DIR", str(tmp_path / "data"))
    return Settings.load()


@pytest.fixture
def run(settings: Settings) -> Run:
    def invoke(*arguments: str | Path) -> Result:
        return CliRunner().invoke(app, ["jobs", *map(str, arguments)])

    return invoke


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "interview.mp4"
    path.write_bytes(b"video")
    return path


def fail(settings: Settings, sentence: str) -> None:
    with Database.open(settings) as database:
        workers.register(database, Worker(A, "here", 1, 0.0, 0.0))
        lease = leases.claim(database, A, lease_s=60, tries=3)
        assert lease
        leases.fail(database, lease, sentence)
        workers.remove(database, A)


def test_from_adding_to_deleting(run: Run, clip: Path, settings: Settings) -> None:
    added = run("add", clip, "--every", "5", "--detector", "haar")
    recording_id = added.stdout.strip()
    assert run("list").stdout == f"{recording_id}  interview.mp4  Waiting\n"
    with Database.open(settings) as database:
        kept = recordings.get(database, recording_id).job.settings
    assert (kept["every"], kept["detector"]) == (5, "haar")

    fail(settings, "This is no video.")
    assert "Failed: This is no video." in run("list").stdout
    waited = run("wait", recording_id)
    assert (waited.exit_code, waited.stderr) == (2, "error: interview.mp4: This is no video.\n")

    assert run("retry", recording_id).exit_code == 0
    assert run("cancel", recording_id).exit_code == 0
    listed = json.loads(run("list", "--json").stdout)
    assert (listed["id"], listed["name"], listed["state"], listed["share"]) == (
        recording_id,
        "interview.mp4",
        "cancelled",
        0.0,
    )
    assert run("list", "--search", "nobody").stdout == ""
    assert run("delete", recording_id).exit_code == 0
    assert run("list").stdout == ""


def test_those_that_work_are_done_beside_those_that_do_not(run: Run, clip: Path, tmp_path: Path) -> None:
    added = run("add", tmp_path / "missing.mp4", clip)
    assert added.exit_code == 2
    assert added.stderr.startswith("error: 'missing.mp4' is not there")
    assert len(added.stdout.splitlines()) == 1


@pytest.mark.parametrize("command", ["cancel", "retry", "wait", "delete"])
@pytest.mark.parametrize("recording_id", ["0" * 32, "../etc", ""])
def test_unknown_numbers_get_a_sentence(run: Run, command: str, recording_id: str) -> None:
    done = run(command, recording_id)
    assert done.exit_code == 2
    assert "not here any more" in done.stderr


def test_waiting_ends_when_the_job_does(run: Run, clip: Path, settings: Settings) -> None:
    recording_id = run("add", clip).stdout.strip()

    def cancel() -> None:
        with Database.open(settings) as database:
            jobs.cancel(database, recording_id)

    timer = threading.Timer(1, cancel)
    timer.start()
    waited = run("wait", recording_id)
    timer.join()
    assert (waited.exit_code, waited.stderr) == (2, "error: interview.mp4: cancelled\n")


def test_giving_to_another(run: Run, clip: Path, settings: Settings) -> None:
    recording_id = run("add", clip).stdout.strip()
    for wrong in ("ann", "", "oidc:"):
        assert run("give", recording_id, "--to", wrong).exit_code == 2
    with Database.open(settings) as database:
        shares.make(database, recording_id, share_id=A, by="local", until_s=time.time() + 60)
        assert run("give", recording_id, "--to", "oidc:ann").exit_code == 0
        assert recordings.get(database, recording_id).owner == "oidc:ann"
        assert shares.find(database, recording_id, A) is None
    gone = run("give", A, "--to", "local")
    assert gone.exit_code == 2
    assert "not here any more" in gone.stderr
