"""The server side of ``peers.py``: connections as ``emotion/web/stream.py`` makes them, on a loop of its own."""

from __future__ import annotations

import asyncio
import dataclasses
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import av
import peer_lines
from aiortc import RTCConfiguration
from streamlit_webrtc import WebRtcMode
from streamlit_webrtc.webrtc import WebRtcWorker

from emotion.live.desk import Desk
from emotion.live.session import LiveSession
from emotion.settings import Settings
from emotion.vision import assets
from emotion.web.relay import NewestRelay
from emotion.web.stream import CameraProcessor

# What a page could ask for besides, and ours does not.
UNUSED = (
    *("source_video_track", "source_audio_track", "sink_video_track", "sink_audio_track", "player_factory"),
    *("in_recorder_factory", "out_recorder_factory", "video_frame_callback", "audio_frame_callback"),
    *("queued_video_frames_callback", "queued_audio_frames_callback", "on_video_ended", "on_audio_ended"),
    "audio_processor_factory",
)
# Of a session's snapshot.
NUMBERS = ("frames", "elapsed_s", "quiet_s", "failures", "failed", "sink_failures")


class Processor(CameraProcessor):
    """The dashboard's, with a stop-watch; it can be made slow."""

    def __init__(self, session: LiveSession, slow_s: float) -> None:
        super().__init__(session)
        self._slow_s = slow_s
        self.delays_ms: list[float] = []
        self.thread_name = ""

    async def recv_queued(self, frames: list[av.VideoFrame]) -> list[av.VideoFrame]:
        began = time.monotonic()
        self.thread_name = threading.current_thread().name
        # In the way of recorded work: the thread is busy, no other may use its loop meanwhile.
        time.sleep(self._slow_s)
        answers = await super().recv_queued(frames)
        self.delays_ms.append(1000 * (time.monotonic() - began))
        return answers


class Connections:
    """All of them, by name. Its methods run in the main thread, the connections on the loop of another."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._run, name="loop", daemon=True).start()
        self._relay = asyncio.run_coroutine_threadsafe(_relay(), self._loop).result()
        settings = Settings.load()
        assets.prepare(settings.cache_dir)
        self._models = assets.load(settings.cache_dir)
        # As in the dashboard: it gives out places, and frees what an ended session leaves.
        self._folder = tempfile.TemporaryDirectory()
        self._desk = Desk(settings.but(data_dir=Path(self._folder.name), live_sessions=100))
        self._desk.start()
        self._workers: dict[str, WebRtcWorker[CameraProcessor, Any]] = {}
        self._processors: dict[str, Processor] = {}

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def offer(
        self, name: str, offer: dict[str, str], settings: dict[str, Any] | None = None, *, slow_s: float = 0.0
    ) -> dict[str, Any]:
        session = LiveSession(Settings.load(**(settings or {})), self._models)
        processor = self._processors[name] = Processor(session, slow_s)
        worker = self._workers[name] = self._worker(processor)
        self._desk.ask(name, "somebody")
        self._desk.watch(name, "somebody", session, worker.stop)
        answer = worker.process_offer(offer["sdp"], offer["type"], timeout=30)
        return {"answer": {"sdp": answer.sdp, "type": answer.type}}

    def _worker(self, processor: Processor) -> WebRtcWorker[CameraProcessor, Any]:
        return WebRtcWorker(
            mode=WebRtcMode.SENDRECV,
            rtc_configuration=RTCConfiguration(iceServers=[]),
            video_processor_factory=lambda: processor,
            async_processing=True,
            video_receiver_size=4,
            audio_receiver_size=4,
            sendback_video=True,
            sendback_audio=False,
            loop=self._loop,
            relay=self._relay,
            **dict.fromkeys(UNUSED),
        )

    def look(self, name: str) -> dict[str, Any]:
        processor = self._processors[name]
        session, snapshot = processor.session, processor.session.snapshot()
        return {
            **{number: getattr(snapshot, number) for number in NUMBERS},
            **dataclasses.asdict(snapshot.rates),
            "arrivals": session.arrivals,
            "closed": session.closed,
            "faces": len(snapshot.faces),
            "delays_ms": processor.delays_ms,
            "thread": processor.thread_name,
        }

    def stop(self, name: str) -> dict[str, Any]:
        self._workers.pop(name).stop()
        return {}

    def forget(self, name: str) -> dict[str, Any]:
        self._workers.pop(name, None)
        self._processors.pop(name)
        return {}

    def threads(self) -> dict[str, Any]:
        return {"names": [thread.name for thread in threading.enumerate()]}

    def guests(self) -> dict[str, Any]:
        return {"names": [guest.token for guest in self._desk.seats.guests()]}

    def late_ms(self) -> dict[str, Any]:
        """How long something waits that the loop shall do at once."""
        began = time.monotonic()
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0), self._loop).result()
        return {"ms": 1000 * (time.monotonic() - began)}


async def _relay() -> NewestRelay:
    return NewestRelay()


if __name__ == "__main__":
    peer_lines.serve(Connections)
