"""Pictures of the server as a track: their pace, their end, and that nothing stays behind."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import loops
import numpy as np
import pytest
from aiortc.mediastreams import MediaStreamError

from emotion.errors import InputError
from emotion.live.sources import Tell, Timed
from emotion.web.feed import WAITING, FeedPlayer, FeedTrack
from emotion.web.stream import _Connection

PICTURE = np.full((121, 161, 3), 90, np.uint8)
LONG_S = 20.0


@dataclass
class Pictures:
    """A feed of so many pictures; None is for ever."""

    count: int | None = 3
    fails: Exception | None = None
    closed: bool = False

    def pictures(self, stop: threading.Event, tell: Tell) -> Iterator[Timed]:
        tell("They come.")
        try:
            number = 0
            while self.count is None or number < self.count:
                yield number / 10, PICTURE
                number += 1
                if self.count is None:
                    stop.wait(0.01)
            if self.fails:
                raise self.fails
        finally:
            self.closed = True


async def until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONG_S
    while not what():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


def reading(track: FeedTrack) -> bool:
    return track._thread is not None and track._thread.is_alive()


@pytest.mark.parametrize(
    ("fails", "problem"),
    [
        pytest.param(None, "", id="its end"),
        pytest.param(InputError("It is damaged. Choose another."), "It is damaged. Choose another.", id="damaged"),
        pytest.param(ValueError("a mistake of ours"), "The pictures could not be read.", id="a mistake"),
    ],
)
def test_a_feed_is_sent_to_its_end(fails: Exception | None, problem: str) -> None:
    async def play() -> FeedTrack:
        feed = Pictures(count=WAITING, fails=fails)
        track = FeedPlayer(feed).video
        frames = [await track.recv() for _ in range(WAITING)]
        with pytest.raises(MediaStreamError):
            await track.recv()
        assert [frame.time for frame in frames] == [0.0, 0.1]
        assert {(frame.format.name, frame.width, frame.height) for frame in frames} == {("yuv420p", 160, 120)}
        assert feed.closed
        return track

    track = loops.run(play())
    assert track.over
    assert track.problem.startswith(problem)
    assert track.note == "They come."
    assert track.readyState == "ended"


def test_stopping_ends_the_thread_and_is_not_its_own_end() -> None:
    async def play() -> None:
        feed = Pictures(count=None)
        track = FeedTrack(feed)
        await track.recv()
        assert reading(track)
        track.stop()
        track.stop()
        await until(lambda: not reading(track))
        assert feed.closed
        assert not track.over
        with pytest.raises(MediaStreamError):
            await track.recv()

    loops.run(play())


def test_whoever_waits_is_woken_by_a_stop() -> None:
    async def play() -> None:
        track = FeedTrack(Nothing())
        waiting = asyncio.create_task(track.recv())
        await until(lambda: reading(track))
        track.stop()
        with pytest.raises(MediaStreamError):
            await asyncio.wait_for(waiting, LONG_S)

    loops.run(play())


class Nothing:
    def pictures(self, stop: threading.Event, tell: Tell) -> Iterator[Timed]:
        stop.wait()
        yield from ()


class Away:
    """A camera that does not answer, then does."""

    def __init__(self) -> None:
        self.returns = threading.Event()

    def pictures(self, stop: threading.Event, tell: Tell) -> Iterator[Timed]:
        tell("It does not answer.")
        self.returns.wait(LONG_S)
        tell("")
        yield 0.0, PICTURE
        stop.wait()


def test_a_camera_that_is_asked_again_is_away_until_it_answers_or_ends() -> None:
    async def play(*, returns: bool) -> None:
        feed, mine = Away(), _Connection()
        mine.track = track = FeedTrack(feed)
        assert not mine.is_patient()
        waiting = asyncio.create_task(track.recv())
        await until(mine.is_patient)
        if returns:
            feed.returns.set()
            await asyncio.wait_for(waiting, LONG_S)
            assert not mine.is_patient()
        track.stop()
        assert not mine.is_patient(), "The connection has ended, and still keeps its place."
        feed.returns.set()
        await until(lambda: not reading(track))
        await asyncio.wait({waiting})
        _ = waiting.exception()

    for returns in (True, False):
        loops.run(play(returns=returns))


def test_a_mistake_of_a_feed_is_not_taken_for_the_servers_end() -> None:
    async def play() -> FeedTrack:
        track = FeedTrack(Pictures(count=0, fails=RuntimeError("a mistake of ours")))
        with pytest.raises(MediaStreamError):
            await track.recv()
        return track

    assert loops.run(play()).problem.startswith("The pictures could not be read.")


def test_a_slow_reader_gets_the_newest() -> None:
    async def play() -> None:
        track = FeedTrack(Pictures(count=50))
        first = await track.recv()
        await until(lambda: not reading(track))
        await asyncio.sleep(0)
        second = await track.recv()
        assert first.time is not None
        assert second.time is not None
        assert second.time > 4.0, "Old pictures wait in a line that grows."

    loops.run(play())


def test_a_loop_that_is_gone_ends_the_thread() -> None:
    async def play() -> FeedTrack:
        track = FeedTrack(Pictures(count=None))
        await track.recv()
        return track

    track = loops.run(play())
    thread = track._thread
    assert thread is not None
    thread.join(LONG_S)
    assert not thread.is_alive()
