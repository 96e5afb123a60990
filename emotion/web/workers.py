"""The workers of this server: started with it, started again when they die, ended with it."""

from __future__ import annotations

import contextlib
import logging
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator

log = logging.getLogger(__name__)

# They give their tasks back when asked to end; see emotion.jobs.supervisor.STOP_GRACE_S.
STOP_GRACE_S = 12.0
# A supervisor that cannot begin (no database, for one) is tried again: soon, then less often.
SHORTEST_REST_S = 1.0
LONGEST_REST_S = 30.0
COMMAND = (sys.executable, "-m", "emotion", "worker", "--with-parent")


@contextlib.asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[None]:
    """For ``st.App``: the workers are there as long as the server is."""
    keeper = Keeper()
    keeper.start()
    try:
        yield
    finally:
        keeper.close()


class Keeper:
    """Keeps one supervisor process alive, from a thread of its own. It ends when the pipe to it closes."""

    def __init__(self) -> None:
        self._closing = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="workers", daemon=True)
        # Between starting a process and closing its pipe nothing may come.
        self._lock = threading.Lock()

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Ends the supervisor and its workers; what they did not finish goes on when a server starts again."""
        with self._lock:
            self._closing.set()
            if self._process and self._process.stdin:
                self._process.stdin.close()
        self._thread.join(STOP_GRACE_S)
        if self._process and self._process.poll() is None:
            self._process.kill()

    def _keep(self) -> None:
        rest = SHORTEST_REST_S
        while self._launch() and self._process:
            began = time.monotonic()
            code = self._process.wait()
            if self._process.stdin:
                self._process.stdin.close()
            if time.monotonic() - began > LONGEST_REST_S:
                rest = SHORTEST_REST_S
            if self._closing.wait(rest):
                return
            rest = min(2 * rest, LONGEST_REST_S)
            log.warning("The workers ended (exit code %d) and are started again", code)

    def _launch(self) -> bool:
        with self._lock:
            if self._closing.is_set():
                return False
            self._process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE)
            return True
