"""Rules at work in a live session: they set markers, and call webhooks."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Protocol

from emotion.live.rules import Rule, Watch
from emotion.live.values import Marker
from emotion.live.webhook import Courier, Event, Told, event_of
from emotion.types import Analysis, Face, Frame

# What a page shows of them; all are markers, and those of a recording are kept.
LATEST = 10


class Watched(Protocol):
    """What rules need of a live session."""

    def chosen_face(self, analysis: Analysis) -> Face | None: ...

    def mark(self, text: str = "") -> Marker: ...


class Events:
    """Watches one live session by rules, as one of its sinks.

    Rules may be replaced at any time from any thread; those that stay go on where they were.
    """

    def __init__(self, session: Watched, courier: Courier) -> None:
        self.session = session
        self._courier = courier
        self._lock = threading.Lock()
        self._watches: tuple[Watch, ...] = ()
        self._latest: deque[Event] = deque(maxlen=LATEST)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Those that are watched for."""
        return tuple(watch.rule for watch in self._watches)

    def watch_for(self, rules: Sequence[Rule]) -> None:
        """From the next picture on these, and no others."""
        with self._lock:
            known = {watch.rule: watch for watch in self._watches}
            self._watches = tuple(known.get(rule) or Watch(rule) for rule in rules)

    def latest(self) -> tuple[Event, ...]:
        """The latest moments, newest first."""
        with self._lock:
            return tuple(reversed(self._latest))

    def told(self) -> Mapping[str, Told]:
        """How it went with the webhooks, by name."""
        return self._courier.told()

    def take(self, frame: Frame, analysis: Analysis) -> None:
        face = self.session.chosen_face(analysis)
        for watch in self._watches:
            if watch.moment(analysis.time_s, face):
                self._note(event_of(watch.rule, analysis.time_s, _score(watch.rule, face)))

    def mark(self, marker: Marker) -> None:
        """Markers of people are none of a rule's business."""

    def close(self) -> None:
        self._courier.close()

    def _note(self, event: Event) -> None:
        self.session.mark(event.rule.text)
        with self._lock:
            self._latest.append(event)
        if event.rule.hook:
            self._courier.send(event)


def _score(rule: Rule, face: Face | None) -> float | None:
    return face.scores[rule.emotion] if rule.emotion and face else None
