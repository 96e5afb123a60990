"""Who may be live: at most so many at a time in this process, and a line in which those wait who come later.

Pure bookkeeping, with the clock passed in; any thread may call anything. Whoever holds a seat keeps it as long as
pictures come (:meth:`Seats.beat`); whoever waits keeps the place in the line by asking again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from emotion.errors import LimitReached

# Pages that wait ask every two seconds, but Chrome lets a tab that is hidden for five minutes do so once a minute only.
# A closed tab leaves the line by itself.
LINE_S = 75.0
# Connecting takes a second or two; with a question about the camera to answer, or a slow network, much longer.
CONNECT_S = 60.0
TOO_MANY = (
    "You have {} live already, the most for one person. Stop one of them, in whatever window or on whatever "
    "machine it is, and press Start again."
)


@dataclass(frozen=True, slots=True)
class Seat:
    """You may."""

    token: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Not yet."""

    place: int
    """In the line, from 1."""
    running: int
    places: int


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody with a seat, or in the line."""

    token: str
    owner: str
    seated: bool
    came_s: float
    """When it asked first, seconds since 1970."""


@dataclass(slots=True)
class _Guest:
    owner: str
    seen_s: float
    """Its last picture, or question, by the seats' own clock."""
    begun: bool = False
    """Whether a picture has come."""
    came_s: float = field(default_factory=time.time)


class Seats:
    """The seats of one process."""

    def __init__(
        self, places: int, *, idle_s: float, per_person: int = 0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """``idle_s``: a seat without a picture for so long is free again; before the first, :data:`CONNECT_S`.
        ``per_person``: so many seats and places in the line one owner may have; 0 is any number."""
        self.places = places
        self._idle_s = idle_s
        self._per_person = per_person
        self._clock = clock
        self._lock = threading.Lock()
        self._held: dict[str, _Guest] = {}
        # In the order of their coming; a dict keeps it.
        self._line: dict[str, _Guest] = {}

    def ask(self, token: str, owner: str, *, elsewhere: int = 0) -> Seat | Waiting:
        """A seat if one is free and nobody came earlier; else the place in the line. Ask again, at least every
        :data:`LINE_S`, until it is a seat. Who has one is told so again.

        ``elsewhere`` is how many the owner has on other servers. Raises LimitReached where there are too many with it.
        """
        with self._lock:
            now_s = self._clock()
            if token in self._held:
                return Seat(token)
            self._forget_who_left(now_s)
            if token not in self._line:
                self._must_have_turn(owner, elsewhere)
            self._line.setdefault(token, _Guest(owner, now_s)).seen_s = now_s
            place = list(self._line).index(token) + 1
            if place > self.places - len(self._held):
                return Waiting(place, len(self._held), self.places)
            self._held[token] = self._line.pop(token)
            return Seat(token)

    def beat(self, token: str) -> bool:
        """A picture came. False where the seat has been lost."""
        with self._lock:
            held = self._held.get(token)
            if held is not None:
                held.seen_s, held.begun = self._clock(), True
            return held is not None

    def connect(self, token: str) -> None:
        """The next picture may take as long as the very first one: another camera is connected."""
        with self._lock:
            if held := self._held.get(token):
                held.seen_s, held.begun = self._clock(), False

    def holds(self, token: str) -> bool:
        """Whether that is somebody with a seat."""
        with self._lock:
            return token in self._held

    def release(self, token: str) -> bool:
        """The seat, or the place in the line, is free. Whether there was a seat; a second call does nothing."""
        with self._lock:
            self._line.pop(token, None)
            return self._held.pop(token, None) is not None

    def sweep(self) -> tuple[str, ...]:
        """Frees the seats to which no picture comes any more, and says whose they were."""
        with self._lock:
            now_s = self._clock()
            self._forget_who_left(now_s)
            lost = tuple(token for token, held in self._held.items() if self._silent(held, now_s))
            for token in lost:
                del self._held[token]
            return lost

    def guests(self) -> tuple[Guest, ...]:
        """Everybody: the seated, then the line in its order."""
        with self._lock:
            seated = [Guest(token, one.owner, True, one.came_s) for token, one in self._held.items()]
            return (*seated, *(Guest(token, one.owner, False, one.came_s) for token, one in self._line.items()))

    def _must_have_turn(self, owner: str, elsewhere: int) -> None:
        here = sum(one.owner == owner for guests in (self._held, self._line) for one in guests.values())
        if self._per_person and here + elsewhere >= self._per_person:
            raise LimitReached(TOO_MANY.format(here + elsewhere))

    def _silent(self, held: _Guest, now_s: float) -> bool:
        return now_s - held.seen_s > (self._idle_s if held.begun else CONNECT_S)

    def _forget_who_left(self, now_s: float) -> None:
        self._line = {token: one for token, one in self._line.items() if now_s - one.seen_s <= LINE_S}
