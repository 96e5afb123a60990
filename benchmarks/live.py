"""(h) Live: what the server's process needs for one session, and whether three keep up; how late pictures return."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from harness import ROOT, Bench, median, percentile
from records import Must, record

sys.path.insert(0, str(ROOT / "tests" / "live"))  # connections without browsers

from peers import Callers, Server

SIZE = (640, 480)
CORES, OURS = Must(0.6, "≤"), Must(0.2, "≤")
MIDDLE, WORST = Must(60, "≤"), Must(150, "≤")
TOGETHER = Must(15)
# Connecting, the first search and the encoders' first bit rates are over by then: so many seconds, and pictures.
WARM_S, WARM = 4.0, 10
# On a machine that is far too busy the stretch is longer, so that there is something to count.
LEAST = 5
PATIENCE_S = 120.0
# A head of 150 pixels moves by 200 and back in this time: livelier than most who sit at a desk.
SWAY_S = 5.0
LOAD = (
    "the astronaut, swaying and changing, from another process on the same machine by aiortc: VP8 of 1.5 Mbit/s, "
    "encoded before; what comes back is counted, not decoded; without Streamlit, its pages and browsers"
)


@dataclass(frozen=True, slots=True)
class Watched:
    """What a stretch of time with some sessions cost, in cores, and gave."""

    server: float
    by: dict[str, float]
    """The server's cores by what its threads do."""
    callers: float
    analysed: list[float]
    """Pictures a second of each session."""
    came: list[float]
    delays_ms: list[float]
    stolen: float
    """Cores that a virtual machine's host gave to others meanwhile: above 0.1 the figures say little."""


class TimedServer(Server):
    """Answers ``cpu`` and ``delays`` besides."""

    SCRIPT = str(Path(__file__).parent / "live_server.py")


def measure(bench: Bench) -> Iterator[dict[str, Any]]:
    """One session at 30 pictures a second, then three at 20, each in fresh processes."""
    one, three = [], []
    for _ in range(bench.runs):
        one.append(watch(sessions=1, rate=30, seconds=bench.seconds))
        three.append(watch(sessions=3, rate=20, seconds=bench.seconds))
    cores = [round_.server for round_ in one]
    ours = [round_.by["ours"] for round_ in one]
    yield record(
        "h",
        "processor used by the server for one session at 30/s",
        median(cores),
        "cores",
        CORES,
        spread=[min(cores), max(cores)],
        by={work: median([round_.by[work] for round_ in one]) for work in one[0].by},
        callers=median([round_.callers for round_ in one]),
        analysed_per_s=median([round_.analysed[0] for round_ in one]),
        came_per_s=median([round_.came[0] for round_ in one]),
        stolen=median([round_.stolen for round_ in one]),
        size=list(SIZE),
        load=LOAD,
    )
    yield record("h", "of it by analysis and drawing", median(ours), "cores", OURS, spread=[min(ours), max(ours)])
    yield from _delays("one session", [ms for round_ in one for ms in round_.delays_ms], must=True)
    slowest = [min(round_.analysed) for round_ in three]
    yield record(
        "h",
        "three sessions at 20/s, callers on the same cores: analysed a second, the slowest",
        median(slowest),
        "/s",
        TOGETHER,
        spread=[min(slowest), max(slowest)],
        server=median([round_.server for round_ in three]),
        callers=median([round_.callers for round_ in three]),
        stolen=median([round_.stolen for round_ in three]),
        by={work: median([round_.by[work] for round_ in three]) for work in three[0].by},
    )
    yield from _delays("three sessions", [ms for round_ in three for ms in round_.delays_ms], must=False)


def watch(*, sessions: int, rate: float, seconds: float) -> Watched:
    """Sessions of so many pictures a second, watched for a while after they have warmed up."""
    names = [str(number) for number in range(sessions)]
    with TimedServer.running() as server, Callers.running(PEERS_DECODE="0") as callers:
        for name in names:
            callers.call(server, name, rate=rate, size=SIZE, pictures=round(rate * SWAY_S))
        time.sleep(WARM_S)
        _wait_for(server, dict.fromkeys(names, WARM))
        before, began_s, sent, theirs = _state(server, names), time.monotonic(), _sent(callers, names), _used(callers)
        stolen_s = _stolen_s()
        time.sleep(seconds)
        _wait_for(server, {name: frames + LEAST for name, frames in zip(names, before["frames"], strict=True)})
        after, lasted_s = _state(server, names), time.monotonic() - began_s
        came = [(now - then) / lasted_s for now, then in zip(_sent(callers, names), sent, strict=True)]
        callers_s, stolen_s = _used(callers) - theirs, _stolen_s() - stolen_s
    return Watched(
        server=(after["whole"] - before["whole"]) / lasted_s,
        by={work: (after["by"][work] - before["by"][work]) / lasted_s for work in before["by"]},
        callers=callers_s / lasted_s,
        analysed=[(now - then) / lasted_s for now, then in zip(after["frames"], before["frames"], strict=True)],
        came=came,
        delays_ms=[ms for now, then in zip(after["ms"], before["ms"], strict=True) for ms in now[len(then) :]],
        stolen=stolen_s / lasted_s,
    )


def _wait_for(server: TimedServer, frames: dict[str, int]) -> None:
    """Until each session has analysed so many. Raises RuntimeError where one never does."""
    deadline = time.monotonic() + PATIENCE_S
    while any(server.look(name)["frames"] < least for name, least in frames.items()):
        if time.monotonic() > deadline:
            raise RuntimeError("A session analyses next to nothing. Is the machine busy with something else?")
        time.sleep(0.2)


def _state(server: TimedServer, names: list[str]) -> dict[str, Any]:
    frames = [server.look(name)["frames"] for name in names]
    return {**server.ask("cpu"), "frames": frames, "ms": [server.ask("delays", name=name)["ms"] for name in names]}


def _sent(callers: Callers, names: list[str]) -> list[int]:
    return [callers.counts(name).sent for name in names]


def _used(callers: Callers) -> float:
    """Seconds of the processor of the process that calls."""
    fields = Path(f"/proc/{callers.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _stolen_s() -> float:
    """Seconds for which this machine wanted a processor and its host had none; 0 where no host says so."""
    return float(getattr(psutil.cpu_times(), "steal", 0.0))


def _delays(who: str, ms: list[float], *, must: bool) -> Iterator[dict[str, Any]]:
    for name, share, limit in (("p50", 0.5, MIDDLE), ("p99", 0.99, WORST)):
        what = f"{who}, arrival to return, {name}"
        yield record("h", what, percentile(ms, share), "ms", limit if must else None, pictures=len(ms))
