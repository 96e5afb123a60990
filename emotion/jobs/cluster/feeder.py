"""This side of the cluster: claims tasks, hands them over, follows them, and tells the database what came of them."""

from __future__ import annotations

import concurrent.futures
import logging
import pickle
import threading
import time
from typing import Any

from distributed import Client, Event, Future, KilledWorker

from emotion.errors import Cancelled, EmotionError
from emotion.jobs.cluster.there import TOPIC, perform_there, stop_name
from emotion.jobs.progress import OnProgress, Progress, Stage
from emotion.jobs.tasks import Planned, Task
from emotion.jobs.worker import work
from emotion.settings import Settings
from emotion.store.database import Database

log = logging.getLogger(__name__)

LOOK_S = 0.5
# A cluster grows and shrinks.
COUNT_S = 5.0
MOST_TASKS = 256
CONNECT_S = 10
# What the client raises when the scheduler is gone; distributed's own errors of this kind are among them.
GONE = (OSError, TimeoutError, concurrent.futures.CancelledError)


def feed(database: Database, settings: Settings, worker_id: str, *, stop: threading.Event) -> None:
    """Keeps every thread of the cluster busy until ``stop`` is set. For :func:`emotion.jobs.worker.run`."""
    cluster = Cluster(settings, stop)
    threads: list[threading.Thread] = []
    options: dict[str, Any] = {"perform": cluster.perform, "stop": stop, "alone": False}
    while not stop.is_set():
        while len(threads) < cluster.hands():
            name = f"task-{len(threads)}"
            threads.append(
                threading.Thread(target=work, args=[database, settings, worker_id], kwargs=options, name=name)
            )
            threads[-1].start()
        stop.wait(COUNT_S)
    for thread in threads:
        thread.join()
    cluster.close()


class Cluster:
    """A connection that comes back when the scheduler does. Any thread may use it."""

    def __init__(self, settings: Settings, stop: threading.Event) -> None:
        self._settings = settings
        self._stop = stop
        self._lock = threading.Lock()
        self._client: Client | None = None
        self._told: dict[str, Progress] = {}

    def close(self) -> None:
        if self._client:
            self._client.close(timeout=CONNECT_S)

    def hands(self) -> int:
        """How many tasks it can do at the same time; 0 while it cannot be reached."""
        try:
            workers = self._connected().scheduler_info(n_workers=-1)["workers"].values()
        except GONE:
            log.warning("The Dask scheduler does not answer; work waits for it")
            return 0
        threads = sum(int(worker["nthreads"]) for worker in workers)
        return min(threads, self._settings.workers or MOST_TASKS)

    def perform(self, task: Task, *, on_progress: OnProgress) -> Planned | None:
        """Does the task in the cluster. Raises what it raised there; Cancelled too where the cluster is gone."""
        try:
            client = self._connected()
            # Without the address of the database, which may hold a password.
            bare = Task(task.step, task.source, task.folder, task.settings.but(database_url=None), task.number)
            ticket = f"emotion-{task.folder.name}-{task.step}-{task.number}-{time.time_ns()}"
            future = client.submit(perform_there, pickle.dumps(bare), ticket, key=ticket, pure=False)
            return self._follow(client, future, ticket, on_progress)
        except KilledWorker as error:
            raise EmotionError("several processes of the cluster ended unexpectedly while they did it") from error
        except GONE as error:
            log.warning("The Dask cluster was lost; its tasks wait for it")
            self._stop.wait(COUNT_S)
            raise Cancelled("The cluster is gone; it goes on when that is back.") from error

    def _follow(self, client: Client, future: Future[Any], ticket: str, on_progress: OnProgress) -> Planned | None:
        began = time.monotonic()
        try:
            while not future.done():
                # As long as no thread of the cluster has begun it, waiting is all the progress there is.
                waited = time.monotonic() - began
                on_progress(self._told.get(ticket) or Progress(Stage.SEEING, 0, 0, waited, waited))
                time.sleep(LOOK_S)
            planned: Planned | None = future.result()
            # The last frames come with the result, or after it.
            self._tell_the_last(ticket, on_progress)
            return planned
        except Cancelled:
            Event(stop_name(ticket), client=client).set()
            future.cancel()
            raise
        finally:
            self._told.pop(ticket, None)

    def _tell_the_last(self, ticket: str, on_progress: OnProgress) -> None:
        if ticket in self._told:
            on_progress(self._told[ticket])

    def _connected(self) -> Client:
        with self._lock:
            if self._client is None or self._client.status not in ("running", "connecting"):
                self._client = Client(self._settings.dask_scheduler, timeout=CONNECT_S, set_as_default=False)
                self._client.subscribe_topic(TOPIC, self._hear)
            return self._client

    def _hear(self, event: tuple[float, dict[str, Any]]) -> None:
        ticket, values = event[1]["ticket"], event[1]["progress"]
        self._told[ticket] = Progress(**{**values, "stage": Stage(values["stage"])})
