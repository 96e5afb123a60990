"""The desk of a server process: gives out the seats, and ends the sessions that have gone silent."""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from emotion import heap, metrics
from emotion.live.ledger import Ledger
from emotion.live.seats import Seat, Seats, Waiting
from emotion.settings import Settings
from emotion.store.audit import Entry
from emotion.store.database import Database
from emotion.store.live import Everywhere

log = logging.getLogger(__name__)

LOOK_S = 1.0
# Another camera means another connection: its page says so within a moment of the old one's end.
CHANGE_S = 2.0
# Threads of a connection that ended are gone by then and what they held can be freed; on a busy machine by the second.
SWEEPS_S = (4.0, 20.0)
# The end of a process waits no longer than this.
CLOSE_S = 5.0
# A page that was asleep learns later why its session was ended.
REMEMBERED = 1000
# So long and so many pictures without one that goes back: seen on a busy machine, where a sending end went to sleep
# for good while all else went on. The person sees a picture that stands still and is told that all is well.
STUCK_S, STUCK_PICTURES = 10.0, 30


class Session(Protocol):
    """Of a live session what matters here."""

    arrivals: int
    """Pictures that came until now."""
    closed: bool
    """Whether its connection has ended."""
    taken: int
    """Pictures that were taken to be sent back until now."""

    @property
    def is_patient(self) -> Callable[[], bool]:
        """Says whether its source is away and asked again: then the seat is kept without a picture. Quick."""


@dataclass(slots=True)
class _Watched:
    """A seat that pictures come to."""

    owner: str
    session: Session
    end: Callable[[], None]
    came: int = 0
    closed_s: float | None = None
    """When its connection was seen to have ended, by the desk's clock."""
    began_s: float = field(default_factory=time.time)
    """When it was connected, seconds since 1970."""
    begun: bool = False
    """Whether a picture came."""
    detail: dict[str, Any] = field(default_factory=dict)
    taken: int = 0
    taken_s: float = 0.0
    """When a picture was taken last, by the desk's clock."""
    came_then: int = 0


@dataclass(slots=True)
class _Connecting:
    """In the place of a session that does not exist yet."""

    arrivals: int = 0
    closed: bool = False
    taken: int = 0
    is_patient: Callable[[], bool] = bool


class Desk:
    """Any thread may call any method; none of them waits."""

    def __init__(self, settings: Settings, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.seats = Seats(
            settings.live_sessions, idle_s=settings.live_idle_s, per_person=settings.person_live, clock=clock
        )
        self.ledger = Ledger(lambda: Database.open(settings), self.seats.guests, places=settings.live_sessions)
        self._lock = threading.Lock()
        self._clock = clock
        self._watched: dict[str, _Watched] = {}
        self._sweeps_s: tuple[float, ...] = ()
        self._given_up: deque[str] = deque(maxlen=REMEMBERED)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live-desk", daemon=True)

    def start(self) -> None:
        """Begins to look after the seats. The end of the process closes it."""
        self._thread.start()
        self.ledger.start()
        atexit.register(self.close)

    def close(self) -> None:
        """Everybody leaves, and the database hears of it if it answers. A second call does nothing."""
        atexit.unregister(self.close)
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(CLOSE_S)
        for guest in self.seats.guests():
            self.leave(guest.token)
        self.ledger.close()

    def ask(self, token: str, owner: str) -> Seat | Waiting:
        """See :meth:`Seats.ask`; what other servers said a moment ago counts. Raises LimitReached."""
        answer = self.seats.ask(token, owner, elsewhere=self.ledger.elsewhere(owner))
        self.ledger.hurry()
        return answer

    def watch(self, token: str, owner: str, session: Session, end: Callable[[], None]) -> None:
        """From now on the seat lives by the pictures of ``session``, and goes with its end; nothing happens where
        there is no seat. ``end`` shall end the connection when no picture came for too long. It must not block."""
        with self._lock:
            known = self._watched.get(token)
            if known is not None:
                known.session, known.end, known.came, known.closed_s = session, end, 0, None
            elif self.seats.holds(token):
                self._watched[token] = _Watched(owner, session, end)

    def connect(self, token: str) -> None:
        """Another connection is being made in the place of the last one, which may end."""
        self.seats.connect(token)
        with self._lock:
            if known := self._watched.get(token):
                known.session, known.came, known.closed_s = _Connecting(), 0, None

    def given_up(self, token: str) -> bool:
        """Whether the desk took that seat away, because no picture came."""
        return token in self._given_up

    def note(self, token: str, **detail: Any) -> None:
        """Something worth to stand in the audit log beside the session's end. Must be JSON."""
        with self._lock:
            if token in self._watched:
                self._watched[token].detail.update(detail)

    def leave(self, token: str) -> None:
        """The seat, or the place in the line, is free. A second call does nothing."""
        self.seats.release(token)
        with self._lock:
            watched = self._watched.pop(token, None)
            if watched is not None:
                self._see(watched)
                self._write_end(watched)
                self._sweeps_s = tuple(self._clock() + after_s for after_s in SWEEPS_S)
        self.ledger.hurry()

    @property
    def everywhere(self) -> Everywhere | None:
        """How it stands on all servers, a moment ago; None while nobody knows."""
        return self.ledger.everywhere

    def look(self) -> None:
        """Who gets pictures, and who does not any more; once a second, by the desk's own thread."""
        with self._lock:
            fresh = [token for token, one in self._watched.items() if self._see(one) or one.session.is_patient()]
            over = [token for token, watched in self._watched.items() if self._is_over(watched)]
            stuck = [watched.end for watched in self._watched.values() if self._is_stuck(watched)]
        for token in fresh:
            self.seats.beat(token)
        for token in over:
            self.leave(token)
        for token in self.seats.sweep():
            self._end(token)
        for end in stuck:
            log.warning("A live session's pictures did not go back to the browser any more, and it was ended")
            end()
        self._count()
        if self._sweeps_s and self._clock() >= self._sweeps_s[0]:
            self._sweeps_s = self._sweeps_s[1:]
            heap.sweep()

    def _count(self) -> None:
        seated = [guest.seated for guest in self.seats.guests()]
        metrics.live_sessions.labels("running").set(sum(seated))
        metrics.live_sessions.labels("waiting").set(len(seated) - sum(seated))

    def _run(self) -> None:
        heap.settle()
        while not self._closing.wait(LOOK_S):
            try:
                self.look()
            except Exception:
                # Without this thread no seat would ever be free again.
                log.exception("The live sessions' desk stumbled and goes on")

    def _see(self, watched: _Watched) -> bool:
        """Whether pictures came since the last look."""
        came = watched.session.arrivals
        if came == watched.came:
            return False
        watched.came = came
        if not watched.begun:
            watched.begun = True
            self.ledger.enter(Entry(watched.began_s, watched.owner, "live.start", "", {}))
        return True

    def _is_over(self, watched: _Watched) -> bool:
        if watched.closed_s is None and watched.session.closed:
            watched.closed_s = self._clock()
        return watched.closed_s is not None and self._clock() - watched.closed_s >= CHANGE_S

    def _is_stuck(self, watched: _Watched) -> bool:
        """Whether pictures come and none goes back. True once, and again after the same time."""
        session, now_s = watched.session, self._clock()
        waited = now_s - watched.taken_s >= STUCK_S and session.arrivals - watched.came_then >= STUCK_PICTURES
        goes_on = session.taken != watched.taken
        if goes_on or waited:
            watched.taken, watched.taken_s, watched.came_then = session.taken, now_s, session.arrivals
        return waited and not goes_on and session.taken > 0

    def _end(self, token: str) -> None:
        with self._lock:
            watched = self._watched.get(token)
        self._given_up.append(token)
        self.leave(token)
        if watched is not None:
            log.info("A live session got no picture for too long and was ended")
            watched.end()

    def _write_end(self, watched: _Watched) -> None:
        if not watched.begun:
            return
        now_s = time.time()
        detail = {"seconds": round(now_s - watched.began_s, 1), "recorded": False, **watched.detail}
        self.ledger.enter(Entry(now_s, watched.owner, "live.end", "", detail))
