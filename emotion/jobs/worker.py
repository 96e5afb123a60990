"""One worker: claims a task, does it, tells what came of it, and again.

Its process may be killed at any moment: what a task made appears whole or not at all, and the lease tells the others.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from emotion import logs
from emotion.errors import (
    Cancelled,
    DiskFull,
    EmotionError,
    InputError,
    ModelError,
    NotWritable,
    SettingsError,
    StoreError,
)
from emotion.jobs.parent import when_parent_is_gone
from emotion.jobs.progress import OnProgress
from emotion.jobs.room import CLOSED, FULL, shortage
from emotion.jobs.tasks import Task
from emotion.jobs.timeofday import TimeOfDay
from emotion.jobs.todo import facts_of, task_of
from emotion.jobs.watch import Watch
from emotion.settings import Settings
from emotion.store import leases, workers
from emotion.store.database import Database
from emotion.store.values import Lease, Step, Worker

log = logging.getLogger(__name__)

# How long a new job waits at most for a worker that has nothing to do.
LOOK_S = 0.5
# A database that is gone for a moment is asked again.
AGAIN_S = 2.0
# The pages and the camera go first.
NICE = 5
# What no second try will mend.
FOR_EVER = (InputError, ModelError, SettingsError)


class Plan(Protocol):
    """What the queue wants to know of a :class:`~emotion.jobs.tasks.Planned`."""

    @property
    def segments(self) -> int: ...

    @property
    def frames(self) -> int: ...


class Perform(Protocol):
    """Does one task; :func:`emotion.jobs.tasks.perform`, here or on another machine."""

    def __call__(self, task: Task, *, on_progress: OnProgress) -> Plan | None: ...


class Labour(Protocol):
    """What a worker process does until it shall stop: :func:`work`, or feeding a cluster."""

    def __call__(self, database: Database, settings: Settings, worker_id: str, *, stop: threading.Event) -> None: ...


def run(settings: Settings, worker_id: str, labour: Labour) -> None:
    """A whole worker process: works until whoever started it is gone, or asks it to end."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    when_parent_is_gone(stop.set)
    if hasattr(os, "nice"):
        os.nice(NICE)
    with Database.open(settings) as database:
        _register(database, worker_id)
        labour(database, settings, worker_id, stop=stop)


def work(
    database: Database,
    settings: Settings,
    worker_id: str,
    *,
    perform: Perform,
    stop: threading.Event,
    alone: bool = True,
) -> None:
    """Task after task until ``stop`` is set; then the one under way is given back.

    ``alone`` says that the process does nothing else, and may be ended where a task hangs.
    """
    time_of_day = TimeOfDay(settings.lease_s)
    while not stop.is_set():
        try:
            lease = _claim(database, settings, worker_id, clock_jumped=not time_of_day.believed())
        except EmotionError as error:
            log.warning("The database does not answer: %s", error.__cause__ or error)
            stop.wait(AGAIN_S)
            # Another machine, whose clock is ahead, may have taken this worker for dead and struck it off.
            with contextlib.suppress(EmotionError):
                _register(database, worker_id)
            continue
        if lease is None:
            stop.wait(LOOK_S)
        else:
            with logs.numbered(job=lease.recording.id):
                insist(_attempt(database, settings, lease, perform, stop, alone), stop)


def _register(database: Database, worker_id: str) -> None:
    now = time.time()
    workers.register(database, Worker(worker_id, socket.gethostname(), os.getpid(), now, now))


def _claim(database: Database, settings: Settings, worker_id: str, *, clock_jumped: bool) -> Lease | None:
    if shortage(settings.data_dir, settings.min_free_gb):
        return None
    return leases.claim(database, worker_id, lease_s=settings.lease_s, tries=settings.tries, clock_jumped=clock_jumped)


def _attempt(
    database: Database, settings: Settings, lease: Lease, perform: Perform, stop: threading.Event, alone: bool
) -> Callable[[], object]:
    """Does the task; gives back how to tell what came of it."""
    try:
        task = task_of(lease, settings)
        with Watch(database, lease, stop, lease_s=settings.lease_s, alone=alone) as watch:
            planned = perform(task, on_progress=watch.on_progress)
        log.info("%s %d of %s done", lease.step, lease.number, lease.recording.id)
        return partial(leases.finish, database, lease, **outcome(lease, task, planned, watch.frames_done))
    except Exception as error:
        # One of the edges that must survive: the next task waits behind this one.
        return partial(tell_failure, database, lease, error, tries=settings.tries)


def outcome(lease: Lease, task: Task, planned: Plan | None, frames_done: int) -> dict[str, Any]:
    """What the database wants to know of a task that was done."""
    known: dict[str, Any] = {"frames_done": frames_done}
    if planned is not None:
        known |= {"segments": planned.segments, "frames": planned.frames}
    if lease.step is Step.JOIN:
        known["facts"] = facts_of(task.folder)
    return known


def tell_failure(database: Database, lease: Lease, error: Exception, *, tries: int) -> None:
    """What an exception means for the task and its job."""
    if isinstance(error, Cancelled):
        leases.release(database, lease)
    elif isinstance(error, DiskFull):
        leases.pause(database, lease, FULL)
    elif isinstance(error, NotWritable):
        leases.pause(database, lease, CLOSED)
    elif isinstance(error, FOR_EVER):
        # The person is told the sentence; here it would tell of their file.
        log.info("%s %d of %s cannot be done: %s", lease.step, lease.number, lease.recording.id, type(error).__name__)
        leases.fail(database, lease, str(error))
    else:
        log.error("%s of %s failed", lease.step, lease.recording.id, exc_info=error)
        leases.stumble(database, lease, _reason(error), tries=tries)


def insist(tell: Callable[[], object], stop: threading.Event) -> None:
    """Tells the database, again and again where it does not answer. Left untold, the lease tells it in the end."""
    while True:
        try:
            tell()
            return
        except (StoreError, DiskFull) as error:
            log.warning("The database does not answer: %s", error.__cause__ or error)
            if stop.wait(AGAIN_S):
                return


def _reason(error: Exception) -> str:
    if isinstance(error, EmotionError):
        return "the server met a difficulty: " + str(error).rstrip(".")
    return f"the program met an error ({type(error).__name__})"
