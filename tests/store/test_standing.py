"""What monitoring asks the database, on both kinds."""

from __future__ import annotations

from store.conftest import WORKERS, Add

from emotion.store import jobs, leases, live, recordings, workers
from emotion.store.database import Database
from emotion.store.live import RUNNING, LiveRow, LiveServer
from emotion.store.standing import standing
from emotion.store.values import JobState


def test_an_empty_server(database: Database) -> None:
    found = standing(database, now=1000)
    assert set(found.jobs.values()) == {0}
    assert set(found.jobs) == set(JobState)
    assert (found.oldest_wait_s, found.tasks_waiting, found.tasks_running, found.frames_per_second) == (0, 0, 0, 0)
    assert (found.workers, found.recordings, found.recorded_bytes) == (0, 0, 0)


def test_all_together(database: Database, add: Add) -> None:
    for at in (100.0, 200.0, 300.0, 400.0):
        add(at=at)
    stopped, gone = add(at=50.0), add(at=60.0)
    jobs.cancel(database, stopped.id, now=70.0)
    recordings.mark_deleted(database, gone.id, now=70.0)
    workers.see(database, WORKERS[:2], now=990.0)
    for worker, frames in zip(WORKERS[:2], (100, 300), strict=True):
        lease = leases.claim(database, worker, lease_s=60, tries=3, now=980.0)
        assert lease is not None
        assert leases.beat(database, lease, frames_done=frames, lease_s=60, now=990.0)
    live.tell(database, LiveServer("d" * 32, "here", 1, 4), [LiveRow("e" * 32, "ann", RUNNING, 1.0)], now=999.0)

    found = standing(database, now=1000.0)

    assert (found.jobs[JobState.RUNNING], found.jobs[JobState.WAITING], found.jobs[JobState.CANCELLED]) == (2, 2, 1)
    assert found.oldest_wait_s == 700.0
    assert (found.tasks_waiting, found.tasks_running, found.workers) == (2, 2, 2)
    assert found.frames_per_second == 20.0
    assert (found.recordings, found.recorded_bytes) == (5, 35)
    assert (found.live.running, found.live.places, found.live.servers) == (1, 4, 1)


def test_clocks_that_disagree_give_no_nonsense(database: Database, add: Add) -> None:
    add(at=2000.0)
    found = standing(database, now=1000.0)
    assert (found.oldest_wait_s, found.frames_per_second) == (0, 0)
