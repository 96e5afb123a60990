"""Recordings that are being made: seen by all, worked on by nobody, released once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from emotion.notes import NoteKind
from emotion.store import jobs, leases, notes, outlook, recordings, taping
from emotion.store.database import Database
from emotion.store.values import JobState, Lease, Origin, Recording, Step

NUMBER = "d" * 32
WORKER = "a" * 32


@pytest.fixture
def begun(database: Database) -> Recording:
    return taping.begin(
        database, recording_id=NUMBER, owner="ann", name="Live", source="Live.mp4", settings={"every": 1}, now=5.0
    )


def state(database: Database) -> JobState:
    return recordings.get(database, NUMBER).job.state


def claim(database: Database) -> Lease | None:
    return leases.claim(database, WORKER, lease_s=60, tries=3)


def test_it_is_in_the_library_and_nobody_works_on_it(database: Database, begun: Recording) -> None:
    assert recordings.find(database, owner="ann") == (begun,)
    assert (begun.origin, begun.job.state, begun.size_bytes) == (Origin.LIVE, JobState.RECORDING, 0)
    assert not begun.job.state.over
    assert claim(database) is None
    assert taping.under_way(database) == (NUMBER,)
    told = outlook.of(database, NUMBER)
    assert (told.state, told.before, told.share) == (JobState.RECORDING, 0, 0.0)


def test_nothing_that_moves_jobs_moves_it(database: Database, begun: Recording) -> None:
    jobs.pause_all(database, "The disk is full.")
    jobs.resume_all(database)
    jobs.cancel(database, NUMBER)
    assert state(database) is JobState.RECORDING
    assert taping.goes_on(database, NUMBER)


def test_released_it_is_a_job_like_any_other_whose_seeing_is_done(database: Database, begun: Recording) -> None:
    assert taping.release(database, NUMBER, size_bytes=7, marks=[(2.0, " laughs "), (1.0, "x" * 5000)])
    assert recordings.get(database, NUMBER).size_bytes == 7
    said = notes.of(database, NUMBER).notes
    assert [(note.kind, note.from_s, note.text) for note in said] == [
        (NoteKind.MARKER, 1.0, "x" * notes.TEXT_LENGTH),
        (NoteKind.MARKER, 2.0, "laughs"),
    ]
    steps, shares = [], []
    while (lease := claim(database)) is not None:
        steps.append((lease.step, lease.number))
        leases.finish(database, lease, segments=2, frames=100, frames_done=50, facts={})
        shares.append(outlook.of(database, NUMBER).share)
    assert [step for step, _ in steps] == [Step.PLAN, Step.REMEMBER, Step.RENDER, Step.RENDER, Step.JOIN]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert shares[1] == 0.5
    assert state(database) is JobState.DONE


def test_tried_again_it_is_still_not_looked_at(database: Database, begun: Recording) -> None:
    taping.release(database, NUMBER, size_bytes=7, marks=[])
    lease = claim(database)
    assert lease is not None
    leases.fail(database, lease, "The disk was full.")
    jobs.retry(database, NUMBER)
    again = claim(database)
    assert again is not None
    leases.finish(database, again, segments=3, frames=100)
    following = claim(database)
    assert following is not None
    assert following.step is Step.REMEMBER


@pytest.mark.parametrize(
    ("began_with", "chosen", "ends_with", "until_s"),
    [
        pytest.param(100.0, [], 100.0, 1100.0, id="from its end on"),
        pytest.param(None, [], None, None, id="for ever"),
        pytest.param(100.0, [50.0], 100.0, 50.0, id="a day that somebody chose meanwhile"),
        pytest.param(100.0, [None], 100.0, None, id="for ever, as somebody chose meanwhile"),
    ],
)
def test_until_when_it_is_kept(
    database: Database,
    began_with: float | None,
    chosen: list[float | None],
    ends_with: float | None,
    until_s: float | None,
) -> None:
    taping.begin(
        database, recording_id=NUMBER, owner="a", name="x", source="x", settings={}, keep_s=began_with, now=5.25
    )
    for day_s in chosen:
        recordings.keep(database, NUMBER, day_s)
    assert recordings.expired(database, now=900.0) == ()
    assert taping.release(database, NUMBER, size_bytes=7, marks=[], keep_s=ends_with, now=1000.0)
    assert recordings.get(database, NUMBER).keep_until_s == until_s
    assert recordings.expired(database, now=(until_s or 0) + 1) == ((NUMBER,) if until_s else ())


@pytest.mark.parametrize("ends", ["released", "deleted", "discarded"])
def test_it_ends_once(database: Database, begun: Recording, ends: str) -> None:
    match ends:
        case "released":
            assert taping.release(database, NUMBER, size_bytes=7, marks=[])
        case "deleted":
            recordings.mark_deleted(database, NUMBER)
        case _:
            assert taping.discard(database, NUMBER)
    assert not taping.goes_on(database, NUMBER)
    assert not taping.release(database, NUMBER, size_bytes=9, marks=[(1.0, "late")])
    assert not taping.discard(database, NUMBER)
    assert taping.under_way(database) == ()
    assert notes.of(database, NUMBER).notes == ()


def test_others_are_not_touched(database: Database, add: Callable[..., Recording]) -> None:
    other = add()
    assert not taping.goes_on(database, other.id)
    assert not taping.release(database, other.id, size_bytes=9, marks=[])
    assert not taping.discard(database, other.id)
    assert recordings.get(database, other.id) == other
