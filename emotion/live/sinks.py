"""Handing each picture on to whoever wants it, without letting them harm the stream."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from emotion.live.values import Marker, Sink
from emotion.types import Analysis, Frame

log = logging.getLogger(__name__)


class Sinks:
    """Those who want every picture. Any thread may attach, detach and mark."""

    def __init__(self) -> None:
        self._sinks: tuple[Sink, ...] = ()
        self._closed = False
        self._lock = threading.Lock()
        self.failures = 0
        """How often one of them failed."""

    def __bool__(self) -> bool:
        return bool(self._sinks)

    def attach(self, sink: Sink) -> None:
        """Where the stream has ended meanwhile, it is closed at once: nothing would ever tell it so."""
        with self._lock:
            late = self._closed
            if not late:
                self._sinks = (*(one for one in self._sinks if one is not sink), sink)
        if late:
            self._attempt(sink.close)

    def detach(self, sink: Sink) -> None:
        """It gets nothing more; closing it is its owner's business. One that is not attached is no mistake."""
        with self._lock:
            self._sinks = tuple(one for one in self._sinks if one is not sink)

    def take(self, frame: Frame, analysis: Analysis) -> None:
        for sink in self._sinks:
            self._attempt(lambda sink=sink: sink.take(frame, analysis))  # type: ignore[misc]  # a lambda's default

    def mark(self, marker: Marker) -> None:
        for sink in self._sinks:
            self._attempt(lambda sink=sink: sink.mark(marker))  # type: ignore[misc]

    def close(self) -> None:
        """The stream has ended: closes and forgets them all."""
        with self._lock:
            closing, self._sinks, self._closed = self._sinks, (), True
        for sink in closing:
            self._attempt(sink.close)

    def _attempt(self, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception:
            with self._lock:
                self.failures += 1
                first = self.failures == 1
            # Thirty a second would fill the log with one and the same.
            if first:
                log.exception("Whoever takes the camera's pictures failed; further failures are only counted")
