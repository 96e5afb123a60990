"""The browsers' side of ``peers.py``: cameras that play the astronaut, and count what comes back."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import math
import threading
from fractions import Fraction
from typing import Any

import av
import numpy as np
import peer_lines
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from clips import changing_faces

CLOCK = Fraction(1, 90_000)
PICTURES = 48


@functools.cache
def pictures(size: tuple[int, int], count: int) -> list[np.ndarray]:
    """In the camera's own colours, made once: sending shall cost little more than encoding.

    The face sways once from side to side: the more pictures, the calmer.
    """
    width, height = size

    def path(index: int) -> tuple[float, float]:
        return width * (0.5 + 0.16 * math.sin(index * math.tau / count)), height * 0.48

    images = changing_faces(count, size=size, face_px=height * 150 // 480, path=path)
    frames = (av.VideoFrame.from_ndarray(image, format="rgb24") for image in images)
    return [frame.reformat(format="yuv420p").to_ndarray() for frame in frames]


class Camera(VideoStreamTrack):
    """Plays :func:`pictures` in a loop, at an even rate."""

    def __init__(self, rate: float, size: tuple[int, int], count: int) -> None:
        super().__init__()
        self._rate, self._pictures = rate, pictures(size, count)
        self._began_s: float | None = None
        self.sent = 0

    async def recv(self) -> av.VideoFrame:
        if self.readyState != "live":
            raise MediaStreamError
        now_s = asyncio.get_running_loop().time()
        self._began_s = now_s if self._began_s is None else self._began_s
        await asyncio.sleep(max(0.0, self._began_s + self.sent / self._rate - now_s))
        frame = av.VideoFrame.from_ndarray(self._pictures[self.sent % len(self._pictures)], format="yuv420p")
        frame.pts, frame.time_base = round(self.sent / self._rate / CLOCK), CLOCK
        self.sent += 1
        return frame


class Caller:
    """One camera and its connection."""

    def __init__(self, rate: float, size: tuple[int, int], count: int) -> None:
        self.camera = Camera(rate, size, count)
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.connection.addTrack(self.camera)
        self.connection.on("track", self._watch)
        self.received = 0
        self._watching: asyncio.Task[None] | None = None

    def _watch(self, track: MediaStreamTrack) -> None:
        self._watching = asyncio.ensure_future(self._count(track))

    async def _count(self, track: MediaStreamTrack) -> None:
        with contextlib.suppress(MediaStreamError):
            while True:
                await track.recv()
                self.received += 1

    async def offer(self) -> dict[str, str]:
        await self.connection.setLocalDescription(await self.connection.createOffer())
        made = self.connection.localDescription
        return {"sdp": made.sdp, "type": made.type}

    async def answered(self, answer: dict[str, str]) -> None:
        await self.connection.setRemoteDescription(RTCSessionDescription(**answer))


class Calls:
    """All of them, by name; each method waits for what it asks of the loop in the other thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="loop", daemon=True).start()
        self._callers: dict[str, Caller] = {}

    def _wait(self, doing: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(doing, self._loop).result(30)

    def call(self, name: str, rate: float, size: list[int], pictures: int = PICTURES) -> dict[str, Any]:
        return {"offer": self._wait(self._call(name, rate, (size[0], size[1]), pictures))}

    async def _call(self, name: str, rate: float, size: tuple[int, int], count: int) -> dict[str, str]:
        self._callers[name] = Caller(rate, size, count)
        return await self._callers[name].offer()

    def answered(self, name: str, answer: dict[str, str]) -> dict[str, Any]:
        self._wait(self._callers[name].answered(answer))
        return {}

    def counts(self, name: str) -> dict[str, Any]:
        caller = self._callers[name]
        return {"sent": caller.camera.sent, "received": caller.received, "state": caller.connection.connectionState}

    def leave(self, name: str) -> dict[str, Any]:
        self._wait(self._callers.pop(name).connection.close())
        return {}


if __name__ == "__main__":
    peer_lines.serve(Calls)
