"""Many people at once: each opens a page every so often, some upload meanwhile. It ends by itself."""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
from load.guest import Visit, guest
from load.sending import send
from websockets.exceptions import WebSocketException

FAULTS = (TimeoutError, OSError, httpx.HTTPError, WebSocketException)
"""What a person would see as a page that does not come."""
SAMPLE_S = 0.5


@dataclass(frozen=True, slots=True)
class Plan:
    """What the crowd does."""

    pages: Callable[[int], Sequence[tuple[str, str]]]
    """Page and query for the person in a place; each goes round them, beginning where the one before did not."""
    guests: int = 50
    lasts_s: float = 60.0
    every_s: float = 10.0
    """Each opens so often a page."""
    uploads: int = 10
    """So many people upload one after the other all the time."""
    video: Path | None = None
    rate: float | None = None
    """Bytes a second that one of them sends at most; None is as fast as it goes."""
    headers: Callable[[int], Mapping[str, str]] = lambda place: {}
    """Who the person in that place is; guests come first, then those who upload."""


@dataclass(slots=True)
class Findings:
    """What came of it."""

    visits: list[Visit] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)
    """Bytes of each upload that became a recording."""
    faults: list[str] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)
    """Of the server's process, every half second."""
    processor_s: float = 0.0
    """Time of the processor that the server's process took."""
    lasted_s: float = 0.0
    others: float = 0.0
    """Cores that were busy with neither the server, its workers nor this crowd."""
    stolen: float = 0.0
    """Cores that the host of a virtual machine gave to somebody else just when they were wanted (Linux)."""

    def seconds(self, share: float) -> float:
        """That quantile of the time from request to finished script."""
        return statistics.quantiles([visit.seconds for visit in self.visits], n=1000)[round(1000 * share) - 1]

    def __str__(self) -> str:
        """In one line, for people."""
        times = ", ".join(f"p{round(100 * share)} {1000 * self.seconds(share):.0f} ms" for share in (0.5, 0.95, 0.99))
        return (
            f"{len(self.visits)} pages, {times}, longest {1000 * max(one.seconds for one in self.visits):.0f} ms; "
            f"{len(self.sent)} uploads with {sum(self.sent) / 2**20:.0f} MB; {len(self.faults)} faults; "
            f"memory {self.memory_mb[0]:.0f} to {max(self.memory_mb):.0f} MB; "
            f"{self.processor_s / self.lasted_s:.2f} cores, others {self.others:.2f}, "
            f"stolen {self.stolen:.2f}; {self.lasted_s:.0f} s"
        )


async def come(url: str, server: psutil.Process, plan: Plan) -> Findings:
    """All of it. Raises nothing that a server can be blamed for: that is among the faults."""
    found, began = Findings(), time.monotonic()
    before, busy_s, ours_s, stolen_s = server.cpu_times(), _busy_s(), _ours_s(server), _stolen_s()
    until_s = began + plan.lasts_s
    async with asyncio.TaskGroup() as everybody:
        watching = everybody.create_task(_watch(server, found))
        people = [everybody.create_task(_visit(url, plan, place, until_s, found)) for place in range(plan.guests)]
        people += [everybody.create_task(_upload(url, plan, place, until_s, found)) for place in range(plan.uploads)]
        await asyncio.wait(people)
        watching.cancel()
    after = server.cpu_times()
    found.processor_s = after.user + after.system - before.user - before.system
    found.lasted_s = time.monotonic() - began
    found.others = (_busy_s() - busy_s - _ours_s(server) + ours_s) / found.lasted_s
    found.stolen = (_stolen_s() - stolen_s) / found.lasted_s
    return found


def _stolen_s() -> float:
    return float(getattr(psutil.cpu_times(), "steal", 0.0))


def _busy_s() -> float:
    """Time of the processor that anybody on this machine took."""
    taken = psutil.cpu_times()
    return float(taken.user + taken.system + getattr(taken, "nice", 0.0))


def _ours_s(server: psutil.Process) -> float:
    everybody = [psutil.Process(), server, *server.children(recursive=True)]
    return float(sum(sum(one.cpu_times()[:2]) for one in everybody))


async def _visit(url: str, plan: Plan, place: int, until_s: float, found: Findings) -> None:
    """One guest, who came a moment after the one before."""
    round_trip = plan.pages(place)
    pages = itertools.islice(itertools.cycle(round_trip), place % len(round_trip), None)
    try:
        first_s = until_s - plan.lasts_s + plan.every_s * place / plan.guests
        await asyncio.sleep(max(first_s - time.monotonic(), 0))
        async with guest(url, plan.headers(place)) as tab:
            async for _ in _times(first_s, plan.every_s, until_s):
                page, query = next(pages)
                _note(await tab.open(page, query), found)
    except FAULTS as error:
        found.faults.append(f"guest {place}: {type(error).__name__} {error}")


async def _times(first_s: float, every_s: float, until_s: float) -> AsyncIterator[None]:
    """Then, and again every so often; late turns are made up for at once, so that there are as many on any machine."""
    next_s = first_s
    while next_s < until_s:
        await asyncio.sleep(max(next_s - time.monotonic(), 0))
        yield
        next_s += every_s


async def _upload(url: str, plan: Plan, place: int, until_s: float, found: Findings) -> None:
    """One after the other, each of them whole."""
    assert plan.video is not None
    try:
        async with guest(url, plan.headers(plan.guests + place)) as tab:
            for number in itertools.count():
                if time.monotonic() >= until_s:
                    return
                _note(await send(tab, url, plan.video, f"of {place}, {number}.mp4", rate=plan.rate), found)
                found.sent.append(plan.video.stat().st_size)
    except FAULTS as error:
        found.faults.append(f"upload {place}: {type(error).__name__} {error}")


def _note(visit: Visit, found: Findings) -> None:
    found.visits.append(visit)
    found.faults += [f"{visit.page}: {complaint}" for complaint in visit.complaints]


async def _watch(server: psutil.Process, found: Findings) -> None:
    while True:
        found.memory_mb.append(server.memory_info().rss / 2**20)
        await asyncio.sleep(SAMPLE_S)
