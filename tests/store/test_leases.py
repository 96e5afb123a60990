"""Who works on what: turns, tries, and what comes after what. Time is passed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emotion.store import jobs, leases, outlook, recordings, workers
from emotion.store.database import Database
from emotion.store.values import JobState, Lease, Recording, Step

A, B, C = (letter * 32 for letter in "abc")
Add = Callable[..., Recording]


def claim(database: Database, worker: str = A, *, at: float = 10.0, lease_s: float = 60.0, tries: int = 3) -> Lease:
    lease = leases.claim(database, worker, lease_s=lease_s, tries=tries, now=at)
    assert lease is not None
    return lease


def nothing(database: Database, *, at: float = 10.0) -> bool:
    return leases.claim(database, B, lease_s=60, tries=3, now=at) is None


def finish(database: Database, lease: Lease, *, at: float = 20.0, **values: Any) -> None:
    assert leases.finish(database, lease, now=at, **values)


def planned(database: Database, segments: int, *, at: float = 10.0) -> None:
    finish(database, claim(database, at=at), segments=segments, frames=100 * segments)


def job(database: Database, recording: Recording) -> tuple[JobState, str]:
    found = recordings.get(database, recording.id).job
    return found.state, found.message


def test_a_whole_job_in_order(database: Database, add: Add) -> None:
    made = add()
    done = []
    while lease := leases.claim(database, A, lease_s=60, tries=3, now=10):
        done.append((lease.step, lease.number))
        finish(database, lease, segments=2 if lease.step is Step.PLAN else None, facts={"faces": 3})
    assert done == [
        (Step.PLAN, 0),
        (Step.SEE, 0),
        (Step.SEE, 1),
        (Step.REMEMBER, 0),
        (Step.RENDER, 0),
        (Step.RENDER, 1),
        (Step.JOIN, 0),
    ]
    found = recordings.get(database, made.id)
    assert (found.job.state, found.facts, found.job.started_s, found.job.finished_s) == (
        JobState.DONE,
        {"faces": 3},
        10,
        20,
    )


def test_the_next_step_waits_for_the_last_of_this_one(database: Database, add: Add) -> None:
    add()
    planned(database, 2)
    first, second = claim(database), claim(database, B)
    finish(database, second)
    assert nothing(database)
    finish(database, first)
    assert claim(database).step is Step.REMEMBER


def test_what_is_held_is_not_given_out_again_until_the_lease_ends(database: Database, add: Add) -> None:
    add()
    old = claim(database, at=10, lease_s=60)
    assert nothing(database, at=70)
    assert nothing(database, at=71)  # it rests for two seconds first
    new = claim(database, B, at=73)
    assert (new.task_id, new.tries) == (old.task_id, 2)
    assert not leases.beat(database, old, frames_done=5, lease_s=60, now=74)
    assert not leases.finish(database, old, segments=1, frames=1)
    assert leases.finish(database, new, segments=1, frames=1)


def test_a_lease_that_gets_on_does_not_end(database: Database, add: Add) -> None:
    add()
    lease = claim(database, at=10, lease_s=60)
    assert leases.beat(database, lease, frames_done=5, lease_s=60, now=60)
    assert nothing(database, at=119)
    assert leases.wanted(database, lease)


@pytest.mark.parametrize("ending", ["stumble", "lose", "expire"])
def test_bounded_tries_and_then_a_sentence(database: Database, add: Add, ending: str) -> None:
    bad = add("ann")
    for attempt, now in enumerate([100.0, 300.0, 500.0], start=1):
        lease = claim(database, at=now, lease_s=60)
        assert lease.tries == attempt
        if ending == "stumble":
            leases.stumble(database, lease, "of a test", tries=3, now=now)
        elif ending == "lose":
            leases.lose(database, A, "of a test", tries=3, now=now)
        else:
            assert nothing(database, at=now + 61)
    state, message = job(database, bad)
    assert state is JobState.FAILED
    assert "3 times" in message
    assert "convert it to MP4" in message
    good = add("ann")
    assert claim(database, at=600).recording.id == good.id


def test_a_release_is_no_try(database: Database, add: Add) -> None:
    made = add()
    for _ in range(10):
        leases.release(database, claim(database))
    assert claim(database).tries == 1
    assert job(database, made) == (JobState.RUNNING, "")


def test_what_no_try_will_mend_fails_at_once(database: Database, add: Add) -> None:
    made = add()
    leases.fail(database, claim(database), "This is no video.")
    assert job(database, made) == (JobState.FAILED, "This is no video.")
    assert nothing(database)


def test_cancel_reaches_the_worker_and_frees_the_task(database: Database, add: Add) -> None:
    made = add()
    lease = claim(database)
    jobs.cancel(database, made.id, now=15)
    assert not leases.wanted(database, lease)
    assert not leases.beat(database, lease, frames_done=1, lease_s=60)
    leases.release(database, lease)
    assert job(database, made) == (JobState.CANCELLED, "")
    assert nothing(database)
    jobs.retry(database, made.id)
    assert claim(database).step is Step.PLAN


def test_a_full_disk_pauses_one_job_and_it_goes_on(database: Database, add: Add) -> None:
    full, other = add("ann"), add("bob")
    lease = claim(database, at=10)
    leases.pause(database, lease, "The disk is full.", now=10)
    assert job(database, lease.recording) == (JobState.PAUSED, "The disk is full.")
    assert claim(database, at=11).recording.id == ({full.id, other.id} - {lease.recording.id}).pop()
    jobs.resume_all(database, now=12)
    assert job(database, lease.recording)[0] is JobState.PAUSED  # a person shall have time to read it
    jobs.resume_all(database, now=50)
    again = claim(database, at=50)
    assert (again.recording.id, again.tries) == (lease.recording.id, 1)


def test_pause_all_lets_what_is_under_way_end(database: Database, add: Add) -> None:
    add()
    lease = claim(database)
    jobs.pause_all(database, "Nearly full.")
    assert leases.wanted(database, lease)
    finish(database, lease, segments=2, frames=10)
    assert nothing(database)
    jobs.resume_all(database, now=30)
    assert claim(database).step is Step.SEE


def test_turns_are_fair(database: Database, add: Add) -> None:
    """Ann has two long recordings since long, Bob comes later with one: from then on every second turn is his."""
    add("ann", at=1)
    planned(database, 10, at=1)
    add("ann", at=2)
    served = []
    for second in range(10):
        if second == 4:
            add("bob", at=5)
        lease = claim(database, at=10.0 + second)
        served.append(lease.recording.owner)
        finish(database, lease, segments=10 if lease.step is Step.PLAN else None, frames=1, at=11.0 + second)
    assert served == ["ann"] * 4 + ["bob", "ann"] * 3


def test_who_has_the_fewest_under_way_is_next(database: Database, add: Add) -> None:
    for owner in ("ann", "bob"):
        add(owner, at=1)
        planned(database, 10, at=2)
    held = [claim(database, worker, at=10.0 + number).recording.owner for number, worker in enumerate([A, B, C, A])]
    assert sorted(held) == ["ann", "ann", "bob", "bob"]
    assert held[0] != held[1]


def test_of_one_owner_what_came_first_goes_first_but_each_is_looked_through_at_once(
    database: Database, add: Add
) -> None:
    first = add(at=1)
    planned(database, 3)
    second = add(at=2)
    lease = claim(database)
    assert (lease.recording.id, lease.step) == (second.id, Step.PLAN)
    finish(database, lease, segments=3, frames=9)
    assert [claim(database).recording.id for _ in range(4)] == [first.id] * 3 + [second.id]


def test_a_late_worker_of_a_deleted_recording(database: Database, add: Add) -> None:
    made = add()
    lease = claim(database)
    recordings.mark_deleted(database, made.id, now=15)
    assert not leases.wanted(database, lease)
    assert recordings.deleted(database) == ()
    assert not leases.finish(database, lease, segments=1, frames=1)
    assert recordings.deleted(database) == (made.id,)
    recordings.forget(database, made.id)
    leases.release(database, lease)
    assert nothing(database)


def test_a_dead_worker_can_be_forgotten(database: Database, add: Add) -> None:
    add()
    finish(database, claim(database), segments=2, frames=1)
    claim(database)
    leases.lose(database, A, "it died", tries=3, now=10)
    workers.remove(database, A)
    assert [worker.id for worker in workers.of_host(database, "here")] == [B, C]
    assert claim(database, B, at=20).tries == 2


def test_outlook_of_the_queue(database: Database, add: Add) -> None:
    """One worker sees 100 frames/s and draws 50: 1000 frames take 30 s."""
    ann = add("ann", at=1)
    planned(database, 2, at=1)
    for start in (100.0, 110.0):
        finish(database, claim(database, at=start), frames_done=100, at=start + 1)
    finish(database, claim(database, at=120), at=121)
    finish(database, claim(database, at=130), frames_done=100, at=132)
    half = outlook.of(database, ann.id, now=140)
    assert (half.state, half.step, half.frames_done, half.frames_total) == (JobState.RUNNING, Step.RENDER, 100, 200)
    assert (half.left_s, half.share) == (pytest.approx(2.0), 0.75)
    later, bob = add("ann", at=3), add("bob", at=4)
    looks = outlook.of_many(database, [later.id, bob.id], now=140)
    assert [looks[each.id].before for each in (bob, later)] == [1, 2]
    assert looks[bob.id].wait_s == pytest.approx(2.0)
    assert looks[later.id].wait_s is None  # nobody knows yet how long Bob's is


def test_outlook_counts_parts_that_were_found_done(database: Database, add: Add) -> None:
    made = add()
    planned(database, 4)
    finish(database, claim(database), frames_done=0)
    running = claim(database, at=10)
    leases.beat(database, running, frames_done=50, lease_s=60, now=15)
    seen = outlook.of(database, made.id, now=15)
    assert (seen.frames_done, seen.frames_total, seen.frames_per_second) == (100, 400, 10.0)
