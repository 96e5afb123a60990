"""Presentation times that make sense, from stamps that sometimes do not. No codec in here, only numbers."""

from __future__ import annotations

# A stamp that is later by more is a mistake: a damaged bit makes years of it. Also the longest time that an mp4 can
# show one frame for: 32 bits of its ticks, of which VideoWriter has 90,000 a second, are 6.6 hours.
LONGEST_PAUSE_S = 6 * 3600.0


class Clock:
    """Turns the stamps of one stream's frames, in the order in which they are shown, into strictly increasing seconds.

    ``start_s`` is the stamp that a player shows at zero; if unknown, it is the first frame's. ``step_s`` is how long a
    frame usually lasts. A frame without a stamp, or with one that is not later than the frame before, or later by
    hours, comes when the next one was expected: after the last regular distance, but at most after ``step_s``. The cap
    keeps one long pause from being repeated; the distance keeps dense stretches of a variable frame rate from falling
    behind.
    """

    def __init__(self, *, start_s: float | None, step_s: float) -> None:
        self._start_s = start_s
        self._step_s = step_s
        self._expected_step_s = step_s
        self._last_s: float | None = None

    def time_s(self, stamp_s: float | None) -> float:
        """The time of the next frame, at least 0."""
        if self._start_s is None:
            self._start_s = stamp_s
        stamped = None if stamp_s is None or self._start_s is None else stamp_s - self._start_s
        self._last_s = self._first(stamped) if self._last_s is None else self._next(stamped, self._last_s)
        return self._last_s

    def _first(self, stamped: float | None) -> float:
        return max(stamped, 0.0) if stamped is not None and stamped <= LONGEST_PAUSE_S else 0.0

    def _next(self, stamped: float | None, last_s: float) -> float:
        if stamped is None or not last_s < stamped <= last_s + LONGEST_PAUSE_S:
            return last_s + self._expected_step_s
        self._expected_step_s = min(stamped - last_s, self._step_s)
        return stamped
