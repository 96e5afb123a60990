"""Doing two things at once within one recording: decoding ahead of the work, encoding behind it.

FFmpeg, OpenCV, NumPy and LiteRT let go of Python's lock while they compute, so threads are enough. Queues are bounded:
whoever is faster waits, and memory stays flat.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Generator, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")

# Frames in flight at each border: enough to even out a slow frame, and 50 MB at 1920x1080.
DEPTH = 8
POLL_S = 0.05


class _End:
    """The last thing in a queue; ``error`` is what stopped the other side, if anything did."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def ahead(items: Generator[T], *, depth: int = DEPTH) -> Generator[T]:
    """The same items, made up to ``depth`` ahead by a thread of their own.

    What the generator raises is raised here. Closed early, it closes ``items`` and ends the thread.
    """
    made: queue.Queue[T | _End] = queue.Queue(depth)
    stop = threading.Event()

    def make() -> None:
        end = _End()
        try:
            with contextlib.closing(items):
                for item in items:
                    if stop.is_set():
                        break
                    made.put(item)
        except BaseException as error:
            end = _End(error)
        made.put(end)

    thread = threading.Thread(target=make, name="ahead", daemon=True)
    thread.start()
    try:
        while not isinstance(item := made.get(), _End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        stop.set()
        while thread.is_alive():
            with contextlib.suppress(queue.Empty):
                made.get(timeout=POLL_S)
        thread.join()


class Behind(Generic[T]):
    """Hands items to ``work`` in a thread of its own, in order; made by :func:`behind`."""

    def __init__(self, work: Callable[[T], None], depth: int) -> None:
        self._work = work
        self._waiting: queue.Queue[T | _End] = queue.Queue(depth)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="behind", daemon=True)
        self._thread.start()

    def put(self, item: T) -> None:
        """Queues ``item``; waits while the queue is full. Raises what ``work`` raised on an earlier one."""
        self._check()
        self._waiting.put(item)

    def finish(self) -> None:
        """Waits until all is done. Raises what ``work`` raised."""
        self._end()
        self._check()

    def abandon(self) -> None:
        """Drops what is still waiting."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._waiting.get_nowait()
        self._end()

    def _end(self) -> None:
        self._waiting.put(_End())
        self._thread.join()

    def _check(self) -> None:
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        while not isinstance(item := self._waiting.get(), _End):
            # After a failure only empty the queue, so that nobody waits for room for ever.
            if self._error is None:
                try:
                    self._work(item)
                except BaseException as error:
                    self._error = error


@contextlib.contextmanager
def behind(work: Callable[[T], None], *, depth: int = DEPTH) -> Iterator[Callable[[T], None]]:
    """A function that hands its argument to ``work`` in another thread; all is done when the block ends."""
    worker = Behind(work, depth)
    try:
        yield worker.put
    except BaseException:
        worker.abandon()
        raise
    worker.finish()
