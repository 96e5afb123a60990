"""Who may be live, with time passed in."""

from __future__ import annotations

import threading

import pytest
from clock import Clock
from crew import until
from live.stand_ins import IDLE_S, PLACES

from emotion.errors import LimitReached
from emotion.live.seats import CONNECT_S, LINE_S, Seat, Seats, Waiting


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
