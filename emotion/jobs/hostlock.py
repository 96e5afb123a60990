"""One supervisor for each machine and data folder, however many servers run there."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from emotion.store.places import PRIVATE

# How soon the next in line takes over.
LOOK_S = 1.0


@contextlib.contextmanager
def host_lock(data_dir: Path, stop: threading.Event) -> Iterator[int | None]:
    """Waits for the lock of this machine, and yields a file descriptor that stands for it; None if ``stop`` came first.

    Children that get the descriptor hold the lock too: who gets it knows that no worker of an earlier supervisor of
    this machine is left, so that what those held is free. Windows has no such lock: one server for each data folder
    is all it may have there.
    """
    # The machine's name is part of it, because machines may share the folder.
    path = data_dir / f"workers-{socket.gethostname()}.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE & 0o666)
    try:
        while not _take(descriptor):
            if stop.wait(LOOK_S):
                yield None
                return
        yield descriptor
    finally:
        os.close(descriptor)


def _take(descriptor: int) -> bool:
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
