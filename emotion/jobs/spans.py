"""Which frames are looked at, and where looking begins anew: the same however many workers share a recording.

A span is a fixed stretch of a recording's own time. What is seen in one depends on nothing before it, so that spans can
be looked at in any order, by anyone, or all in one go.
"""

from __future__ import annotations

import math
from enum import Enum, auto


class Look(Enum):
    """What to do with a frame."""

    SKIP = auto()
    GO_ON = auto()
    ANEW = auto()


class Spans:
    """Tells for the frames of a recording, or of any piece of it that begins with a span, what to do with them."""

    def __init__(self, *, segment_s: float, every: int, frame_rate: float) -> None:
        self._segment_s = segment_s
        self._every = every
        self._rate = frame_rate
        self._span = -1
        self._number = 0
        self._fresh = True

    def look(self, time_s: float) -> Look:
        """What to do with the next frame, which is shown at ``time_s``."""
        span = math.floor(time_s / self._segment_s)
        if span != self._span:
            # Where every N-th frame is looked at, frames count on from span to span as they would at an even rate:
            # how many really came before is known only to who has read everything before.
            self._span, self._fresh = span, True
            self._number = math.ceil(span * self._segment_s * self._rate - 1e-6)
        wanted, self._number = self._number % self._every == 0, self._number + 1
        if not wanted:
            return Look.SKIP
        look, self._fresh = Look.ANEW if self._fresh else Look.GO_ON, False
        return look
