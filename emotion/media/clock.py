"""Presentation times that make sense, from stamps that sometimes do not. No codec in here, only numbers."""

from __future__ import annotations


class Clock:
    """Turns the stamps of one stream's frames, in the order in which they are shown, into strictly increasing seconds.

    ``start_s`` is the stamp that a player shows at zero; if unknown, it is the first frame's. ``step_s`` is how long a
    frame usually lasts. A frame without a stamp, or with one that is not later than the frame before, comes when the
    next one was expected: after the last regular distance, but at most after ``step_s``. The cap keeps one long pause
    from being repeated; the distance keeps dense stretches of a variable frame rate from falling behind.
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
        return max(stamped or 0.0, 0.0)

    def _next(self, stamped: float | None, last_s: float) -> float:
        if stamped is None or stamped <= last_s:
            return last_s + self._expected_step_s
        self._expected_step_s = min(stamped - last_s, self._step_s)
        return stamped
