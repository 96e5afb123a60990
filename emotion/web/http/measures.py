"""What concerns the whole server, however many processes it has: measured in the database and the data folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client import Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector, CollectorRegistry

from emotion import metrics
from emotion.errors import EmotionError
from emotion.web.http.office import Desk, Office

if TYPE_CHECKING:
    from emotion.store.standing import Standing


def measure(office: Office) -> tuple[Metric, ...]:
    """All that can be measured now; ``emotion_database_up`` 0 says why much is missing. Blocking: for a thread."""
    try:
        desk = office.open()
    except EmotionError:
        return (_gauge("emotion_database_up", "Whether the database answers.", 0),)
    return (*_stored(desk), *_on_disk(desk))


def exposition(measured: tuple[Metric, ...]) -> bytes:
    """All numbers, this process's own and the measured ones, as Prometheus reads them."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Measured(measured))
    return generate_latest(metrics.REGISTRY) + generate_latest(registry)


class _Measured(Collector):
    def __init__(self, measured: tuple[Metric, ...]) -> None:
        self._measured = measured

    def collect(self) -> tuple[Metric, ...]:
        return self._measured


def _stored(desk: Desk) -> Iterator[Metric]:
    from emotion.store.standing import standing

    try:
        now = standing(desk.database)
    except EmotionError:
        yield _gauge("emotion_database_up", "Whether the database answers.", 0)
        return
    yield _gauge("emotion_database_up", "Whether the database answers.", 1)
    yield from _work(now)
    yield from _live(now)


def _work(now: Standing) -> Iterator[Metric]:
    states = {state.value: count for state, count in now.jobs.items()}
    yield _gauges("emotion_jobs", "Analyses by their state; waiting is the queue.", "state", states)
    yield _gauge("emotion_queue_oldest_seconds", "How long the longest waiting analysis has waited.", now.oldest_wait_s)
    tasks = {"waiting": now.tasks_waiting, "running": now.tasks_running}
    yield _gauges("emotion_tasks", "Parts of analyses: to be begun, and under way.", "state", tasks)
    speed = "Frames of recorded videos that all workers do together."
    yield _gauge("emotion_recorded_frames_per_second", speed, now.frames_per_second)
    yield _gauge("emotion_workers", "Worker processes, of all machines.", now.workers)
    yield _gauge("emotion_recordings", "Recordings in the library.", now.recordings)
    yield _gauge("emotion_recordings_bytes", "Of their videos as they came.", now.recorded_bytes)


def _live(now: Standing) -> Iterator[Metric]:
    sessions = {"running": now.live.running, "waiting": now.live.waiting}
    yield _gauges("emotion_live_sessions_everywhere", "Live sessions of all processes.", "state", sessions)
    yield _gauge("emotion_live_places_everywhere", "How many there may be.", now.live.places)
    yield _gauge("emotion_servers", "Server processes with live pages.", now.live.servers)


def _on_disk(desk: Desk) -> Iterator[Metric]:
    try:
        disk = shutil.disk_usage(desk.settings.data_dir)
    except OSError:
        return
    yield _gauge("emotion_data_free_bytes", "Room on the data folder's disk.", disk.free)
    yield _gauge("emotion_data_size_bytes", "Size of the data folder's disk.", disk.total)
    coming = desk.inbox.unfinished()
    yield _gauge("emotion_uploads_unfinished", "Uploads that come, or can be resumed.", len(coming))
    yield _gauge("emotion_uploads_unfinished_bytes", "What of them has come.", sum(one.offset for one in coming))


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)


def _gauges(name: str, words: str, label: str, values: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
