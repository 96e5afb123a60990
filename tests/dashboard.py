"""The dashboard in a process of its own, started as people start it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
START_TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One that runs."""

    url: str
    pid: int


@contextlib.contextmanager
def running(data_dir: Path, log: Path, *, address: str = "127.0.0.1", **environment: str) -> Iterator[Dashboard]:
    """It ends with the block. ``address`` is what it listens on; ``url`` is this machine's own loop."""
    port = free_port()
    options = {"server.port": port, "server.headless": "true", "server.address": address}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", *(f"--{name}={options[name]}" for name in options)]
    variables = {**os.environ, "EMOTION_DATA_DIR": str(data_dir), **environment}
    with (
        log.open("w") as file,
        subprocess.Popen(command, cwd=ROOT, env=variables, stdout=file, stderr=subprocess.STDOUT) as process,
    ):
        try:
            _wait_for_health(f"http://127.0.0.1:{port}/_stcore/health", process, log)
            yield Dashboard(f"http://127.0.0.1:{port}", process.pid)
        finally:
            process.terminate()
            process.wait(timeout=20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_health(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own server
            if answer.status == 200:
                return
        time.sleep(0.2)
    pytest.fail(f"The dashboard did not start; see test-artifacts/{log.name}.")
