"""How far one browser tab is with its live stream: a small machine of states, without any library in it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from emotion.web.camera import PROBLEMS, Report, Wish
from emotion.web.live_source import FromBrowser, FromServer, Source

# A start takes one to three seconds, ten on a busy machine. Where UDP is blocked nobody says so: nothing comes.
CONNECT_S = 30.0
# One start in twenty on a cold server ends without a word, and the next one works.
TRIES = 3

NOT_CONNECTED = (
    "The browser and the server could not connect: no pictures get through between them. "
    "Open the connection check to see which step fails."
)
BROKE_OFF = "The connection broke off. Press Start to begin again."
ASKING = {
    "camera": "Allow the camera in the question that your browser asks.",
    "screen": "Choose in your browser what to share.",
}


@dataclass(slots=True)
class Line:
    """One tab's stream, from Start to its end. Its methods are called in the tab's script runs, one at a time."""

    clock: Callable[[], float] = time.monotonic
    turn: int = field(default_factory=lambda: int(time.time()))
    """Rises with each start; the browser is asked anew at each. It begins at a number that is new for each line: after
    a broken connection the page gets another one, while the browser remembers the turns of the last."""
    mount: int = 0
    """Counts the windows of the component that sends: another kind of connection needs a new one."""
    source: Source | None = None
    """What is to play; None at rest."""
    served: bool = False
    """Whether this mount plays a source of the server."""
    problem: str = ""
    note: str = ""
    _waits_since_s: float = 0.0
    _tries: int = 0
    _opened: bool = False
    _played: bool = False
    _ended: bool = False
    _told: bool = True
    _begun: bool = False
    """Whether there was a start before."""

    @property
    def key(self) -> str:
        """Of the component's window."""
        return f"stream-{self.mount}"

    def follow(self, source: Source, *, playing: bool) -> None:
        """The page's wish on this run: begins, changes and ends."""
        if not playing:
            self.source, self._ended = None, False
        elif self.source is None:
            # What ended by itself begins again only after the wish was taken back.
            if not self._ended:
                self._begin(source)
        elif self.source != source:
            if isinstance(source, FromServer) or self.served:
                self.mount += 1
                self._begin(source)
            self.source = source

    def wish(self) -> Wish:
        """What the browser shall open."""
        if not isinstance(self.source, FromBrowser):
            return Wish(mount=self.mount)
        width, height = self.source.size
        return Wish(self.turn, self.mount, self.source.kind, self.source.device, width, height, rate=self.source.rate)

    def hear(self, report: Report) -> None:
        """What the browser says about opening it."""
        if not isinstance(self.source, FromBrowser):
            return
        kind = self.source.kind
        if report.opened == self.turn and not self._opened:
            self._opened, self._waits_since_s = True, self.clock()
        if report.lost == self.turn:
            self.end(PROBLEMS["ended" if kind == "screen" else "lost"])
        elif report.failed == self.turn and not self._opened:
            self.end(report.why(kind))
        else:
            # What is shown goes on with what it had.
            self.note = report.why(kind) if report.failed == self.turn and report.error else ""
            if not self._opened:
                self.note = ASKING[kind]

    def connected(self, *, playing: bool, signalling: bool) -> None:
        """The connection's state has changed."""
        if self.source is None or not self.ready:
            return
        if playing:
            self._played = True
        elif self._played:
            self.end(BROKE_OFF)
        elif not signalling:
            self._tries += 1
            if self._tries >= TRIES:
                self.end(NOT_CONNECTED)

    def look(self, *, over: bool = False, problem: str = "") -> None:
        """A look now and then; ``over`` is the source's own end, and ``problem`` why."""
        if self.source is None:
            return
        if over:
            self.end(problem, note="" if problem else f"'{self.source.name}' is over.")
        elif self.ready and not self._played and self.clock() - self._waits_since_s > CONNECT_S:
            self.end(NOT_CONNECTED)

    @property
    def ready(self) -> bool:
        """Whether the connection may be made."""
        return self.source is not None and (self._opened or self.served)

    def end(self, problem: str, note: str = "") -> None:
        """It ended by itself."""
        self.source, self.problem, self.note = None, problem, note
        self._ended, self._told = True, False

    def ended(self) -> bool:
        """Whether it ended by itself; says so once."""
        told, self._told = self._told, True
        return not told

    def _begin(self, source: Source) -> None:
        served = isinstance(source, FromServer)
        if self._begun and served != self.served:
            self.mount += 1
        self.source, self.served, self._begun = source, served, True
        self.turn += 1
        self._waits_since_s, self._tries = self.clock(), 0
        self._opened = self._played = self._ended = False
        self._told = True
        self.problem = self.note = ""
