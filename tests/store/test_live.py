"""What servers tell each other about live sessions; the audit log."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from emotion.store import audit, live
from emotion.store.database import Database
from emotion.store.live import RUNNING, SILENT_S, WAITING, Everywhere, LiveRow, LiveServer
from emotion.store.schema import live_sessions

HERE = LiveServer("a" * 32, "here", 1, 4)
THERE = LiveServer("b" * 32, "there", 2, 2)
ANN = LiveRow("1" * 32, "ann", RUNNING, 5.0)
BOB = LiveRow("2" * 32, "bob", WAITING, 6.0)


def ids(database: Database) -> list[str]:
    with database.reading() as connection:
        return sorted(connection.scalars(sa.select(live_sessions.c.id)))


def test_all_servers_together(database: Database) -> None:
    live.tell(database, HERE, [ANN, BOB], now=100)
    live.tell(database, THERE, [], now=101)
    assert live.everywhere(database, now=102) == Everywhere(running=1, waiting=1, places=6, servers=2)
    live.tell(database, HERE, [BOB], now=103)
    assert ids(database) == [BOB.id]
    live.leave(database, HERE.id)
    assert live.everywhere(database, now=104) == Everywhere(0, 0, 2, 1)
    assert ids(database) == []


def test_who_is_live_elsewhere(database: Database) -> None:
    live.tell(database, HERE, [ANN, BOB], now=100)
    live.tell(database, THERE, [LiveRow("3" * 32, "ann", WAITING, 5.0)], now=101)
    assert live.by_owner(database, now=102) == {"ann": 2, "bob": 1}
    assert live.by_owner(database, but=HERE.id, now=102) == {"ann": 1}
    assert live.by_owner(database, but=HERE.id, now=102 + SILENT_S) == {}


def test_a_server_that_died_is_forgotten(database: Database) -> None:
    live.tell(database, HERE, [ANN], now=100)
    assert live.everywhere(database, now=100 + SILENT_S).running == 1
    assert live.everywhere(database, now=101 + SILENT_S) == Everywhere(0, 0, 0, 0)
    live.tell(database, THERE, [], now=101 + SILENT_S)
    assert ids(database) == []


@pytest.mark.parametrize(
    ("days", "left"),
    [
        pytest.param(10.0, ["new"], id="what is older goes"),
        pytest.param(365.0, ["new", "old"], id="not that old yet"),
        pytest.param(0.0, ["new", "old"], id="0 is never"),
    ],
)
def test_the_log_forgets(database: Database, days: float, left: list[str]) -> None:
    now = 1e9
    audit.write(database, "ann", "old", now=now - 11 * audit.DAY_S)
    audit.write(database, "ann", "new", now=now)
    audit.forget(database, days, now=now)
    assert [entry.action for entry in audit.latest(database)] == left


def test_the_log_keeps_what_was_said(database: Database) -> None:
    audit.write(database, "ann", "live.start", now=1.0)
    audit.write(database, "ann", "recording.delete", "clip", now=2.0, name="Köln", size=3)
    newest, oldest = audit.latest(database)
    assert newest == audit.Entry(2.0, "ann", "recording.delete", "clip", {"name": "Köln", "size": 3})
    assert oldest == audit.Entry(1.0, "ann", "live.start", "", {})
    assert audit.latest(database, 1) == (newest,)
    assert audit.latest(database, action="live.") == (oldest,)
    audit.enter(database)
