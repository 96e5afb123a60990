"""Several processes at once: every task is given out once, and every step follows once."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from emotion.settings import Settings
from emotion.store import recordings
from emotion.store.database import Database
from emotion.store.values import JobState, Recording

CLAIMER = Path(__file__).with_name("claimer.py")
PROCESSES = 4
JOBS = 3
# plan, 10 see, remember, 10 render, join
TASKS = 23


@pytest.mark.slow
def test_no_task_is_done_twice_and_none_is_left(
    database: Database, settings: Settings, add: Callable[..., Recording]
) -> None:
    made = [add(owner) for owner in ("ann", "bob", "cid")[:JOBS]]
    started = [
        subprocess.Popen(
            [sys.executable, str(CLAIMER), f"{number:032x}"],
            env=settings.as_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(PROCESSES)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [process.communicate(timeout=120)[0].splitlines() for process in started]
    assert [process.returncode for process in started] == [0] * PROCESSES
    counts = Counter(line for lines in told for line in lines)
    assert set(counts.values()) == {1}
    assert len(counts) == JOBS * TASKS
    assert {recordings.get(database, each.id).job.state for each in made} == {JobState.DONE}
