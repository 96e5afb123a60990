"""What the database hears of live sessions."""

from __future__ import annotations

import logging

import pytest
from clock import Clock
from crew import until
from live.stand_ins import IDLE_S, PLACES, Session, entries, nothing

from emotion.errors import StoreError
from emotion.live.desk import CHANGE_S, Desk
from emotion.live.ledger import Ledger
from emotion.live.seats import Seat, Seats
from emotion.settings import Settings
from emotion.store import audit
from emotion.store import live as store
from emotion.store.database import Database


def test_a_session_from_its_first_picture_to_its_end(desk: Desk, settings: Settings, clock: Clock) -> None:
    session = Session()
    desk.ask("a" * 32, "ann")
    desk.watch("a" * 32, "ann", session, nothing)
    desk.look()
    session.arrivals = 3
    desk.look()
    desk.note("a" * 32, recorded=True)
    clock.now_s += 5
    session.closed = True
    desk.look()
    assert desk.seats.holds("a" * 32), "another camera may be on its way"
    clock.now_s += CHANGE_S
    desk.look()
    assert not desk.seats.holds("a" * 32)
    desk.ledger.tell()
    with Database.open(settings) as database:
        end, start = audit.latest(database)
    assert (start.actor, start.action, start.detail) == ("ann", "live.start", {})
    assert (end.actor, end.action, end.detail["recorded"]) == ("ann", "live.end", True)
    assert end.detail["seconds"] >= 0


def test_a_start_without_a_picture_is_no_session(desk: Desk, settings: Settings) -> None:
    desk.ask("a" * 32, "ann")
    desk.watch("a" * 32, "ann", Session(), nothing)
    desk.leave("a" * 32)
    desk.ledger.tell()
    assert entries(settings) == []


def test_everybody_hears_of_two_servers(settings: Settings, clock: Clock) -> None:
    here, there = Desk(settings, clock=clock), Desk(settings, clock=clock)
    for token in ("a", "b", "c"):
        here.ask(token * 32, "ann")
    there.ask("d" * 32, "dot")
    for desk in (here, there):
        desk.ledger.tell()
    assert there.everywhere == store.Everywhere(running=3, waiting=1, places=2 * PLACES, servers=2)


def test_the_database_goes_and_comes_back(settings: Settings, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    broken = True

    def open_database() -> Database:
        if broken:
            raise StoreError("It is gone.")
        return Database.open(settings)

    seats = Seats(PLACES, idle_s=IDLE_S, clock=clock)
    ledger = Ledger(open_database, seats.guests, places=PLACES)
    ledger.enter(audit.Entry(1.0, "ann", "live.start", "", {}))
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert isinstance(seats.ask("a" * 32, "ann"), Seat)
            ledger.tell()
    assert len(caplog.records) == 1, "said once, not every second"
    assert ledger.everywhere is None
    broken = False
    ledger.tell()
    assert ledger.everywhere == store.Everywhere(running=1, waiting=0, places=PLACES, servers=1)
    assert entries(settings) == [("ann", "live.start")]


def test_the_end_of_a_process_leaves_no_row(settings: Settings) -> None:
    desk = Desk(settings)
    desk.start()
    session = Session(arrivals=1)
    desk.ask("a" * 32, "ann")
    desk.watch("a" * 32, "ann", session, nothing)
    with Database.open(settings) as database:
        until(lambda: store.everywhere(database).running == 1)
        desk.close()
        desk.close()
        assert store.everywhere(database) == store.Everywhere(0, 0, 0, 0)
    assert entries(settings) == [("ann", "live.start"), ("ann", "live.end")]
