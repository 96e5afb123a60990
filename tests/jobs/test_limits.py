"""What one person may have: said before anything is begun."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from emotion.errors import LimitReached
from emotion.jobs.inbox import GB, MB, Inbox
from emotion.jobs.limits import Allowance
from emotion.settings import Settings
from emotion.store import recordings
from emotion.store.database import Database
from emotion.store.values import Origin


@pytest.mark.parametrize(
    ("has", "asked", "expected"),
    [
        pytest.param(Allowance(0, 0, 500, 0), lambda it: it.must_hold(10**15), "", id="no limit of size"),
        pytest.param(Allowance(10**15, 0, 500, 0), lambda it: it.must_have_turn(), "", id="no limit of jobs"),
        pytest.param(Allowance(3 * GB, 4 * GB, 0, 0), lambda it: it.must_hold(GB), "", id="just fits"),
        pytest.param(
            Allowance(3 * GB, 4 * GB, 0, 0),
            lambda it: it.must_hold(GB + 1),
            "This file has 1 GB, and of the 4 GB that you may have 1 GB are left. Delete recordings",
            id="does not fit",
        ),
        pytest.param(
            Allowance(5 * GB, 4 * GB, 0, 0), lambda it: it.must_hold(1), "0 KB are left", id="has more already"
        ),
        pytest.param(Allowance(4 * GB - 1, 4 * GB, 0, 0), lambda it: it.must_have_room(), "", id="room to record"),
        pytest.param(
            Allowance(4 * GB, 4 * GB, 0, 0), lambda it: it.must_have_room(), "take 4 GB of the 4 GB", id="no room"
        ),
        pytest.param(Allowance(0, 0, 2, 3), lambda it: it.must_have_turn(), "", id="one more job"),
        pytest.param(
            Allowance(0, 0, 3, 3),
            lambda it: it.must_have_turn(),
            "3 of your videos are waiting or being analysed, the most for one person. Try again when one is done.",
            id="no more jobs",
        ),
    ],
)
def test_limits(has: Allowance, asked: Callable[[Allowance], None], expected: str) -> None:
    if not expected:
        asked(has)
        return
    with pytest.raises(LimitReached) as refused:
        asked(has)
    assert expected in str(refused.value)


@pytest.mark.parametrize(
    ("has", "expected"),
    [
        pytest.param(Allowance(5, 0, 5, 0), "", id="not limited"),
        pytest.param(
            Allowance(300 * MB, GB, 1, 5),
            "Your videos take 300 MB of the 1 GB that you may have; 1 of at most 5 are waiting or being analysed.",
            id="both",
        ),
    ],
)
def test_what_a_person_reads(has: Allowance, expected: str) -> None:
    assert has.in_words() == expected


def test_what_is_on_its_way_counts(tmp_path: Path) -> None:
    settings = Settings.load(data_dir=tmp_path, person_gb=1, person_jobs=4, min_free_gb=0)
    with Database.open(settings) as database:
        for owner in ("ann", "bob"):
            facts = {"name": "a.mp4", "origin": Origin.UPLOAD, "source": "a.mp4", "size_bytes": 10, "settings": {}}
            recordings.add(database, owner=owner, **facts)  # type: ignore[arg-type]
        inbox = Inbox.of(settings)
        inbox.create("b.mp4", 500, "ann")
        inbox.create("c.mp4", 9000, "bob")
        assert Allowance.of(database, settings, "ann") == Allowance(510, GB, 2, 4)
        assert Allowance.of(database, settings, "cid") == Allowance(0, GB, 0, 4)
