"""A supervisor whose workers meet every kind of trouble, by the name of the video; started by :mod:`crew`.

``python troublesome.py`` is the supervisor, ``python troublesome.py <id>`` one of its workers.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from dataclasses import dataclass
from functools import partial

from emotion.errors import DiskFull, InputError, NotWritable
from emotion.jobs import supervisor, worker
from emotion.jobs.progress import OnProgress, Progress, Stage
from emotion.jobs.tasks import Step, Task
from emotion.settings import Settings


@dataclass(frozen=True)
class Plan:
    segments: int
    frames: int


def perform(task: Task, *, on_progress: OnProgress) -> Plan | None:
    """Only the first of two segments is troublesome."""
    if task.step is Step.PLAN:
        return Plan(segments=2, frames=200)
    if task.step is Step.SEE and task.number == 0:
        TROUBLES[task.source.stem](task, on_progress)
    if task.step is Step.JOIN:
        (task.folder / "results").mkdir(exist_ok=True)
        (task.folder / "results" / "summary.json").write_text('{"in_words": "Well."}')
    return None


def fine(_: Task, on_progress: OnProgress) -> None:
    on_progress(Progress(Stage.SEEING, 100, 100, 1.0, 1.0))


def crash(_: Task, __: OnProgress) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def hang(_: Task, on_progress: OnProgress) -> None:
    on_progress(Progress(Stage.SEEING, 1, 100, 1.0, 1.0))
    time.sleep(1000)


def hang_and_hold_python(_: Task, __: OnProgress) -> None:
    """No other thread of the process ever runs again."""
    ctypes.PyDLL(None).sleep(1000)


def error(_: Task, __: OnProgress) -> None:
    raise ZeroDivisionError


def refuse(_: Task, __: OnProgress) -> None:
    raise InputError("This is no video.")


def full(task: Task, on_progress: OnProgress) -> None:
    """The disk is full until somebody makes room."""
    if (task.folder / "full").exists():
        raise DiskFull("The disk is full.")
    fine(task, on_progress)


def closed(task: Task, on_progress: OnProgress) -> None:
    """The data folder is read-only until somebody mends it."""
    if (task.folder / "full").exists():
        raise NotWritable("Cannot write to the folder.")
    fine(task, on_progress)


def slow(_: Task, on_progress: OnProgress) -> None:
    for frame in range(100_000):
        on_progress(Progress(Stage.SEEING, frame, 0, 1.0, 1.0))
        time.sleep(0.01)


TROUBLES = {
    trouble.__name__: trouble
    for trouble in (fine, crash, hang, hang_and_hold_python, error, refuse, full, closed, slow)
}

if __name__ == "__main__":
    if sys.argv[1:]:
        worker.run(Settings.load(), sys.argv[1], partial(worker.work, perform=perform))
    else:
        supervisor.supervise(Settings.load(), with_parent=True, command=[sys.executable, __file__])
