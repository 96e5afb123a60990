"""The browsers' side of ``peers.py``: cameras that play the astronaut, and count what comes back.

Their pictures are encoded once, before they are sent: whoever sits before a camera encodes on a machine of their own,
which is not the server's cost. With ``PEERS_DECODE=0`` they do not decode either, but count whole VP8 pictures.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import math
import os
import threading
from fractions import Fraction
from typing import Any

import aiortc.rtcrtpreceiver
import av
import numpy as np
import peer_lines
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack
from aiortc.codecs.base import Decoder
from aiortc.codecs.vpx import Vp8Encoder, vp8_depayload
from aiortc.jitterbuffer import JitterFrame
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from clips import changing_faces

CLOCK = Fraction(1, 90_000)
PICTURES = 48
# What aiortc sends at most. Chromium's limit for 640x480 is 1.7 million a second.
BITS_PER_S = 1_500_000


@functools.cache
def pictures(size: tuple[int, int], count: int, rate: float) -> list[bytes]:
    """Encoded by aiortc's own encoder, with its settings; the first alone is a keyframe, so they play in a loop.

    The face sways once from side to side: the more pictures, the calmer.
    """
    width, height = size

    def path(index: int) -> tuple[float, float]:
        return width * (0.5 + 0.16 * math.sin(index * math.tau / count)), height * 0.48

    encoder = Vp8Encoder()
    encoder.target_bitrate = BITS_PER_S
    images = changing_faces(count, size=size, face_px=height * 150 // 480, path=path)
    return [_encoded(encoder, image, _stamp(index, rate)) for index, image in enumerate(images)]


def _encoded(encoder: Vp8Encoder, image: np.ndarray, stamp: int) -> bytes:
    frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuv420p")
    frame.pts, frame.time_base = stamp, CLOCK
    payloads, _ = encoder.encode(frame)
    return b"".join(vp8_depayload(payload) for payload in payloads)


def _stamp(number: int, rate: float) -> int:
    return round(number / rate / CLOCK)


class Camera(VideoStreamTrack):
    """Plays :func:`pictures` in a loop, at an even rate."""

    def __init__(self, rate: float, size: tuple[int, int], count: int) -> None:
        super().__init__()
        self._rate, self._pictures = rate, pictures(size, count, rate)
        self._began_s: float | None = None
        self.sent = 0

    async def recv(self) -> av.Packet:
        if self.readyState != "live":
            raise MediaStreamError
        now_s = asyncio.get_running_loop().time()
        self._began_s = now_s if self._began_s is None else self._began_s
        await asyncio.sleep(max(0.0, self._began_s + self.sent / self._rate - now_s))
        packet = av.Packet(self._pictures[self.sent % len(self._pictures)])
        packet.pts, packet.time_base = _stamp(self.sent, self._rate), CLOCK
        self.sent += 1
        return packet


class Undecoded(Decoder):
    """In the place of a decoder: one small picture for each that came whole."""

    def decode(self, encoded_frame: JitterFrame) -> list[av.VideoFrame]:
        return [av.VideoFrame(16, 16, "yuv420p")]


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
    if os.environ.get("PEERS_DECODE") == "0":
        aiortc.rtcrtpreceiver.get_decoder = lambda codec: Undecoded()
    peer_lines.serve(Calls)
