"""Cameras without browsers: a server process with real connections, and callers in another that send and count.

What is real: aiortc on both sides, ICE, DTLS, VP8, streamlit-webrtc's worker and the dashboard's own processor with a
:class:`~emotion.live.session.LiveSession`. What is missing is Streamlit and the browser. Offers and answers travel as
JSON lines through the pipes of the two processes, ``peer_server.py`` and ``peer_caller.py``.

::

    with Server.running() as server, Callers.running() as callers:
        callers.call(server, "a", rate=20)
        ...
        callers.counts("a").received, server.look("a")["frames"]
        callers.leave("a")
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@dataclass(frozen=True, slots=True)
class Counts:
    """What a caller sent and got back until now."""

    sent: int
    received: int
    state: str
    """aiortc's connection state."""


class Party:
    """A process that answers each JSON line with one."""

    SCRIPT = ""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    @classmethod
    @contextlib.contextmanager
    def running(cls, **environment: str) -> Iterator[Self]:
        """Started; killed at the end of the block if it does not end by itself."""
        path = os.pathsep.join([str(ROOT), str(HERE.parent)])
        command = [sys.executable, str(HERE / cls.SCRIPT)]
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": path, **environment},
        ) as process:
            party = cls(process)
            try:
                party.ask("hello")
                yield party
            finally:
                party.end()

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, do: str, **values: Any) -> dict[str, Any]:
        """Raises RuntimeError with what went wrong over there."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": do, **values}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        answer: dict[str, Any] = json.loads(line) if line else {"error": "the process has gone"}
        if "error" in answer:
            raise RuntimeError(f"{self.SCRIPT}, {do}: {answer['error']}")
        return answer

    def kill(self) -> None:
        """At once and without a word to anybody, as a lost network."""
        self._process.kill()
        self._process.wait()

    def end(self) -> None:
        with contextlib.suppress(OSError):
            assert self._process.stdin is not None
            self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()


class Server(Party):
    """Holds the connections as the dashboard's server does."""

    SCRIPT = "peer_server.py"

    def answer(self, name: str, offer: dict[str, str], **options: Any) -> dict[str, str]:
        """``options``: ``settings`` of the session, ``slow_s`` that each picture takes longer."""
        return self.ask("offer", name=name, offer=offer, **options)["answer"]  # type: ignore[no-any-return]

    def look(self, name: str) -> dict[str, Any]:
        """Of the session's snapshot ``frames``, ``failed``, ``faces``, ``analysed_per_s``, ``delay_ms``... and more:

        ``delays_ms`` are those of all pictures until now, from when our processor got one until it gave it back;
        ``thread`` is where that happens; ``closed`` whether the connection has ended.
        """
        return self.ask("look", name=name)

    def stop(self, name: str) -> None:
        """As a press on Stop."""
        self.ask("stop", name=name)

    def forget(self, name: str) -> None:
        """What the test's server itself keeps of a connection that has ended."""
        self.ask("forget", name=name)

    def threads(self) -> list[str]:
        """Names of all threads that live in the server process."""
        return self.ask("threads")["names"]  # type: ignore[no-any-return]

    def guests(self) -> list[str]:
        """Who has a place."""
        return self.ask("guests")["names"]  # type: ignore[no-any-return]

    def late_ms(self) -> float:
        """How long the event loop, on which all that is not ours happens, is busy with something else."""
        return self.ask("late_ms")["ms"]  # type: ignore[no-any-return]


class Callers(Party):
    """Browsers' cameras: each sends the moving astronaut and counts what comes back."""

    SCRIPT = "peer_caller.py"

    def call(
        self,
        server: Server,
        name: str,
        *,
        rate: float = 20,
        size: tuple[int, int] = (640, 480),
        pictures: int = 48,
        **options: Any,
    ) -> None:
        """Connects; frames flow from now on. The face sways once in so many pictures."""
        offer = self.ask("call", name=name, rate=rate, size=size, pictures=pictures)["offer"]
        self.ask("answered", name=name, answer=server.answer(name, offer, **options))

    def counts(self, name: str) -> Counts:
        return Counts(**self.ask("counts", name=name))

    def leave(self, name: str) -> None:
        """Politely: the other side is told."""
        self.ask("leave", name=name)
