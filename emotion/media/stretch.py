"""Parts of a recording in time: the one that a person chose, and the pieces in which it is worked on."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Range:
    """What is used of a file, in seconds as a player shows them. The recording's own time begins with it."""

    from_s: float = 0.0
    to_s: float = math.inf

    @property
    def lasts_s(self) -> float:
        return self.to_s - self.from_s


ALL = Range()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a recording: the frames from ``begin_s`` up to but not ``end_s``, in the recording's own time."""

    begin_s: float = 0.0
    end_s: float = math.inf
    seek: int | None = None
    """The stamp of a keyframe from which its frames decode, in the stream's ticks; None is the file's start."""
    frames: int = 0
    """As many as the packets say, 0 if unknown: for a progress bar."""


WHOLE = Stretch()
