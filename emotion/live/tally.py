"""Counting: what a session's page wants to know, kept by the camera's thread and read by any other."""

from __future__ import annotations

import statistics
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from emotion import metrics
from emotion.live.history import Histories
from emotion.live.lag import LeastLag
from emotion.live.values import Marker, Rates, Snapshot, View
from emotion.types import Analysis, Face

# The window over which rates and delay are taken: calm, yet a stall shows within two seconds.
RATE_WINDOW_S = 2.0
# Markers that a page shows; a recording keeps all.
LATEST_MARKERS = 20


@dataclass(frozen=True, slots=True)
class _Done:
    """One picture that was worked on."""

    at_s: float
    delay_s: float
    analysed: bool
    skipped: int


class Tally:
    """The numbers of one session. Any thread may call any method."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._began_s = self._last_s = clock()
        self._begun = False
        self._lag = LeastLag()
        self._histories = Histories()
        self._done: deque[_Done] = deque()
        self._analysis: Analysis | None = None
        self._view = View()
        self._frames = self._with_face = self._dropped = self._failures = self._failed = 0
        self._markers: deque[Marker] = deque(maxlen=LATEST_MARKERS)

    def arrive(self) -> float:
        """A picture has come: the time, in seconds since the first one.

        Time begins with the picture, not with the click: connecting can take seconds.
        """
        now_s = self._clock()
        if not self._begun:
            self._begun, self._began_s = True, now_s
        return now_s - self._began_s

    def analysed(self, analysis: Analysis, view: View, *, chosen: int | None = None) -> None:
        """A picture was looked at, while charts followed the track ``chosen``."""
        with self._lock:
            self._frames += 1
            metrics.live_pictures.labels("analysed").inc()
            self._with_face += bool(analysis.faces)
            self._analysis, self._view = analysis, view
            self._histories.add(analysis.time_s, analysis.faces, analysis.main_face, chosen=chosen)

    def returned(self, arrived_s: float, *, analysed: bool, sent_s: float | None, skipped: int) -> None:
        """A picture goes back.

        ``sent_s`` is the sender's own time stamp of it: what it lags behind more than the quickest picture of the
        last minute did is time that it spent waiting for us, and counts as delay.
        """
        with self._lock:
            now_s = self._clock()
            waited_s = self._waited_s(arrived_s, sent_s)
            self._failures = 0
            self._dropped += skipped
            metrics.live_pictures.labels("skipped").inc(skipped)
            self._last_s = now_s
            self._done.append(_Done(now_s, now_s - self._began_s - arrived_s + waited_s, analysed, skipped))
            while now_s - self._done[0].at_s > RATE_WINDOW_S:
                self._done.popleft()

    def failed(self) -> bool:
        """A picture could not be analysed. Whether it is the first of a row."""
        with self._lock:
            self._failures += 1
            self._failed += 1
            metrics.live_pictures.labels("failed").inc()
            return self._failures == 1

    def mark(self, text: str) -> Marker:
        with self._lock:
            marker = Marker(self._clock() - self._began_s if self._begun else 0.0, text)
            self._markers.append(marker)
            return marker

    def snapshot(self, chosen: Face | None, track: int | None, *, sink_failures: int, all_blurred: bool) -> Snapshot:
        with self._lock:
            now_s = self._clock()
            return Snapshot(
                analysis=self._analysis,
                chosen=chosen,
                chosen_track=track,
                frames=self._frames,
                elapsed_s=now_s - self._began_s,
                quiet_s=now_s - self._last_s,
                rates=self._rates(now_s),
                view=self._view,
                seen_share=self._with_face / self._frames if self._frames else 0.0,
                story=self._histories.story(track),
                failures=self._failures,
                failed=self._failed,
                sink_failures=sink_failures,
                markers=tuple(self._markers),
                all_blurred=all_blurred,
            )

    def _waited_s(self, arrived_s: float, sent_s: float | None) -> float:
        if sent_s is None:
            return 0.0
        lag_s = arrived_s - sent_s
        return lag_s - self._lag.least(arrived_s, lag_s)

    def _rates(self, now_s: float) -> Rates:
        recent = [done for done in self._done if now_s - done.at_s <= RATE_WINDOW_S]
        window_s = min(RATE_WINDOW_S, max(now_s - self._began_s, 0.1))
        skipped = sum(done.skipped for done in recent)
        came = len(recent) + skipped
        return Rates(
            camera_per_s=came / window_s,
            analysed_per_s=sum(done.analysed for done in recent) / window_s,
            delay_ms=1000 * statistics.median(done.delay_s for done in recent) if recent else 0.0,
            dropped=self._dropped,
            dropped_share=skipped / came if came else 0.0,
        )
