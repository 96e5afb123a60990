"""The server's side of figure (h): tests/live/peer_server.py with a stop-watch at both ends of the processor.

It answers JSON lines as that does, and two more questions: ``cpu`` and ``delays``.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "live"))

import av
import peer_lines
import peer_server
from streamlit_webrtc.process import AsyncVideoProcessTrack

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
# What the threads do, by how aiortc, streamlit-webrtc and Python's executor name them.
WORK = {"async_media_processor": "ours", "video-decoder": "decoding", "asyncio": "encoding", "loop": "loop"}


class TimedProcessor(peer_server.Processor):
    """The dashboard's, and how long each picture was in its hands, the wait for being fetched included."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.ms: list[float] = []
        self._arrived_s: dict[int, float] = {}
        self._origins: dict[int, int] = {}

    async def recv_queued(self, frames: list[av.VideoFrame]) -> list[av.VideoFrame]:
        stamp = frames[-1].pts
        answers = await super().recv_queued(frames)
        self._origins[id(answers[-1])] = stamp
        return answers

    def passed(self, answer: av.VideoFrame) -> None:
        """A picture came in and ``answer``, which bears its stamp, went out: drawn for an earlier one."""
        now_s = time.monotonic()
        self._arrived_s[answer.pts] = now_s
        arrived_s = self._arrived_s.pop(self._origins.pop(id(answer), -1), None)
        if arrived_s is not None:
            self.ms.append((now_s - arrived_s) * 1000)


class Connections(peer_server.Connections):
    """Those of the tests, watched."""

    def cpu(self) -> dict[str, Any]:
        """Seconds of the processor until now: by what the threads do, and of the whole process."""
        by: dict[str, float] = dict.fromkeys(WORK.values(), 0.0)
        for thread in threading.enumerate():
            work = WORK.get(thread.name.rstrip("0123456789_"))
            if work:
                by[work] += _thread_s(thread.native_id)
        whole = time.process_time()
        # Threads that have ended, and those that libraries start by themselves, are in the rest.
        return {"by": {**by, "rest": max(0.0, whole - sum(by.values()))}, "whole": whole}

    def delays(self, name: str) -> dict[str, Any]:
        """All until now."""
        return {"ms": self._processors[name].ms}


def _thread_s(number: int | None) -> float:
    try:
        # After the name in brackets, which may hold anything: user and system time are the 12th and 13th.
        fields = Path(f"/proc/self/task/{number}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) * TICK_S


def _watch() -> None:
    original = AsyncVideoProcessTrack.recv

    async def recv(track: Any) -> av.VideoFrame:
        answer = await original(track)
        track.processor.passed(answer)
        return answer

    AsyncVideoProcessTrack.recv = recv


if __name__ == "__main__":
    _watch()
    peer_server.Processor = TimedProcessor
    peer_lines.serve(Connections)
