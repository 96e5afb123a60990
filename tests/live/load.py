"""What a process has that must come back to where it was: threads, sockets and other descriptors, memory."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Self

import psutil
import pytest
from crew import until

# What is only for a moment, a connection of the database for one, is gone by then.
CALM_S = 6.0


@dataclass(frozen=True, slots=True)
class Load:
    """At one moment."""

    threads: int
    descriptors: int
    """Sockets are among them."""
    memory_mb: float

    @classmethod
    def of(cls, process: psutil.Process) -> Self:
        return cls(process.num_threads(), process.num_fds(), process.memory_info().rss / 2**20)

    def fits(self, base: Load, more: Load) -> bool:
        """Whether it is at most ``base`` and so much more."""
        return (
            self.threads <= base.threads + more.threads
            and self.descriptors <= base.descriptors + more.descriptors
            and self.memory_mb <= base.memory_mb + more.memory_mb
        )


def comes_back_to(process: psutil.Process, base: Load, more: Load, *, limit_s: float) -> None:
    """Waits until it has no more than that; fails where it keeps more."""
    deadline = time.monotonic() + limit_s
    while not (now := Load.of(process)).fits(base, more):
        if time.monotonic() > deadline:
            pytest.fail(f"{base} became {now}, and {more} more may be left.")
        time.sleep(0.5)


def settled(process: psutil.Process, *, limit_s: float) -> Load:
    """What it has when threads and descriptors have stayed as they are for a while."""
    seen: list[tuple[float, Load]] = []

    def is_calm() -> bool:
        time.sleep(0.5)
        seen.append((time.monotonic(), Load.of(process)))
        last = [load for at_s, load in seen if seen[-1][0] - at_s <= CALM_S]
        calm = {(load.threads, load.descriptors) for load in last}
        return seen[-1][0] - seen[0][0] >= CALM_S and len(calm) == 1

    until(is_calm, limit_s=limit_s)
    return seen[-1][1]
