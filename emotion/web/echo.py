"""The server's end of the connection check: takes one WebRTC connection and sends back what it gets."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Sequence

from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamTrack

log = logging.getLogger(__name__)

# What the browser waits for at most, and a little more (components/connection).
LASTS_S = 30.0
ANSWER_S = 8.0


class Echo:
    """One connection in a thread and an event loop of its own, so that the server's live streams feel nothing of it.

    It ends by itself after half a minute, with its connection, or with :meth:`close`.
    """

    def __init__(self, offer: str, *, stun: Sequence[str] = ()) -> None:
        """``stun`` are the addresses of STUN servers to ask."""
        self._offer = offer
        self._servers = [RTCIceServer(urls=url) for url in stun]
        self._answer: str | None = None
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="connection-check", daemon=True)
        self._thread.start()

    def answer(self) -> str:
        """Its session description; empty where the offer cannot be answered. Waits for it."""
        self._ready.wait(ANSWER_S)
        return self._answer or ""

    def close(self) -> None:
        """Any thread; does not wait."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: it is over already
            self._loop.call_soon_threadsafe(self._over.set)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        except Exception:
            # The browser may send anything; the panel says that the server could not take part.
            log.exception("A connection check failed on the server's side")
        finally:
            self._ready.set()
            self._loop.close()

    async def _serve(self) -> None:
        peer = RTCPeerConnection(RTCConfiguration(iceServers=self._servers))

        @peer.on("track")
        def on_track(track: MediaStreamTrack) -> None:
            peer.addTrack(track)

        @peer.on("connectionstatechange")
        async def on_change() -> None:
            if peer.connectionState in ("failed", "closed"):
                self._over.set()

        try:
            await peer.setRemoteDescription(RTCSessionDescription(self._offer, "offer"))
            await peer.setLocalDescription(await peer.createAnswer())
            self._answer = peer.localDescription.sdp
            self._ready.set()
            await asyncio.wait_for(self._over.wait(), LASTS_S)
        except TimeoutError:
            pass
        finally:
            await peer.close()
