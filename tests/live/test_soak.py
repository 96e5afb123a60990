"""Sixty people come and go: nothing of them is left. ``make soak`` lets 500 come.

Callers of aiortc against a server with the dashboard's own processor, session and desk; killed browser tabs against the
whole dashboard are in ``tests/browser/test_places.py``.
"""

from __future__ import annotations

import os

import psutil
import pytest
from crew import until
from live.load import Load, comes_back_to, settled
from live.peers import Callers, Server

pytestmark = pytest.mark.slow

CYCLES = int(os.environ.get("SOAK_CYCLES", "60"))
WARM_UP = 12
"""Until then networks, codecs and pools of threads are loaded, and the allocator has its arenas."""
AT_ONCE = 3
LIMIT_S = 120.0
PICTURES = 3
# What may be left after all of them. Threads that encode belong to a pool, which grows to cores + 4
# (concurrent.futures), now or later. A session that is not freed costs 15 MB and more (400 MB were seen after 60) and
# three descriptors; what an allocator kept beyond the last one was 2 MB.
LEFT = Load(threads=(os.cpu_count() or 1) + 4, descriptors=2, memory_mb=40)
SERVER_THREADS = ("MainThread", "loop", "live-desk", "live-ledger")


def come_and_go(server: Server, callers: Callers, number: int) -> None:
    """Some at once: they connect, get a few pictures and end in one of two ways."""
    names = [f"{number}.{place}" for place in range(AT_ONCE)]
    for name in names:
        callers.call(server, name)
    for name in names:
        until(lambda name=name: server.look(name)["frames"] >= PICTURES, limit_s=LIMIT_S)  # type: ignore[misc]
    for place, name in enumerate(names):
        if place % 2:
            server.stop(name)
        callers.leave(name)
    for name in names:
        until(lambda name=name: server.look(name)["closed"], limit_s=LIMIT_S)  # type: ignore[misc]
        server.forget(name)


def test_who_comes_and_goes_leaves_nothing_behind() -> None:
    with Server.running() as server, Callers.running() as callers:
        process = psutil.Process(server.pid)
        for number in range(WARM_UP // AT_ONCE):
            come_and_go(server, callers, number)
        base = settled(process, limit_s=LIMIT_S)
        for number in range(CYCLES // AT_ONCE):
            come_and_go(server, callers, 1000 + number)
        until(lambda: not server.guests(), limit_s=LIMIT_S)
        comes_back_to(process, base, LEFT, limit_s=LIMIT_S)
        left = [name for name in server.threads() if not name.startswith("asyncio_")]
    assert sorted(left) == sorted(SERVER_THREADS)
