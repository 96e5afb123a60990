"""Who may be live, with time passed in."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from crew import until
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from emotion.errors import LimitReached, StoreError
from emotion.live.desk import CHANGE_S, STUCK_PICTURES, STUCK_S, Desk
from emotion.live.ledger import Ledger
from emotion.live.seats import CONNECT_S, LINE_S, Seat, Seats, Waiting
from emotion.settings import Settings
from emotion.store import audit
from emotion.store import live as store
from emotion.store.database import Database

IDLE_S = 15.0
PLACES = 2


class Clock:
    """Time that passes when told."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@dataclass
class Session:
    """What the desk sees of a live session."""

    arrivals: int = 0
    closed: bool = False
    taken: int = 0
    is_patient: Callable[[], bool] = bool


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def seats(clock: Clock) -> Seats:
    return Seats(PLACES, idle_s=IDLE_S, clock=clock)


def test_first_come_first_served(seats: Seats) -> None:
    assert seats.ask("a", "ann") == Seat("a")
    assert seats.ask("b", "bob") == Seat("b")
    assert seats.ask("c", "cid") == Waiting(1, 2, 2)
    assert seats.ask("d", "dot") == Waiting(2, 2, 2)
    assert seats.ask("a", "ann") == Seat("a"), "who has one is told so again"
    assert seats.release("b")
    assert seats.ask("d", "dot") == Waiting(2, 1, 2), "the free one is kept for who came earlier"
    assert seats.ask("c", "cid") == Seat("c")
    assert seats.ask("d", "dot") == Waiting(1, 2, 2)


def test_one_person_takes_not_all(clock: Clock) -> None:
    seats = Seats(4, idle_s=IDLE_S, per_person=2, clock=clock)
    assert seats.ask("a", "ann", elsewhere=1) == Seat("a")
    assert seats.ask("a", "ann", elsewhere=5) == Seat("a"), "who has one keeps it"
    with pytest.raises(LimitReached, match=r"2 live already, the most for one person\. Stop one"):
        seats.ask("b", "ann", elsewhere=1)
    assert seats.ask("b", "ann") == Seat("b")
    with pytest.raises(LimitReached):
        seats.ask("c", "ann")
    assert seats.ask("c", "bob") == Seat("c")
    seats.release("a")
    assert seats.ask("d", "ann") == Seat("d")


def test_released_twice_frees_one(seats: Seats) -> None:
    for token in "abc":
        seats.ask(token, "ann")
    assert [seats.release("a"), seats.release("a"), seats.release("nobody")] == [True, False, False]
    assert seats.ask("c", "ann") == Seat("c")
    assert seats.ask("d", "ann") == Waiting(1, 2, 2)


@pytest.mark.parametrize(
    ("beats_at_s", "looks_at_s", "lost"),
    [
        pytest.param([], CONNECT_S, False, id="a question about the camera is being answered"),
        pytest.param([], CONNECT_S + 1, True, id="no picture ever came"),
        pytest.param([5], 5 + IDLE_S, False, id="a pause"),
        pytest.param([5], 5 + IDLE_S + 1, True, id="the pictures stopped"),
        pytest.param([5, 10, 20], 30, False, id="pictures keep it"),
    ],
)
def test_a_seat_without_pictures_is_free_again(
    seats: Seats, clock: Clock, beats_at_s: list[float], looks_at_s: float, lost: bool
) -> None:
    seats.ask("a", "ann")
    began_s = clock.now_s
    for at_s in beats_at_s:
        clock.now_s = began_s + at_s
        assert seats.beat("a")
    clock.now_s = began_s + looks_at_s
    assert seats.sweep() == (("a",) if lost else ())
    assert seats.holds("a") is not lost
    assert seats.beat("a") is not lost


def test_another_camera_may_take_as_long_as_the_first(seats: Seats, clock: Clock) -> None:
    seats.ask("a", "ann")
    seats.beat("a")
    seats.connect("a")
    clock.now_s += CONNECT_S
    assert seats.sweep() == ()
    seats.beat("a")
    clock.now_s += IDLE_S + 1
    assert seats.sweep() == ("a",)


def test_who_stops_asking_loses_the_place_in_the_line(seats: Seats, clock: Clock) -> None:
    for token in "abcd":
        seats.ask(token, "ann")
    for _ in range(3):
        clock.now_s += LINE_S / 2
        seats.beat("a"), seats.beat("b")
        seats.ask("d", "ann")
    assert seats.ask("d", "ann") == Waiting(1, 2, 2)
    assert seats.ask("c", "ann") == Waiting(2, 2, 2), "who comes back stands at the end"


def test_everybody_is_shown(seats: Seats) -> None:
    for token, owner in zip("abc", ["ann", "bob", "cid"], strict=True):
        seats.ask(token, owner)
    guests = [(guest.token, guest.owner, guest.seated) for guest in seats.guests()]
    assert guests == [("a", "ann", True), ("b", "bob", True), ("c", "cid", False)]


class Crowd(RuleBasedStateMachine):
    """People come, wait, get pictures, leave and vanish in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.seats = Seats(PLACES, idle_s=IDLE_S, clock=self.clock)
        self.asked_s: dict[str, float] = {}
        """Who waits -> the last question; in the order of their coming."""
        self.held: set[str] = set()
        self.count = 0

    @rule()
    def come(self) -> None:
        self.count += 1
        self.ask(f"guest {self.count}")

    @precondition(lambda self: self.asked_s)
    @rule(data=st.data())
    def ask_again(self, data: st.DataObject) -> None:
        self.ask(data.draw(st.sampled_from(list(self.asked_s))))

    @rule()
    def all_ask_again(self) -> None:
        for token in list(self.asked_s):
            self.ask(token)

    def ask(self, token: str) -> None:
        before = list(self.waiting())
        answer = self.seats.ask(token, "somebody")
        earlier = before.index(token) if token in before else len(before)
        if isinstance(answer, Seat):
            assert earlier < PLACES - len(self.held), "somebody who came earlier was passed over"
            self.held.add(token)
            self.asked_s.pop(token, None)
        else:
            assert earlier >= PLACES - len(self.held), "there was a seat for this one"
            assert answer == Waiting(earlier + 1, len(self.held), PLACES)
            if token not in before:
                self.asked_s.pop(token, None)
            self.asked_s[token] = self.clock.now_s

    def waiting(self) -> dict[str, float]:
        return {token: at_s for token, at_s in self.asked_s.items() if self.clock.now_s - at_s <= LINE_S}

    @precondition(lambda self: self.held)
    @rule(data=st.data(), begun=st.booleans())
    def leave(self, data: st.DataObject, begun: bool) -> None:
        token = data.draw(st.sampled_from(sorted(self.held)))
        assert self.seats.release(token)
        assert not self.seats.release(token)
        self.held.remove(token)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def picture(self, data: st.DataObject) -> None:
        assert self.seats.beat(data.draw(st.sampled_from(sorted(self.held))))

    @rule(seconds=st.sampled_from([0.5, 2.0, LINE_S, IDLE_S + 1, CONNECT_S + 1]))
    def time_passes(self, seconds: float) -> None:
        self.clock.now_s += seconds
        lost = set(self.seats.sweep())
        assert lost <= self.held
        self.held -= lost
        if seconds > CONNECT_S:
            assert not self.held
        self.asked_s = self.waiting()

    @invariant()
    def never_too_many_and_nobody_is_lost(self) -> None:
        guests = self.seats.guests()
        assert {guest.token for guest in guests if guest.seated} == self.held
        assert len(self.held) <= PLACES
        line = [guest.token for guest in guests if not guest.seated]
        assert [token for token in line if token in self.waiting()] == list(self.waiting())


Crowd.TestCase.settings = hypothesis_settings(max_examples=150, stateful_step_count=40, deadline=None)
TestCrowd = Crowd.TestCase


def test_many_threads_at_once() -> None:
    seats = Seats(3, idle_s=IDLE_S)
    most, lock = 0, threading.Lock()
    inside: set[str] = set()

    def visit(token: str) -> None:
        nonlocal most
        for _ in range(30):
            until(lambda: isinstance(seats.ask(token, "ann"), Seat), limit_s=60)
            with lock:
                inside.add(token)
                most = max(most, len(inside))
            with lock:
                inside.remove(token)
            seats.release(token)

    threads = [threading.Thread(target=visit, args=(f"guest {number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most <= 3
    assert seats.guests() == ()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(data_dir=tmp_path, live_sessions=PLACES, live_idle_s=IDLE_S)


@pytest.fixture
def desk(settings: Settings, clock: Clock) -> Desk:
    return Desk(settings, clock=clock)


def entries(settings: Settings) -> list[tuple[str, str]]:
    with Database.open(settings) as database:
        return [(entry.actor, entry.action) for entry in reversed(audit.latest(database))]


def nothing() -> None:
    pass


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
