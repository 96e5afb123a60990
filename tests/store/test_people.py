"""Who uses the server, as administrators see it, on both databases."""

from __future__ import annotations

from store.conftest import Add

from emotion.store import audit, live, people
from emotion.store.database import Database
from emotion.store.live import RUNNING, WAITING, LiveRow, LiveServer
from emotion.store.people import Person
from emotion.store.usage import Usage

NOW = 100 * audit.DAY_S


def test_everybody_who_was_here(database: Database, add: Add) -> None:
    add("ann", at=NOW - 50)
    audit.write(database, "ann", "signed.in", now=NOW - 200, name="Ann Old")
    audit.write(database, "ann", "signed.in", now=NOW - 100, name="Ann New")
    audit.write(database, "bob", "signed.in", now=NOW - 90)
    audit.write(database, "bob", "live.end", now=NOW - 80, seconds=7.5)
    audit.write(database, "bob", "live.end", now=NOW - 31 * audit.DAY_S, seconds=1000)
    audit.write(database, audit.SERVER, "recording.deleted", now=NOW)
    sessions = [LiveRow("1" * 32, "bob", RUNNING, NOW), LiveRow("2" * 32, "cleo", WAITING, NOW)]
    live.tell(database, LiveServer("a" * 32, "here", 1, 4), sessions, now=NOW)
    assert people.everybody(database, now=NOW) == (
        Person("ann", "Ann New", Usage(1, 7, 1), 0, 0.0, NOW - 50),
        Person("bob", "", Usage(), 1, 7.5, NOW - 80),
    )
    assert people.names(database) == {"ann": "Ann New"}


def test_entries_are_found(database: Database) -> None:
    for at, actor, action in ((1, "ann", "signed.in"), (2, "bob", "recording.opened"), (3, "an_n", "recording.shared")):
        audit.write(database, actor, action, now=at)

    def found(**wanted: object) -> list[float]:
        return [entry.at_s for entry in audit.find(database, **wanted)]  # type: ignore[arg-type]

    assert found() == [3, 2, 1]
    assert found(action="recording.") == [3, 2]
    assert found(actor="AN") == [3, 1]
    assert found(actor="_") == [3]
    assert found(actor="an", actors=["bob"]) == [3, 2, 1]
    assert found(since_s=2) == [3, 2]
    assert found(limit=1) == [3]
