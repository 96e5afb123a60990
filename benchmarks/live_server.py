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

from emotion.web.relay import Answers

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
# What the threads do, by how aiortc, streamlit-webrtc and Python's executor name them.
WORK = {"async_media_processor": "ours", "video-decoder": "decoding", "asyncio": "encoding", "loop": "loop"}


class TimedProcessor(peer_server.Processor):
    """The dashboard's, and how long each picture was in its hands, waiting for its turn and for being sent included."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.ms: list[float] = []
        self._arrived_s: dict[int, float] = {}

    def came(self, picture: av.VideoFrame) -> None:
        """From the network, decoded."""
        self._arrived_s[picture.pts] = time.monotonic()

    def went(self, answer: av.VideoFrame) -> None:
        """To the encoder; an answer bears the stamp of the picture it was drawn for."""
        self.ms.append((time.monotonic() - self._arrived_s.pop(answer.pts)) * 1000)


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
    ask, take = AsyncVideoProcessTrack.recv, Answers.recv

    async def asked(track: Any) -> av.VideoFrame:
        # Where answers go their own way this gives back the picture that was just put into the processor's queue.
        picture = await ask(track)
        track.processor.came(picture)
        return picture

    async def taken(track: Any) -> av.VideoFrame:
        answer = await take(track)
        track._processor.went(answer)
        return answer

    AsyncVideoProcessTrack.recv, Answers.recv = asked, taken


if __name__ == "__main__":
    _watch()
    peer_server.Processor = TimedProcessor
    peer_lines.serve(Connections)
