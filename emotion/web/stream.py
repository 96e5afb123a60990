"""The live picture: streamlit-webrtc as this project uses it, and the only place that touches its private parts.

Import this from a page only: the component behind it registers itself while a page's script runs; imported earlier (by
``app.py``, say) the browser gets "Component not found".
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import av
import streamlit as st
from streamlit import runtime
from streamlit_webrtc import Translations, VideoProcessorBase, WebRtcMode, WebRtcStreamerContext, webrtc_streamer
from streamlit_webrtc.relay import _SERVER_GLOBAL_RELAY_ATTR_NAME_ as RELAY

from emotion.errors import EmotionError
from emotion.live.session import LiveSession
from emotion.media.camera import CameraPictures, blackened
from emotion.settings import Privacy, Settings
from emotion.vision.assets import Models
from emotion.web import camera, rtc, state
from emotion.web.feed import FeedPlayer, FeedTrack
from emotion.web.line import NOT_CONNECTED, Line
from emotion.web.live_source import FromBrowser, FromServer, Source
from emotion.web.relay import NewestRelay

log = logging.getLogger(__name__)

WORDS: Translations = {
    "media_api_not_available": camera.PROBLEMS["insecure"],
    "device_not_available": camera.PROBLEMS["missing"],
    "device_access_denied": camera.PROBLEMS["denied"],
}
PICTURE: dict[str, Any] = {
    "autoPlay": True,
    "controls": False,
    "muted": True,
    "playsInline": True,
    "style": {"width": "100%"},
}
LOOK_AGAIN_S = 1.0

MakeSession = Callable[[Settings, Models], LiveSession]
Context = WebRtcStreamerContext["CameraProcessor", Any]


class StreamState(StrEnum):
    """Where a stream stands."""

    IDLE = "idle"
    CONNECTING = "connecting"
    PLAYING = "playing"


@dataclass(frozen=True, slots=True)
class Stream:
    """The stream as this run of the page finds it."""

    state: StreamState
    session: LiveSession | None
    """The session that analyses it; None unless it plays."""
    problem: str
    """Why it ended by itself, or cannot start: a sentence. Stays until the next start."""
    note: str
    """What a person should know of a source that goes on, or has come to its proper end."""
    end: Callable[[], None]
    """Ends the connection. Any thread may call it; it does not wait."""


class CameraProcessor(VideoProcessorBase):
    """Hands the pictures to a :class:`LiveSession`. Made once per connection, in the thread that connects.

    Its frames come in a worker thread of their own, never on the server's event loop.
    """

    def __init__(self, session: LiveSession) -> None:
        super().__init__()
        self.session = session
        self.hand_on: Callable[[av.VideoFrame], None] | None = None
        """Takes each answer as soon as it is drawn (:class:`~emotion.web.relay.Answers`)."""
        self._pictures = CameraPictures()
        self._complained = False
        self._closing = threading.Lock()

    async def recv_queued(self, frames: list[av.VideoFrame]) -> list[av.VideoFrame]:
        """The newest of the frames that came meanwhile; the others are only counted. None where it was handed on: the
        library would write into it."""
        answer = self._answer(frames[-1], skipped=len(frames) - 1)
        if self.hand_on is None:
            return [answer]
        self.hand_on(answer)
        return []

    def recv(self, frame: av.VideoFrame) -> av.VideoFrame:
        return self._answer(frame, skipped=0)

    def _answer(self, frame: av.VideoFrame, *, skipped: int) -> av.VideoFrame:
        """Never raises: the library would stop the stream without a word, and keep its frames for ever."""
        unseen = 1 + skipped
        try:
            image = self._pictures.rgb(frame)
            unseen = 0  # from here on the session counts them itself
            areas = self.session.draw_on(image, sent_s=frame.time, skipped=skipped)
            parts = [(area.left, area.top, area.width, area.height) for area in areas]
            return self._pictures.answer(frame, image, parts)
        except Exception:
            if not self._complained:
                log.exception("A picture of the camera could not be converted; those after it are only counted")
            self._complained = True
            self.session.lost(unseen)
            return frame if self.session.settings.privacy is Privacy.NONE else blackened(frame)

    def on_ended(self) -> None:
        """Closes the session, once, in a thread of its own: this is called on the event loop, and closing writes."""
        if self._closing.acquire(blocking=False):
            threading.Thread(target=self.session.close, name="live-close", daemon=True).start()


@dataclass(slots=True)
class _Connection:
    """What one tab has of its stream, and what must end when the tab does."""

    line: Line = field(default_factory=Line)
    mount: int = 0
    turn: int = 0
    context: Context | None = None
    processor: CameraProcessor | None = None
    track: FeedTrack | None = None
    ways: rtc.Ways | None = None
    ways_turn: int = 0

    def close(self) -> None:
        """Any thread; does not wait."""
        # Also runs on the server's event loop when the tab's connection is gone. Without this a killed browser's
        # threads live until ICE gives up, 29 s later. Stopping joins threads, hence one of its own.
        worker = self.context._get_worker() if self.context else None
        if worker is not None:
            threading.Thread(target=worker.stop, name="camera-stop", daemon=True).start()
        if self.track is not None:
            self.track.stop()
        if self.processor is not None:
            # Not called by the library where a connection ends before its first frame.
            self.processor.on_ended()

    def is_patient(self) -> bool:
        """Whether the source is away and asked again, so that no pictures are no sign of the viewer being gone."""
        return self.track is not None and self.track.away

    def move(self) -> None:
        """Lets go of what an earlier start, or an earlier window of the component, had."""
        if self.mount != self.line.mount:
            self.close()
            self.mount, self.context = self.line.mount, None
        if self.turn != self.line.turn:
            if self.track is not None:
                self.track.stop()
            if self.processor is not None:
                self.processor.on_ended()
            self.turn, self.processor, self.track = self.line.turn, None, None

    def found_ways(self, settings: Settings, person: str) -> rtc.Ways:
        """Made anew where they are old, but never while a connection is made or stands."""
        begins = self.ways_turn != self.line.turn
        if self.ways is None or begins or not self.line.ready:
            self.ways, self.ways_turn = rtc.renewed(self.ways, settings, person), self.line.turn
        return self.ways

    def make_processor(self, make: Callable[[], LiveSession]) -> CameraProcessor:
        if self.processor is not None:
            self.processor.on_ended()
        self.processor = CameraProcessor(make())
        return self.processor

    def make_player(self, source: FromServer) -> FeedPlayer:
        player = FeedPlayer(source.feed)
        self.track = player.video
        return player


@st.cache_resource(scope="session", show_spinner=False, on_release=_Connection.close)
def _connection() -> _Connection:
    return _Connection()


def camera_stream(
    source: Source,
    settings: Settings,
    models: Models,
    *,
    playing: bool,
    make_session: MakeSession = LiveSession,
    on_end: Callable[[], None] = lambda: None,
) -> Stream:
    """Draws the picture, which plays ``source`` while ``playing``; the session obeys ``settings``.

    ``make_session`` is called once per connection, in the thread that connects (no ``st.`` there). ``on_end`` is called
    when the stream ended by itself or could not start: it takes the wish to play back, and the page runs anew.

    Call it once on every run of its page, unconditionally: a run that leaves it out ends the stream.
    """
    mine = _connection()
    line = mine.line
    if line.source is not None and not camera.here():
        # The page was left while it played, which ended the connection.
        line.end("")
    line.follow(source, playing=playing)
    mine.move()
    line.hear(camera.eye(line.wish()))
    mine.context = _streamer(
        mine, source, mine.found_ways(settings, state.person()), lambda: make_session(settings, models)
    )
    _watch(mine, on_end)
    return _seen(mine, source, settings)


def _streamer(mine: _Connection, source: Source, ways: rtc.Ways, make: Callable[[], LiveSession]) -> Context | None:
    line = mine.line
    playing = line.source or source
    kind: dict[str, Any] = {"mode": WebRtcMode.SENDRECV, "media_stream_constraints": _constraints(playing)}
    if line.served and isinstance(playing, FromServer):
        kind = {"mode": WebRtcMode.RECVONLY, "player_factory": lambda: mine.make_player(playing)}
    _relay_the_newest()
    try:
        context: Context = webrtc_streamer(
            key=line.key,
            desired_playing_state=line.ready,
            frontend_rtc_configuration=ways.browser,
            server_rtc_configuration=ways.server,
            video_processor_factory=lambda: mine.make_processor(make),
            async_processing=True,
            sendback_audio=False,
            media_toggle_controls=False,
            video_html_attrs=PICTURE,
            translations=WORDS,
            on_change=lambda: _changed(line),
            **kind,
        )
    except Exception as error:
        log.exception("A live connection could not be made")
        line.end(str(error) if isinstance(error, EmotionError) else NOT_CONNECTED)
        return mine.context
    return context


def _relay_the_newest() -> None:
    """Puts our relay in the place of the library's, which all connections of the server share."""
    server = runtime.get_instance() if runtime.exists() else None
    if server is not None and not isinstance(getattr(server, RELAY, None), NewestRelay):
        setattr(server, RELAY, NewestRelay())


def _changed(line: Line) -> None:
    state = st.session_state[line.key].state
    line.connected(playing=state.playing, signalling=state.signalling)


def _watch(mine: _Connection, on_end: Callable[[], None]) -> None:
    """Notices what nobody tells: a source that is over, a connection that does not come."""

    def look() -> None:
        # A part that draws nothing is taken out of the page, and what other parts draw later then lands one place off.
        st.empty()
        track, note = mine.track, mine.line.note
        if track is not None and mine.line.served:
            mine.line.look(over=track.over, problem=track.problem)
            if mine.line.source is not None:
                mine.line.note = track.note
        else:
            mine.line.look()
        if mine.line.ended():
            on_end()
            st.rerun()
        if note != mine.line.note:
            st.rerun()

    st.fragment(run_every=LOOK_AGAIN_S if mine.line.source is not None else None)(look)()


def _seen(mine: _Connection, source: Source, settings: Settings) -> Stream:
    line, context = mine.line, mine.context
    processor = context.video_processor if context is not None and context.state.playing else None
    session = processor.session if processor is not None and line.source is not None else None
    if session is not None:
        session.settings = settings
        session.is_patient = mine.is_patient
    state = StreamState.PLAYING if session else StreamState.CONNECTING if line.source else StreamState.IDLE
    problem = line.problem
    if state is StreamState.IDLE and not problem and isinstance(source, FromBrowser):
        problem = camera.PROBLEMS.get(camera.report().problem, "") if source.kind == "camera" else ""
    return Stream(state, session, problem, line.note, mine.close)


def _constraints(source: Source) -> dict[str, Any]:
    """What the component asks for where our own eye has not lent it anything."""
    if not isinstance(source, FromBrowser):
        return {"video": True, "audio": False}
    width, height = source.size
    video = {"width": {"ideal": width}, "height": {"ideal": height}, "frameRate": {"ideal": source.rate}}
    return {"video": video, "audio": False}
