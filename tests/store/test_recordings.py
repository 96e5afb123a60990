"""The library: what is found, and for how long."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from emotion.errors import InputError, NotFound
from emotion.store import jobs, outlook, recordings
from emotion.store.database import Database
from emotion.store.values import JobState, Origin, Recording

Add = Callable[..., Recording]


def test_a_new_one(database: Database, add: Add) -> None:
    made = add("ann", at=5, name="день 😀.mp4")
    assert recordings.get(database, made.id) == made
    assert (made.name, made.owner, made.origin, made.facts) == ("день 😀.mp4", "ann", Origin.UPLOAD, {})
    assert (made.job.state, made.job.settings, made.job.segments) == (JobState.WAITING, {"every": 2}, None)
    assert len(made.id) == 32


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        pytest.param({}, ["c_d.mp4", "B.mp4", "a.mp4"], id="all, newest first"),
        pytest.param({"owner": "ann"}, ["B.mp4", "a.mp4"], id="somebody's"),
        pytest.param({"search": "b"}, ["B.mp4"], id="whatever the case"),
        pytest.param({"search": "_"}, ["c_d.mp4"], id="no wildcards"),
        pytest.param({"search": "%"}, [], id="none"),
        pytest.param({"limit": 1, "offset": 1}, ["B.mp4"], id="a page"),
    ],
)
def test_find(database: Database, add: Add, criteria: dict[str, object], expected: list[str]) -> None:
    add("ann", at=1, name="a.mp4")
    add("ann", at=2, name="B.mp4")
    add("bob", at=3, name="c_d.mp4")
    assert [found.name for found in recordings.find(database, **criteria)] == expected  # type: ignore[arg-type]


def test_rename_and_keep(database: Database, add: Add) -> None:
    made = add()
    recordings.rename(database, made.id, "  An interview  ")
    recordings.keep(database, made.id, 100)
    found = recordings.get(database, made.id)
    assert (found.name, found.keep_until_s) == ("An interview", 100)
    assert recordings.expired(database, now=99) == ()
    assert recordings.expired(database, now=101) == (made.id,)
    recordings.keep(database, made.id, None)
    assert recordings.expired(database, now=101) == ()


GONE: list[Callable[[Database, str], object]] = [
    recordings.get,
    recordings.owner_of,
    recordings.mark_deleted,
    jobs.cancel,
    jobs.retry,
    outlook.of,
    lambda database, recording_id: recordings.rename(database, recording_id, "x"),
    lambda database, recording_id: recordings.keep(database, recording_id, None),
]


@pytest.mark.parametrize("act", GONE)
@pytest.mark.parametrize("deleted", [True, False], ids=["deleted", "never there"])
def test_what_is_gone_is_not_found(
    database: Database, add: Add, act: Callable[[Database, str], object], deleted: bool
) -> None:
    recording_id = "0" * 32
    if deleted:
        recording_id = add().id
        recordings.mark_deleted(database, recording_id)
        assert recordings.find(database) == ()
    with pytest.raises(NotFound, match="not here any more"):
        act(database, recording_id)


def test_deleting_twice_leaves_nothing(database: Database, add: Add) -> None:
    made, other = add(), add()
    recordings.mark_deleted(database, made.id)
    assert recordings.deleted(database) == (made.id,)
    recordings.forget(database, made.id)
    recordings.forget(database, other.id)  # not deleted: it stays
    assert recordings.known(database, [made.id, other.id]) == {other.id}


def test_only_what_is_over_is_tried_again(database: Database, add: Add) -> None:
    made = add()
    with pytest.raises(InputError, match="failed or was cancelled"):
        jobs.retry(database, made.id)
    jobs.cancel(database, made.id)
    jobs.cancel(database, made.id)
    assert recordings.stopped(database) == (made.id,)
    jobs.retry(database, made.id)
    assert recordings.get(database, made.id).job.state is JobState.WAITING
