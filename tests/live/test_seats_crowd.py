"""Who may be live, when people come and go in any order."""

from __future__ import annotations

from clock import Clock
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from live.stand_ins import IDLE_S, PLACES

from emotion.live.seats import CONNECT_S, LINE_S, Seat, Seats, Waiting


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
