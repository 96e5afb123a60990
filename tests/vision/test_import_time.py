from __future__ import annotations

import statistics
import subprocess
import sys
import time


def seconds(code: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - began


def test_importing_the_package_costs_next_to_nothing() -> None:
    # In turns, and as a multiple of what Python itself needs on this machine, so that a busy one fails nothing.
    pairs = [(seconds("pass"), seconds("import emotion")) for _ in range(5)]
    bare, ours = (statistics.median(column) for column in zip(*pairs, strict=True))
    assert ours - bare < max(0.3, 10 * bare)
