"""A PostgreSQL server that lasts as long as the tests: Debian's programs, a folder of its own, this machine only."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from dashboard import free_port

LIMIT_S = 60


@dataclass
class Server:
    """Where it listens. Everybody on this machine is let in as its owner."""

    port: int
    _folder: Path
    _user: str | None
    """Who runs it; None is whoever runs the tests."""
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """It answers when this returns; what it knew before it was stopped it knows again."""
        # No socket in a folder, whose name may be too long for one (107 letters). Nothing of it outlives the tests, so
        # nothing has to reach the disk.
        options = ["-p", str(self.port), "-k", "", "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
        command = [program("postgres"), "-D", str(self._folder / "data"), *options]
        self._process = subprocess.Popen(command, user=self._user, cwd=self._folder, stderr=subprocess.DEVNULL)
        _wait(self, self._process)

    def stop(self) -> None:
        """It ends all its connections at once, and is gone. A second call does nothing."""
        if self._process:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(LIMIT_S)

    def url(self, name: str = "postgres") -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def fresh(self) -> str:
        """The address of a new, empty database."""
        name = f"emotion_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)


def program(name: str) -> str:
    """Debian keeps them out of the way. Skips where there are none, except under CI."""
    found = [str(path) for path in Path("/usr/lib/postgresql").glob(f"*/bin/{name}")] or [shutil.which(name) or ""]
    if not found[-1]:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("There is no PostgreSQL here: apt install postgresql")
    return found[-1]


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """A server. It refuses to run as root, so then it runs as the user that Debian's package makes."""
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="emotion-postgres-"))
    if user:
        shutil.chown(folder, user)
    server = Server(free_port(), folder, user)
    try:
        make = [program("initdb"), "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"]
        subprocess.run(make, check=True, capture_output=True, user=user, cwd=folder)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(server.url(), connect_timeout=2):
            return
        time.sleep(0.1)
    pytest.fail("PostgreSQL did not start")
