"""The dashboard in a process of its own, started as people start it."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import random
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

import pytest

from emotion.serve import machine

ROOT = Path(__file__).parents[1]
START_TIMEOUT_S = 120
STOP_TIMEOUT_S = 120
PORTS = range(20_000, 32_000)
"""Below those that Linux gives to whoever asks for any (32768 to 60999), such as the other ends of connections."""


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One that runs."""

    url: str
    pid: int
    authority: Path | None = None
    """What a client has to trust where it speaks HTTPS with a certificate that it made."""


@contextlib.contextmanager
def running(data_dir: Path, log: Path, *, address: str = "127.0.0.1", **environment: str) -> Iterator[Dashboard]:
    """It ends with the block. ``address`` is what it listens on; ``url`` is this machine's own loop."""
    port = free_port(address)
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
            process.wait(timeout=STOP_TIMEOUT_S)


@contextlib.contextmanager
def serving(
    data_dir: Path,
    log: Path,
    *options: str,
    address: str = "127.0.0.1",
    port: int | None = None,
    cwd: Path = ROOT,
    inside: Sequence[str] = (),
    **environment: str,
) -> Iterator[Dashboard]:
    """`emotion serve` with ``options`` (``"--open"``, ``"--tls"``); ends with the block.

    ``environment`` holds variables like ``EMOTION_SUB_PATH``. ``url`` is where it answers, with the sub-path, without a
    slash at its end. ``inside`` is a command that starts another one in its own place (``unshare … "$@"``).
    """
    port = port or free_port(address)
    serve = [sys.executable, "-m", "emotion", "serve", f"--address={address}", f"--port={port}", *options]
    command = [*inside, *serve]
    variables = {**os.environ, "EMOTION_DATA_DIR": str(data_dir), **environment}
    with (
        log.open("a") as file,
        subprocess.Popen(command, cwd=cwd, env=variables, stdout=file, stderr=subprocess.STDOUT) as process,
    ):
        try:
            yield _served(data_dir, log, process, address, port, variables)
        finally:
            process.terminate()
            try:
                process.wait(timeout=STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def own_address() -> str:
    """An address of this machine that others could reach. Skips where there is none, except under CI."""
    found = [str(address) for address in machine.addresses() if isinstance(address, ipaddress.IPv4Address)]
    if not found:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("This machine has no address but its own loop.")
    return found[0]


def _served(
    data_dir: Path, log: Path, process: subprocess.Popen[bytes], address: str, port: int, variables: dict[str, str]
) -> Dashboard:
    """Once it answers, by HTTP or by HTTPS with the certificate that it made or was given."""
    host = f"[{address}]" if ":" in address else address
    base = variables.get("EMOTION_SUB_PATH", "").strip("/")
    rest = f"{host}:{port}{f'/{base}' if base else ''}"
    answered: list[str] = []

    def ask() -> bool:
        for scheme in ("http", "https"):
            with (
                # Asked without TLS, a server that wants it may answer something that is no HTTP.
                contextlib.suppress(OSError, HTTPException),
                urllib.request.urlopen(  # noqa: S310 - our own server
                    f"{scheme}://{rest}/_stcore/health", timeout=2, context=unverified() if scheme == "https" else None
                ),
            ):
                answered.append(f"{scheme}://{rest}")
                return True
        return False

    _wait(ask, process, log)
    authority = data_dir / "tls" / "ca.crt"
    return Dashboard(answered[0], process.pid, authority if authority.exists() else None)


def unverified() -> ssl.SSLContext:
    """Only to see whether somebody is there."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def free_port(address: str = "127.0.0.1") -> int:
    """Nobody has it, for TCP or for UDP, and nobody gets it by chance before a server of ours listens there."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    for _ in range(100):
        port = random.choice(PORTS)
        with (
            contextlib.suppress(OSError),
            socket.socket(family, socket.SOCK_STREAM) as tcp,
            socket.socket(family, socket.SOCK_DGRAM) as udp,
        ):
            tcp.bind((address, port))
            udp.bind((address, port))
            return port
    pytest.fail(f"No port of {address} is free.")


def _wait_for_health(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    def ask() -> bool:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own server
            return bool(answer.status == 200)
        return False

    _wait(ask, process, log)


def _wait(ask: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        if ask():
            return
        time.sleep(0.2)
    pytest.fail(f"The dashboard did not start; see {log}.\n{log.read_text()[-2000:]}")
