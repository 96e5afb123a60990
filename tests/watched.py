"""A supervisor's look at live recordings, as quickly as a test wants."""

from __future__ import annotations

from collections.abc import Callable

from clock import Clock

from emotion.jobs.broken_off import BrokenOff
from emotion.settings import Settings
from emotion.store.database import Database


class Watched:
    """A supervisor that looks once a second."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.clock = Clock()
        self.broken_off = BrokenOff(database, settings, self.clock)

    def passes(self, seconds: float, *, step_s: float = 1.0, meanwhile: Callable[[], None] = lambda: None) -> None:
        """``meanwhile`` is what others do before each look."""
        for _ in range(round(seconds / step_s)):
            self.clock.now_s += step_s
            meanwhile()
            self.broken_off.look()
