"""Threads ahead and behind: same items, same order, same errors, nothing left over."""

from __future__ import annotations

import threading
from collections.abc import Generator

import pytest

from emotion.jobs.overlap import ahead, behind

LIMIT_S = 10


def counted(count: int, *, closed: threading.Event | None = None, fail_at: int = -1) -> Generator[int]:
    try:
        for number in range(count):
            if number == fail_at:
                raise RuntimeError("decoder")
            yield number
    finally:
        if closed:
            closed.set()


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Generator[None]:
    yield
    assert not [thread for thread in threading.enumerate() if thread.name in ("ahead", "behind")]


@pytest.mark.parametrize("count", [0, 1, 7, 100])
def test_ahead_gives_the_same_items(count: int) -> None:
    assert list(ahead(counted(count), depth=3)) == list(range(count))


def test_ahead_is_ahead_but_bounded() -> None:
    made: list[int] = []

    def items() -> Generator[int]:
        for number in range(50):
            made.append(number)
            yield number

    with_thread = ahead(items(), depth=4)
    next(with_thread)
    # Given time, it makes what fits into the queue, one more that waits for room, and no more.
    for _ in range(200):
        if len(made) >= 6:
            break
        threading.Event().wait(0.01)
    threading.Event().wait(0.05)
    assert len(made) == 6
    with_thread.close()


def test_ahead_raises_what_the_generator_raised_after_what_it_gave() -> None:
    got: list[int] = []
    with pytest.raises(RuntimeError, match="decoder"):
        got.extend(ahead(counted(9, fail_at=5)))
    items = ahead(counted(9, fail_at=2))
    assert [next(items), next(items)] == [0, 1]
    with pytest.raises(RuntimeError, match="decoder"):
        next(items)


def test_ahead_abandoned_midway_closes_the_generator() -> None:
    closed = threading.Event()
    items = ahead(counted(1000, closed=closed), depth=2)
    next(items)
    items.close()
    assert closed.wait(LIMIT_S)


def test_behind_does_all_in_order() -> None:
    done: list[int] = []
    with behind(done.append, depth=2) as put:
        for number in range(100):
            put(number)
    assert done == list(range(100))


def test_behind_raises_what_the_work_raised() -> None:
    def work(number: int) -> None:
        if number == 3:
            raise OSError("disk")

    def write() -> None:
        with behind(work, depth=1) as put:
            for number in range(1000):
                put(number)

    with pytest.raises(OSError, match="disk"):
        write()


def test_behind_raises_at_the_end_too() -> None:
    def fail(_: int) -> None:
        raise OSError("disk")

    def write() -> None:
        with behind(fail) as put:
            put(1)

    with pytest.raises(OSError, match="disk"):
        write()


def test_behind_drops_what_waits_when_the_block_fails() -> None:
    go = threading.Event()
    done: list[int] = []

    def work(number: int) -> None:
        go.wait(LIMIT_S)
        done.append(number)

    def stop() -> None:
        with behind(work, depth=50) as put:
            for number in range(50):
                put(number)
            threading.Timer(0.05, go.set).start()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop()
    assert len(done) < 50
