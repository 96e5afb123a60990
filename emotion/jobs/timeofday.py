"""Whether the time of day can be believed: it is set now and then while a process runs.

By a person, by a time service after a long absence, by a virtual machine that was asleep. What is judged by it (a lease
is over, a recording's time is over) is not judged in the moment after such a jump.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

# A time service corrects less than this without a jump, and nothing of ours is over so soon that it would matter.
JUMP_S = 10.0


class TimeOfDay:
    """Compares it with the clock that only ever goes on. One thread."""

    def __init__(
        self,
        doubt_s: float,
        *,
        now: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        """``doubt_s``: so long after a jump it is not believed."""
        self._doubt_s = doubt_s
        self._now, self._steady = now, steady
        self._apart_s = now() - steady()
        self._doubted_until_s = float("-inf")

    def believed(self) -> bool:
        """Asked again and again: what happened between two questions counts as one jump."""
        before_s, self._apart_s = self._apart_s, self._now() - self._steady()
        if abs(self._apart_s - before_s) > JUMP_S:
            self._doubted_until_s = self._steady() + self._doubt_s
            log.warning("The clock of this machine jumped by %.0f s", self._apart_s - before_s)
        return self._steady() >= self._doubted_until_s
