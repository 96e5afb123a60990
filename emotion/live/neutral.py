"""Taking a person's neutral face while a live session runs, and holding it for as long as the person is in view."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime

from emotion.live.baseline import LOST, STALLED, TAKE_S, Baseline, complaint, mean_scores
from emotion.live.history import LONGEST_STEP_S
from emotion.types import Analysis, Face, Scores
from emotion.vision.tracking import PATIENCE_S

# A sentence about what went wrong stands for so long.
SAID_S = 20.0


@dataclass(frozen=True, slots=True)
class NeutralState:
    """What a page shows of it."""

    taking: float | None = None
    """How far taking it has come, 0 to 1; None while none is taken."""
    held: Baseline | None = None
    refused: str = ""
    """Why the last one could not be taken; a sentence that says what to do."""


@dataclass(slots=True)
class _Taking:
    """Five seconds in which a neutral face is looked at."""

    track: int
    began_s: float | None = None
    last_s: float = 0.0
    faces: list[Face] = field(default_factory=list)


class NeutralFace:
    """Takes a person's neutral face out of a running session, and holds it until the person is lost from view.

    Started and dropped by the page's threads, fed in the camera's; :meth:`adjust` is for ``Memory.adjust`` there.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taking: _Taking | None = None
        self._held: Baseline | None = None
        self._missing_since_s: float | None = None
        self._refused = ""
        self._refused_s = 0.0
        self._facts: list[dict[str, object]] = []

    def start(self, track: int) -> None:
        """Begins to look at this person, with the next frame."""
        with self._lock:
            self._taking, self._refused = _Taking(track), ""

    def drop(self) -> None:
        """Scores are what they are again."""
        with self._lock:
            self._taking, self._refused = None, ""
            self._hold(None)

    def adjust(self, track: int, scores: Scores) -> Scores:
        """Relative to the neutral face where it is this person's, else as they are."""
        held = self._held
        return held.adjust(scores) if held and held.track == track else scores

    def see(self, analysis: Analysis) -> None:
        """Every analysed picture, in the order of time."""
        with self._lock:
            self._forget_the_lost(analysis)
            if analysis.time_s - self._refused_s > SAID_S:
                self._refused = ""
            if self._taking:
                self._look(self._taking, analysis)

    @property
    def state(self) -> NeutralState:
        with self._lock:
            return NeutralState(_progress(self._taking), self._held, self._refused)

    def facts(self) -> list[dict[str, object]]:
        """All of this session, each with when it was taken and when it ended (None if it holds); JSON-able, to stand
        beside a recording."""
        with self._lock:
            return [dict(one) for one in self._facts]

    def _forget_the_lost(self, analysis: Analysis) -> None:
        if self._held is None or _face(analysis, self._held.track):
            self._missing_since_s = None
        elif self._missing_since_s is None:
            self._missing_since_s = analysis.time_s
        elif analysis.time_s - self._missing_since_s > PATIENCE_S:
            self._hold(None)

    def _look(self, taking: _Taking, analysis: Analysis) -> None:
        now_s, face = analysis.time_s, _face(analysis, taking.track)
        if taking.began_s is None:
            taking.began_s = taking.last_s = now_s
        if now_s - taking.last_s > LONGEST_STEP_S:
            self._end(taking, now_s, STALLED if face else LOST)
            return
        if face:
            taking.faces.append(face)
            taking.last_s = now_s
        if now_s - taking.began_s >= TAKE_S:
            self._end(taking, now_s, complaint(taking.faces))

    def _end(self, taking: _Taking, now_s: float, refused: str) -> None:
        self._taking, self._refused, self._refused_s = None, refused, now_s
        if not refused:
            self._hold(Baseline(taking.track, mean_scores(face.raw for face in taking.faces), _now()))

    def _hold(self, baseline: Baseline | None) -> None:
        if self._held:
            self._facts[-1]["ended"] = _now()
        if baseline:
            self._facts.append({**baseline.as_facts(), "ended": None})
        self._held = baseline


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _face(analysis: Analysis, track: int) -> Face | None:
    return next((face for face in analysis.faces if face.track == track), None)


def _progress(taking: _Taking | None) -> float | None:
    if taking is None:
        return None
    return 0.0 if taking.began_s is None else min((taking.last_s - taking.began_s) / TAKE_S, 1.0)
