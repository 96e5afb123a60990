"""Watches over one task while it is worked on: shows that it gets on, and hears when nobody wants it any more."""

from __future__ import annotations

import contextvars
import faulthandler
import logging
import os
import threading
from functools import partial
from types import TracebackType
from typing import Self

from emotion.errors import Cancelled, EmotionError
from emotion.jobs.progress import Progress
from emotion.store import leases
from emotion.store.database import Database
from emotion.store.values import Lease

log = logging.getLogger(__name__)

BEAT_S = 1.0
# Work that hangs in a decoder does not hear that it was cancelled: after this its process ends.
DEAF_S = 5.0
EXIT_DEAF = 3


class Watch:
    """A thread beside the work, for as long as the ``with`` block lasts.

    The lease is tied to progress, not to the life of this thread. Work that is ``alone`` in its process ends that
    process after ``lease_s`` seconds without progress, with a trace of where it hung. A thread of C code sees to that,
    so it happens even where a library that hangs never gives Python its turn.
    """

    def __init__(
        self, database: Database, lease: Lease, stop: threading.Event, *, lease_s: float, alone: bool = True
    ) -> None:
        self._database = database
        self._lease = lease
        self._stop = stop
        self._lease_s = lease_s
        self._alone = alone
        self._over = threading.Event()
        self._unwanted = False
        self._progress: Progress | None = None
        self.frames_done = 0
        # In this thread's context: what the other one logs is about the same recording.
        run = partial(contextvars.copy_context().run, self._run)
        self._thread = threading.Thread(target=run, name="beat", daemon=True)

    def __enter__(self) -> Self:
        self._arm()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        if self._alone:
            faulthandler.cancel_dump_traceback_later()

    def on_progress(self, progress: Progress) -> None:
        """For ``perform``; any thread. The same value twice is no progress. Raises Cancelled when nobody wants it."""
        self.frames_done = progress.frames_done
        self._progress = progress
        if self._unwanted or self._stop.is_set():
            raise Cancelled("Stopped; it goes on where it was.")

    def _run(self) -> None:
        seen = told = None
        while not self._over.wait(BEAT_S) and not self._unwanted and not self._stop.is_set():
            progress = self._progress
            if progress != seen:
                self._arm()
                seen = progress
            try:
                wanted = self._prolong() if progress != told else leases.wanted(self._database, self._lease)
            except EmotionError as error:
                # The work goes on without the database; whoever takes the task meanwhile computes the same.
                log.warning("The database does not answer, the work goes on: %s", error.__cause__ or error)
            else:
                self._unwanted = not wanted
                told = progress
        if self._alone and not self._over.wait(DEAF_S):
            self._end_process()

    def _arm(self) -> None:
        if self._alone:
            faulthandler.dump_traceback_later(self._lease_s, exit=True)

    def _prolong(self) -> bool:
        return leases.beat(self._database, self._lease, frames_done=self.frames_done, lease_s=self._lease_s)

    def _end_process(self) -> None:
        log.warning("Step %s of %s did not stop when asked to", self._lease.step, self._lease.recording.id)
        try:
            leases.release(self._database, self._lease)
        finally:
            os._exit(EXIT_DEAF)
