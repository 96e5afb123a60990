"""That side: what a worker of the cluster runs. It imports nothing heavy by itself.

Dask unpacks what it is sent in the thread that keeps its connections alive. So a task comes as bytes, and it is in the
thread of the work that they are unpacked, and that the decoders and interpreters are loaded.
"""

from __future__ import annotations

import pickle  # our own bytes, from our own feeder
import time
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from distributed import Event, get_worker

from emotion.errors import Cancelled
from emotion.jobs.progress import Progress, Stage

if TYPE_CHECKING:
    from emotion.jobs.tasks import Planned, Task

TOPIC = "emotion-progress"
# How often it tells how far it is, and asks whether that is still wanted.
TELL_S = 0.5


def stop_name(ticket: str) -> str:
    """Of the event that ends the work."""
    return f"{ticket}-stop"


def perform_there(packed: bytes, ticket: str) -> Planned | None:
    """Does the pickled Task with the models of this machine. Raises what :func:`~emotion.jobs.tasks.perform` raises."""
    teller = _Teller(ticket)
    teller.tell(Progress(Stage.SEEING, 0, 0, 0.0, 0.0))
    from emotion.jobs.tasks import perform
    from emotion.settings import Settings

    task: Task = pickle.loads(packed)  # noqa: S301
    settings = task.settings.but(cache_dir=Settings.load().cache_dir)
    planned = perform(replace(task, settings=settings), on_progress=teller.on_progress)
    teller.tell(teller.last)
    return planned


class _Teller:
    """Tells the feeder how far the work is, and asks whether it is still wanted."""

    def __init__(self, ticket: str) -> None:
        self._ticket = ticket
        self._worker = get_worker()
        self._stop = Event(stop_name(ticket))
        self._told = 0.0
        self.last = Progress(Stage.SEEING, 0, 0, 0.0, 0.0)

    def tell(self, progress: Progress) -> None:
        self.last = progress
        values = {**asdict(progress), "stage": str(progress.stage)}
        self._worker.log_event(TOPIC, {"ticket": self._ticket, "progress": values})

    def on_progress(self, progress: Progress) -> None:
        self.last = progress
        if time.monotonic() - self._told < TELL_S:
            return
        self._told = time.monotonic()
        self.tell(progress)
        if self._stop.is_set():
            raise Cancelled("Not wanted any more.")
