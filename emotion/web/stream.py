"""The camera: streamlit-webrtc as this project uses it, and the only place that touches its private parts.

Import this from a page only: the component behind it registers itself while a page's script runs; imported earlier (by
``app.py``, say) the browser gets "Component not found".
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import Any, cast

import av
import streamlit as st
from streamlit_webrtc import Translations, VideoProcessorBase, WebRtcMode, WebRtcStreamerContext, webrtc_streamer

from emotion.live.session import LiveSession
from emotion.settings import Settings
from emotion.types import Image
from emotion.vision.assets import Models

log = logging.getLogger(__name__)

# An explicit empty list: the library's default asks a public STUN server, and each start would wait for it in vain.
ICE: dict[str, Any] = {"iceServers": []}
CAMERA: dict[Any, Any] = {
    "video": {"width": {"ideal": 640}, "height": {"ideal": 480}, "frameRate": {"ideal": 30}},
    "audio": False,
}
WORDS: Translations = {
    "start": "Start",
    "stop": "Stop",
    "select_device": "Choose a camera",
    "select_camera": "Camera",
    "media_api_not_available": "This browser gives this page no camera. Open the dashboard by HTTPS.",
    "device_ask_permission": "Allow the camera in the question that your browser asks.",
    "device_not_available": "No camera was found. Plug one in and press Start again.",
    "device_access_denied": "The camera was refused. Allow it beside the page's address.",
}


class CameraProcessor(VideoProcessorBase):
    """Hands the camera's frames to a :class:`LiveSession`. Made once per connection, in the thread that connects."""

    def __init__(self, session: LiveSession) -> None:
        super().__init__()
        self.session = session

    def recv(self, frame: av.VideoFrame) -> av.VideoFrame:
        image = cast("Image", frame.to_ndarray(format="rgb24"))
        drawn = self.session.process(image, sent_s=frame.time)
        answer = av.VideoFrame.from_ndarray(drawn, format="rgb24")
        answer.pts, answer.time_base = frame.pts, frame.time_base
        return answer


@dataclass(slots=True)
class _Connection:
    """What must end when the tab does."""

    context: WebRtcStreamerContext[CameraProcessor, Any] | None = None

    def close(self) -> None:
        # Runs on the server's event loop when the tab's connection is gone. Without this a killed browser's threads
        # live until ICE gives up, 29 s later. Stopping joins threads, hence one of its own.
        worker = self.context._get_worker() if self.context else None
        if worker is not None:
            threading.Thread(target=worker.stop, name="camera-stop", daemon=True).start()


@st.cache_resource(scope="session", show_spinner=False, on_release=_Connection.close)
def _connection() -> _Connection:
    return _Connection()


def camera_stream(settings: Settings, models: Models) -> LiveSession | None:
    """Shows the picture with its Start button. The running session, which from now on obeys ``settings``; else None.

    Call it once on every run of its page, unconditionally: a run that leaves it out ends the stream.
    """
    context: WebRtcStreamerContext[CameraProcessor, Any] = webrtc_streamer(
        key="camera",
        mode=WebRtcMode.SENDRECV,
        rtc_configuration=ICE,
        media_stream_constraints=CAMERA,
        video_processor_factory=lambda: CameraProcessor(LiveSession(settings, models)),
        async_processing=True,
        sendback_audio=False,
        video_html_attrs={"autoPlay": True, "controls": False, "muted": True, "style": {"width": "100%"}},
        translations=WORDS,
    )
    _connection().context = context
    processor: CameraProcessor | None = context.video_processor
    if not context.state.playing or processor is None:
        return None
    processor.session.settings = settings
    return processor.session
