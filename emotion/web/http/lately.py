"""Looking at something dear, at most once in a few seconds, however many ask."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from starlette.concurrency import run_in_threadpool

Found = TypeVar("Found")


class Lately(Generic[Found]):
    """What ``look`` found lately. It belongs to the event loop's thread; ``look`` runs in another, never twice at once.

    A look that hangs, on a disk or a database that does not answer, holds one thread and nobody who asks.
    """

    def __init__(self, look: Callable[[], Found], *, keep_s: float, limit_s: float) -> None:
        """``keep_s``: so old may it be; ``limit_s``: so long does anybody wait for it."""
        self._look, self._keep_s, self._limit_s = look, keep_s, limit_s
        self._task: asyncio.Task[Found] | None = None
        self._found: Found | None = None
        self._until_s = 0.0

    async def ask(self) -> Found | None:
        """None where a look takes too long. Raises what ``look`` raises."""
        if self._found is not None and time.monotonic() < self._until_s:
            return self._found
        if self._task is None:
            self._task = asyncio.create_task(self._run())
            self._task.add_done_callback(self._over)
        done, _ = await asyncio.wait([task := self._task], timeout=self._limit_s)
        return task.result() if done else None

    async def _run(self) -> Found:
        found = await run_in_threadpool(self._look)
        self._found, self._until_s = found, time.monotonic() + self._keep_s
        return found

    def _over(self, task: asyncio.Task[Found]) -> None:
        self._task = None
        if not task.cancelled():
            task.exception()  # who waits gets it; if nobody does any more, asyncio shall not complain
