"""Servers of other makers that tests start: found where they are installed, waited for, ended with their block."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from emotion.serve import certificates
from emotion.settings import Settings

START_S = 120.0
END_S = 20.0


def program(name: str, package: str) -> str:
    """Where it is. Skips where there is none, except under CI."""
    # Debian keeps servers in a folder that is not everybody's to search.
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        missing(f"There is no {name} here: apt install {package}")
    return found or ""


def missing(sentence: str) -> None:
    """What a test needs is not here: skips, and fails under CI."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(sentence)


@dataclass(frozen=True, slots=True)
class Certificate:
    """One that a server shows, with its key, and what clients have to trust."""

    certificate: Path
    key: Path
    trusted: Path


def certificate(folder: Path, host: str) -> Certificate:
    """For ``host`` and this machine's own loop, made as `emotion serve` makes it."""
    made = certificates.obtain(Settings.load(data_dir=folder), (host,))
    assert made.authority
    return Certificate(made.certificate, made.key, made.authority)


@contextlib.contextmanager
def started(
    command: Sequence[str], log: Path, *, listens: tuple[str, int], environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """The process, once it takes connections there; what it says goes to ``log``. It ends with the block."""
    with (
        log.open("wb") as file,
        subprocess.Popen(
            command, cwd=log.parent, env=environment, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
        ) as process,
    ):
        try:
            _wait(process, listens, log)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(END_S)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(process: subprocess.Popen[bytes], listens: tuple[str, int], log: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(listens, timeout=2):
            return
        time.sleep(0.05)
    pytest.fail(f"It did not start: {log.read_text(errors='replace')[-2000:]}")
