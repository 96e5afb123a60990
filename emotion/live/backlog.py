"""What waits between the camera's thread, which waits for nobody, and the thread that writes a recording."""

from __future__ import annotations

import queue
from collections.abc import Callable
from dataclasses import dataclass

from emotion.live.values import Marker
from emotion.settings import Privacy
from emotion.types import Analysis, Frame

# About a second of pictures: 28 MB at 640 x 480, 83 MB at 1280 x 720.
WAITING = 30


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is to be kept, and what was seen in it."""

    frame: Frame
    analysis: Analysis
    privacy: Privacy
    """How it was blurred."""


class Backlog:
    """At most ``WAITING`` pictures, and markers, in the order in which they came. Any thread may add something, one
    takes it out."""

    def __init__(self, privacy: Callable[[], Privacy]) -> None:
        """``privacy`` says how the picture that comes at this moment was blurred; it is called by whoever adds it."""
        self._privacy = privacy
        self._queue: queue.SimpleQueue[Picture | Marker | None] = queue.SimpleQueue()
        self.lost = 0
        """Pictures for which there was no room."""
        self.ending = False
        """Whether it takes nothing more. Whoever writes may set it."""

    def take(self, frame: Frame, analysis: Analysis) -> None:
        """Adds a picture, unless too many wait already."""
        if self.ending:
            return
        if self._queue.qsize() >= WAITING:
            self.lost += 1
            return
        self._queue.put(Picture(frame, analysis, self._privacy()))

    def mark(self, marker: Marker) -> None:
        """Adds a marker."""
        if not self.ending:
            self._queue.put(marker)

    def close(self) -> None:
        """Nothing comes after what waits now."""
        self.ending = True
        self._queue.put(None)

    def next(self, *, timeout_s: float) -> Picture | Marker | None:
        """Takes out what came first; None is the end. Raises queue.Empty where nothing came in that time."""
        return self._queue.get(timeout=timeout_s)
