"""Who keeps the seat, by the pictures that come and go: the desk, with time passed in."""

from __future__ import annotations

import pytest
from clock import Clock
from live.stand_ins import IDLE_S, Session, entries, nothing

from emotion.live.desk import STUCK_PICTURES, STUCK_S, Desk
from emotion.live.seats import CONNECT_S
from emotion.settings import Settings


def test_another_camera_in_the_middle_keeps_the_seat(desk: Desk, settings: Settings, clock: Clock) -> None:
    first, second = Session(arrivals=5), Session(arrivals=2)
    desk.ask("a" * 32, "ann")
    desk.watch("a" * 32, "ann", first, nothing)
    desk.look()
    desk.connect("a" * 32)
    first.closed = True
    clock.now_s += CONNECT_S
    desk.look()
    desk.watch("a" * 32, "ann", second, nothing)
    desk.look()
    assert desk.seats.holds("a" * 32)
    desk.leave("a" * 32)
    desk.ledger.tell()
    assert entries(settings) == [("ann", "live.start"), ("ann", "live.end")]


def test_a_session_that_went_silent_is_ended(desk: Desk, clock: Clock) -> None:
    ended: list[str] = []
    session = Session(arrivals=1)
    desk.ask("a", "ann")
    desk.watch("a", "ann", session, lambda: ended.append("a"))
    desk.look()
    clock.now_s += IDLE_S
    desk.look()
    assert (ended, desk.given_up("a")) == ([], False)
    clock.now_s += 1
    desk.look()
    assert (ended, desk.given_up("a"), desk.seats.holds("a")) == (["a"], True, False)


@pytest.mark.parametrize(
    ("come", "taken", "ended"),
    [
        pytest.param(20, 20, False, id="all is well"),
        pytest.param(20, 1, False, id="slow, but it goes on"),
        pytest.param(20, 0, True, id="none goes back any more"),
        pytest.param(0, 0, False, id="none comes either"),
    ],
)
def test_a_picture_that_stands_still_ends(desk: Desk, clock: Clock, come: int, taken: int, ended: bool) -> None:
    """``come`` and ``taken`` pictures each second, after a good beginning."""
    ends: list[str] = []
    session = Session(arrivals=5, taken=5)
    desk.ask("a", "ann")
    desk.watch("a", "ann", session, lambda: ends.append("a"))
    for _ in range(int(STUCK_S) + 2):
        desk.look()
        clock.now_s += 1
        session.arrivals += come
        session.taken += taken
    assert ends == (["a"] if ended else [])
    assert STUCK_PICTURES < 20 * STUCK_S


def test_a_first_look_that_comes_late_ends_nobody(desk: Desk) -> None:
    """A busy page may tell the desk of a session that has run for a while."""
    ends: list[str] = []
    desk.ask("a", "ann")
    desk.watch("a", "ann", Session(arrivals=100, taken=90), lambda: ends.append("a"))
    desk.look()
    assert ends == []


def test_nothing_is_taken_before_the_first_answer(desk: Desk, clock: Clock) -> None:
    ends: list[str] = []
    desk.ask("a", "ann")
    session = Session()
    desk.watch("a", "ann", session, lambda: ends.append("a"))
    for _ in range(14):
        desk.look()
        clock.now_s += 1
        session.arrivals += 20
    assert ends == [], "a connection that only sends has nobody who takes"


@pytest.mark.parametrize(
    ("arrivals", "back", "kept"),
    [
        pytest.param(1, False, True, id="it went away while it played"),
        pytest.param(0, False, True, id="it was away from the start"),
        pytest.param(1, True, False, id="it answers, and still no picture comes"),
    ],
)
def test_a_camera_that_is_asked_again_keeps_its_viewer(
    desk: Desk, settings: Settings, clock: Clock, arrivals: int, back: bool, kept: bool
) -> None:
    session = Session(arrivals=arrivals, is_patient=lambda: True)
    desk.ask("a" * 32, "ann")
    desk.watch("a" * 32, "ann", session, nothing)
    for _ in range(10):
        desk.look()
        clock.now_s += IDLE_S
    if back:
        session.is_patient = bool
        desk.look()
        clock.now_s += IDLE_S
    desk.look()
    assert desk.seats.holds("a" * 32) is kept
    desk.leave("a" * 32)
    desk.ledger.tell()
    assert bool(entries(settings)) == bool(arrivals), "a session begins with a picture"


def test_who_has_no_seat_is_not_watched(desk: Desk, clock: Clock) -> None:
    ended: list[str] = []
    desk.watch("late", "ann", Session(arrivals=1), lambda: ended.append("late"))
    clock.now_s += 1000
    desk.look()
    assert ended == []
    assert desk.seats.guests() == ()
