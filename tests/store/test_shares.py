"""Links that show a recording to others, and what each person uses of the server."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from emotion.errors import InputError, NotFound
from emotion.store import audit, jobs, recordings, shares, usage
from emotion.store.database import Database
from emotion.store.shares import DAY_S, LONGEST_DAYS
from emotion.store.usage import Usage
from emotion.store.values import Origin, Recording

Add = Callable[..., Recording]
ONE, TWO = "1" * 32, "2" * 32


@pytest.fixture
def shared(database: Database, add: Add) -> Recording:
    """Ann's, which the link ONE shows from second 10 to 100."""
    made = add("ann")
    assert shares.make(database, made.id, share_id=ONE, by="ann", until_s=100, now=10)
    return made


@pytest.mark.parametrize(
    ("asked", "now", "there"),
    [
        pytest.param(ONE, 10, True, id="from its first moment"),
        pytest.param(ONE, 99.9, True, id="to its last"),
        pytest.param(ONE, 100, False, id="over"),
        pytest.param(TWO, 50, False, id="guessed"),
        pytest.param("", 50, False, id="none"),
        pytest.param("%", 50, False, id="anything"),
        pytest.param(ONE.upper() + "\n", 50, False, id="nearly"),
    ],
)
def test_a_link_is_good_until_its_day(
    database: Database, shared: Recording, asked: str, now: float, there: bool
) -> None:
    assert (shares.find(database, shared.id, asked, now=now) is not None) == there


def test_a_link_is_for_one_recording(database: Database, shared: Recording, add: Add) -> None:
    assert shares.find(database, add("ann").id, ONE, now=50) is None
    assert shares.find(database, "../..", ONE, now=50) is None


def test_a_click_that_is_told_twice_makes_one_link(database: Database, shared: Recording) -> None:
    assert not shares.make(database, shared.id, share_id=ONE, by="ann", until_s=5000, now=11)
    assert [found.until_s for found in shares.of_recording(database, shared.id, owner="ann", now=50)] == [100]


@pytest.mark.parametrize(
    ("by", "until_s", "error"),
    [
        pytest.param("bob", 100, NotFound, id="of another's recording"),
        pytest.param("ann", 10, InputError, id="over before it begins"),
        pytest.param("ann", 11 + LONGEST_DAYS * DAY_S, InputError, id="too long"),
        pytest.param("ann", float("inf"), InputError, id="for ever"),
        pytest.param("ann", float("nan"), InputError, id="no time at all"),
    ],
)
def test_what_is_no_link(database: Database, add: Add, by: str, until_s: float, error: type[InputError]) -> None:
    made = add("ann")
    with pytest.raises(error):
        shares.make(database, made.id, share_id=TWO, by=by, until_s=until_s, now=10)
    assert shares.find(database, made.id, TWO, now=10) is None


def test_only_its_owner_sees_and_ends_it(database: Database, shared: Recording) -> None:
    assert shares.make(database, shared.id, share_id=TWO, by="ann", until_s=60, now=20)
    assert shares.of_recording(database, shared.id, owner="bob", now=50) == ()
    assert [found.id for found in shares.of_recording(database, shared.id, owner="ann", now=50)] == [TWO, ONE]
    assert not shares.revoke(database, ONE, owner="bob")
    assert shares.find(database, shared.id, ONE, now=50) is not None
    assert shares.revoke(database, ONE, owner="ann")
    assert not shares.revoke(database, ONE, owner="ann")
    assert shares.find(database, shared.id, ONE, now=50) is None
    assert shares.find(database, shared.id, TWO, now=50) is not None


def test_what_somebody_shows(database: Database, shared: Recording, add: Add) -> None:
    shares.make(database, shared.id, share_id=TWO, by="ann", until_s=200, now=10)
    add("ann")
    assert shares.last_days(database, "ann", now=50) == {shared.id: 200}
    assert shares.last_days(database, "ann", now=200) == {}
    assert shares.last_days(database, "bob", now=50) == {}


def test_it_ends_with_the_recording(database: Database, shared: Recording) -> None:
    recordings.mark_deleted(database, shared.id, by="ann")
    assert not _rows(database)
    assert shares.find(database, shared.id, ONE, now=50) is None
    with pytest.raises(NotFound):
        shares.make(database, shared.id, share_id=TWO, by="ann", until_s=100, now=10)


def test_the_audit_log_says_who_showed_what(database: Database, shared: Recording) -> None:
    shares.revoke(database, ONE, owner="bob")
    shares.revoke(database, ONE, owner="ann")
    recordings.mark_deleted(database, shared.id, by="ann")
    entries = audit.latest(database, action="recording.")
    done = {entry.action: (entry.actor, entry.object, entry.detail) for entry in entries}
    assert done == {
        "recording.uploaded": ("ann", shared.id, {"bytes": 7, "origin": "upload"}),
        "recording.shared": ("ann", shared.id, {"share": ONE[:8], "until_s": 100}),
        "recording.unshared": ("ann", shared.id, {"share": ONE[:8]}),
        "recording.deleted": ("ann", shared.id, {}),
    }


def test_what_is_over_is_forgotten(database: Database, shared: Recording) -> None:
    shares.make(database, shared.id, share_id=TWO, by="ann", until_s=200, now=10)
    shares.forget(database, now=100)
    assert _rows(database) == [TWO]


def test_what_everybody_uses(database: Database, add: Add) -> None:
    first = add("ann")
    add("ann")
    add("bob")
    recordings.mark_deleted(database, add("bob").id)
    jobs.cancel(database, first.id)
    of_the_servers = {"origin": Origin.MEDIA, "source": "a.mp4", "size_bytes": 9000, "settings": {}}
    recordings.add(database, owner="cid", name="a.mp4", **of_the_servers)  # type: ignore[arg-type]
    assert usage.of_everybody(database) == {"ann": Usage(2, 14, 1), "bob": Usage(1, 7, 1), "cid": Usage(1, 0, 1)}
    assert usage.of(database, "ann") == Usage(2, 14, 1)
    assert usage.of(database, "dan") == Usage()


def test_what_is_anothers_is_not_found(database: Database, add: Add) -> None:
    made = add("ann")
    assert recordings.get(database, made.id, owner="ann") == made
    assert recordings.owner_of(database, made.id) == "ann"
    for owner in ("bob", "", "ANN", "ann "):
        with pytest.raises(NotFound):
            recordings.get(database, made.id, owner=owner)


def _rows(database: Database) -> list[str]:
    import sqlalchemy as sa

    from emotion.store.schema import shares as table

    with database.reading() as connection:
        return list(connection.scalars(sa.select(table.c.id)))
