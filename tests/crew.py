"""Workers as people run them, in processes of their own; and how to wait for what they do."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import pytest

from emotion.settings import Settings
from emotion.store import recordings, workers
from emotion.store.database import Database
from emotion.store.values import JobState, Recording

# A minute where nothing else runs; nobody waits longer than needed.
LIMIT_S = 400
END_S = 120
Found = TypeVar("Found")
WORKER = (sys.executable, "-m", "emotion", "worker", "--with-parent")
TROUBLESOME = (sys.executable, str(Path(__file__).with_name("troublesome.py")))


@contextlib.contextmanager
def crew(settings: Settings, command: Sequence[str] = WORKER) -> Iterator[subprocess.Popen[bytes]]:
    """A supervisor with its workers; they end with the block."""
    environment = {**os.environ, **settings.as_environment()}
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment) as process:
        try:
            yield process
        finally:
            assert process.stdin is not None
            process.stdin.close()
            try:
                process.wait(END_S)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def until(look: Callable[[], Found], *, limit_s: float = LIMIT_S) -> Found:
    """What ``look`` finds, as soon as it is something."""
    deadline = time.monotonic() + limit_s
    while not (found := look()):
        if time.monotonic() > deadline:
            pytest.fail(f"Nothing after {limit_s} s")
        time.sleep(0.05)
    return found


def over(database: Database, recording: Recording) -> Recording:
    """The recording when its job is over."""

    def look() -> Recording | None:
        found = recordings.get(database, recording.id)
        return found if found.job.state.over else None

    return until(look)


def done(database: Database, recording: Recording) -> Recording:
    found = over(database, recording)
    assert (found.job.state, found.job.message) == (JobState.DONE, "")
    return found


def pids(database: Database) -> list[int]:
    """Of the workers that said they are there and did not sign off."""
    return [worker.pid for worker in workers.alive(database)]


def alive(pid: int) -> bool:
    """Whether the process runs; one that only waits for its parent to take note does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
