"""Pictures of this server as a WebRTC track: what :mod:`emotion.live.sources` gives, sent like a camera's."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from fractions import Fraction
from typing import TypeVar

import av
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from emotion.errors import EmotionError
from emotion.live.sources import Feed
from emotion.types import Image

log = logging.getLogger(__name__)

# RTP's clock for video (RFC 3551).
TICKS = 90_000
# Pictures that wait for a busy event loop; older ones are left out, or the delay would grow.
WAITING = 2

_T = TypeVar("_T")


class FeedTrack(MediaStreamTrack):
    """Sends a feed. A thread of its own reads it, from the first :meth:`recv` to :meth:`stop` or the feed's end."""

    kind = "video"

    def __init__(self, feed: Feed) -> None:
        super().__init__()
        self._feed = feed
        self._queue: asyncio.Queue[av.VideoFrame | None] = asyncio.Queue()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.over = False
        """Whether the feed has come to its end by itself."""
        self.problem = ""
        """Why it could not be played; a sentence."""
        self.note = ""
        """What a person should know at the moment."""

    @property
    def away(self) -> bool:
        """Whether what it plays does not answer at the moment, and is asked again."""
        return bool(self.note) and not self.over and self.readyState == "live"

    async def recv(self) -> av.VideoFrame:
        """The next picture when it is due. On the server's event loop."""
        if self.readyState != "live":
            raise MediaStreamError
        if self._thread is None:
            loop = asyncio.get_running_loop()
            self._thread = threading.Thread(target=self._read, args=(loop,), name="live-feed", daemon=True)
            self._thread.start()
        frame = await self._queue.get()
        if frame is None:
            self.stop()
            raise MediaStreamError
        return frame

    def stop(self) -> None:
        """Ends the thread soon; any thread may call it, as often as it likes."""
        super().stop()
        self._stopping.set()

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        pictures = self._feed.pictures(self._stopping, self._tell)
        try:
            for time_s, image in pictures:
                if self._stopping.is_set():
                    break
                if not _call(loop, self._offer, _frame(time_s, image)):
                    break
        except EmotionError as error:
            self.problem = str(error)
        except Exception:
            log.exception("A source of pictures failed")
            self.problem = "The pictures could not be read. Choose another source, and tell the administrator."
        finally:
            _close(pictures)
            self._end(loop)

    def _end(self, loop: asyncio.AbstractEventLoop) -> None:
        self.over = not self._stopping.is_set()
        _call(loop, self._queue.put_nowait, None)

    def _offer(self, frame: av.VideoFrame) -> None:
        while self._queue.qsize() >= WAITING:
            self._queue.get_nowait()
        self._queue.put_nowait(frame)

    def _tell(self, note: str) -> None:
        self.note = note


class FeedPlayer:
    """What streamlit-webrtc asks of a player: its tracks. It stops the track when the connection ends."""

    audio = None

    def __init__(self, feed: Feed) -> None:
        self.video = FeedTrack(feed)


def _frame(time_s: float, image: Image) -> av.VideoFrame:
    # As a camera's pictures come: the encoder wants YUV with even sides, and converting here is not on the event loop.
    height, width = image.shape[:2]
    frame = av.VideoFrame.from_ndarray(image, format="rgb24")
    frame = frame.reformat(width=width // 2 * 2, height=height // 2 * 2, format="yuv420p")
    frame.pts, frame.time_base = round(time_s * TICKS), Fraction(1, TICKS)
    return frame


def _call(loop: asyncio.AbstractEventLoop, do: Callable[[_T], None], value: _T) -> bool:
    """Whether the loop takes it; it is closed where the server ends."""
    try:
        loop.call_soon_threadsafe(do, value)
    except RuntimeError:
        return False
    return True


def _close(pictures: object) -> None:
    close = getattr(pictures, "close", None)
    if close is not None:
        close()
