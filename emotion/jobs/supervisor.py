"""``emotion worker``: keeps worker processes at work, takes note of those that die, and keeps the data folder tidy.

::

    server (app.py)                     pipe closes when the server is gone
      └─ supervisor   one per machine   pipe closes when the supervisor is gone
           ├─ worker                    claims tasks by leases; may die at any moment
           └─ worker

Workers are started afresh, never forked: decoders, interpreters and database connections survive no fork.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from emotion.errors import EmotionError
from emotion.jobs.broken_off import BrokenOff
from emotion.jobs.hostlock import host_lock
from emotion.jobs.parent import when_parent_is_gone
from emotion.jobs.room import shortage
from emotion.jobs.tidy import sweep, tidy
from emotion.jobs.timeofday import TimeOfDay
from emotion.settings import Settings
from emotion.store import jobs, leases, workers
from emotion.store.database import Database
from emotion.store.values import JobState

log = logging.getLogger(__name__)

ROUND_S = 1.0
TIDY_S = 60.0
# Who set the clock wrongly notices within that time, or never: then what it says is true.
DOUBT_S = 3600.0
# A worker gives its task back when asked to end; one that hangs in a decoder does not hear the question.
STOP_GRACE_S = 8.0
# A worker that dies at once, again and again, must not eat the machine: 1 s, 2 s, 4 s, at most this.
LONGEST_REST_S = 30.0
SHORT_LIFE_S = 10.0
WORKER = (sys.executable, "-m", "emotion", "worker", "--as")


def supervise(settings: Settings, *, with_parent: bool = False, command: Sequence[str] = WORKER) -> None:
    """Works until it is asked to end (SIGTERM, SIGINT) or, with ``with_parent``, until standard input closes.

    Raises StoreError, SettingsError, OutputError where it cannot begin.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if with_parent:
        when_parent_is_gone(stop.set)
    with Database.open(settings) as database, host_lock(settings.data_dir, stop) as lock:
        if lock is None:
            return
        _free_what_the_dead_held(database, settings)
        team = Team(database, settings, [*command], lock)
        try:
            _rounds(database, settings, team, stop)
        finally:
            team.dismiss()


def hands(settings: Settings) -> int:
    """How many workers: as many as the machine has cores, less one for the pages and the camera.

    Where a cluster works, one that feeds it.
    """
    if settings.dask_scheduler:
        return 1
    return settings.workers or max((os.cpu_count() or 1) - 1, 1)


def _rounds(database: Database, settings: Settings, team: Team, stop: threading.Event) -> None:
    tidied, broken_off, time_of_day = -TIDY_S, BrokenOff(database, settings), TimeOfDay(DOUBT_S)
    while not stop.is_set():
        with _outlived("A round of the supervisor"):
            team.look()
            _mind_the_room(database, settings)
            sweep(database, settings)
            broken_off.look()
        # Whose time is over by a clock that was set a moment ago is not deleted yet.
        if time_of_day.believed() and time.monotonic() - tidied >= TIDY_S:
            tidied = time.monotonic()
            with _outlived("Tidying"):
                tidy(database, settings)
        stop.wait(ROUND_S)


@contextlib.contextmanager
def _outlived(what: str) -> Iterator[None]:
    try:
        yield
    except (EmotionError, OSError) as error:
        # One line: this may come every second, on a disk that is full already.
        log.warning("%s failed: %s", what, error.__cause__ or error)


def _mind_the_room(database: Database, settings: Settings) -> None:
    message = shortage(settings.data_dir, settings.min_free_gb)
    if message and jobs.count(database, JobState.WAITING, JobState.RUNNING):
        jobs.pause_all(database, message)
    elif not message and jobs.count(database, JobState.PAUSED):
        jobs.resume_all(database)


def _free_what_the_dead_held(database: Database, settings: Settings) -> None:
    """The lock says that no worker of this machine is alive."""
    for worker in workers.of_host(database, socket.gethostname()):
        leases.lose(database, worker.id, "its process ended without a word", tries=settings.tries)
        workers.remove(database, worker.id)


@dataclass(slots=True)
class _Member:
    id: str
    process: subprocess.Popen[bytes]
    began: float


class Team:
    """The worker processes of one supervisor. One thread."""

    def __init__(self, database: Database, settings: Settings, command: list[str], lock: int) -> None:
        self._database = database
        self._settings = settings
        self._command = command
        self._lock = lock
        self._members: list[_Member] = []
        self._short_lives = 0
        self._rest_until = 0.0

    def look(self) -> None:
        """Takes note of who died, and fills the places. Raises StoreError."""
        for member in [member for member in self._members if member.process.poll() is not None]:
            self._bury(member)
        while len(self._members) < hands(self._settings) and time.monotonic() >= self._rest_until:
            self._members.append(self._start())
        workers.see(self._database, [member.id for member in self._members])

    def dismiss(self) -> None:
        """Asks all to end, and ends those who do not hear."""
        for member in self._members:
            if member.process.stdin:
                member.process.stdin.close()
        deadline = time.monotonic() + STOP_GRACE_S
        for member in list(self._members):
            try:
                member.process.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                member.process.kill()
                member.process.wait()
            try:
                self._bury(member)
            except EmotionError as error:
                log.warning("What a worker held is free when its lease ends: %s", error.__cause__ or error)

    def _start(self) -> _Member:
        worker_id = uuid.uuid4().hex
        pass_fds = () if sys.platform == "win32" else (self._lock,)
        process = subprocess.Popen([*self._command, worker_id], stdin=subprocess.PIPE, pass_fds=pass_fds)
        return _Member(worker_id, process, time.monotonic())

    def _bury(self, member: _Member) -> None:
        code = member.process.returncode
        if member.process.stdin:
            member.process.stdin.close()
        leases.lose(self._database, member.id, _end_in_words(code), tries=self._settings.tries)
        workers.remove(self._database, member.id)
        self._members.remove(member)
        short = time.monotonic() - member.began < SHORT_LIFE_S
        self._short_lives = self._short_lives + 1 if short else 0
        rest = min(2.0 ** (self._short_lives - 1), LONGEST_REST_S) if short else 0.0
        self._rest_until = time.monotonic() + rest


def _end_in_words(code: int) -> str:
    names = {number.value: number.name for number in signal.Signals}
    cause = f"exit code {code}" if code >= 0 else names.get(-code, f"signal {-code}")
    return f"its process ended unexpectedly ({cause})"
