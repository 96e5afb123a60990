"""One camera connection: what happens to each frame, and what the page reads."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from emotion.live.history import CumulativeHistory, Point
from emotion.report.overlay import Overlay
from emotion.settings import Settings
from emotion.types import Analysis, Frame, Image
from emotion.vision.assets import Models
from emotion.vision.engine import Engine

log = logging.getLogger(__name__)

# The window over which frames per second and delay are averaged: calm, yet a stall shows within two seconds.
RATE_WINDOW_S = 2.0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of a live session at one moment."""

    analysis: Analysis | None
    """The latest; None before the first frame."""
    frames: int
    frames_per_second: float
    delay_ms: float
    """From a frame's arrival to its return, the mean of the last seconds."""
    elapsed_s: float
    quiet_s: float
    """Since the last frame."""
    cumulative: tuple[Point, ...]
    failures: int
    """How many of the latest frames could not be analysed, one after the other."""


class LiveSession:
    """Frames go in and come back annotated, in one thread (the camera's); anybody may take a :meth:`snapshot`.

    ``settings`` may be replaced at any time from any thread; the next frame obeys.
    """

    def __init__(self, settings: Settings, models: Models, clock: Callable[[], float] = time.monotonic) -> None:
        self.settings = settings
        self._models = models
        self._clock = clock
        self._engine, self._engine_settings = Engine.create(settings, models), settings
        self._overlay: Overlay | None = None
        self._overlay_key: tuple[Settings, int, int] | None = None
        self._lock = threading.Lock()
        self._history = CumulativeHistory()
        self._began_s = clock()
        self._analysis: Analysis | None = None
        self._frames = self._failures = 0
        self._finished: deque[tuple[float, float]] = deque()
        self._last_s = self._began_s
        self._least_lag_s = math.inf

    def process(self, image: Image, *, sent_s: float | None = None) -> Image:
        """The image with what was seen drawn over it; the image itself where anything fails.

        ``sent_s`` is the sender's own time stamp of the frame: what it lags behind more than the quickest frame did is
        time that it spent waiting for us, and counts as delay.

        Never raises: an exception in the camera's thread would end the stream without a word (and leak its frames).
        """
        began_s = self._clock()
        if self._frames + self._failures == 0:
            # Time begins with the picture, not with the click: connecting can take seconds.
            self._began_s = began_s
        try:
            settings = self.settings
            analysis = self._engine_for(settings).analyze(Frame(self._frames, began_s - self._began_s, image))
            drawn = self._overlay_for(settings, image).draw(image, analysis.faces)
        except Exception:
            with self._lock:
                self._failures += 1
            # Thirty a second would fill the log with one and the same.
            if self._failures == 1:
                log.exception("A frame of the camera could not be analysed; those after it are only counted")
            return image
        self._note(analysis, began_s - self._waited_s(began_s, sent_s))
        return drawn

    def snapshot(self) -> Snapshot:
        with self._lock:
            now_s = self._clock()
            recent = [(at_s, took_s) for at_s, took_s in self._finished if now_s - at_s <= RATE_WINDOW_S]
            window_s = min(RATE_WINDOW_S, max(now_s - self._began_s, 0.1))
            return Snapshot(
                analysis=self._analysis,
                frames=self._frames,
                frames_per_second=len(recent) / window_s,
                delay_ms=1000 * sum(took_s for _, took_s in recent) / len(recent) if recent else 0.0,
                elapsed_s=now_s - self._began_s,
                quiet_s=now_s - self._last_s,
                cumulative=self._history.points(),
                failures=self._failures,
            )

    def _waited_s(self, began_s: float, sent_s: float | None) -> float:
        if sent_s is None:
            return 0.0
        self._least_lag_s = min(self._least_lag_s, began_s - sent_s)
        return began_s - sent_s - self._least_lag_s

    def _note(self, analysis: Analysis, arrived_s: float) -> None:
        main = analysis.main_face
        with self._lock:
            now_s = self._clock()
            self._frames += 1
            self._failures = 0
            self._analysis = analysis
            self._history.add(analysis.time_s, main.scores if main else None)
            self._last_s = now_s
            self._finished.append((now_s, now_s - arrived_s))
            while now_s - self._finished[0][0] > RATE_WINDOW_S:
                self._finished.popleft()

    def _engine_for(self, settings: Settings) -> Engine:
        if settings is not self._engine_settings:
            # Other layers are no reason to forget who is who.
            if settings.model_copy(update={"layers": self._engine_settings.layers}) != self._engine_settings:
                self._engine = Engine.create(settings, self._models)
            self._engine_settings = settings
        return self._engine

    def _overlay_for(self, settings: Settings, image: Image) -> Overlay:
        height, width = image.shape[:2]
        if self._overlay is None or self._overlay_key != (settings, width, height):
            self._overlay, self._overlay_key = Overlay(settings, (width, height)), (settings, width, height)
        return self._overlay
