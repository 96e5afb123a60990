"""A person's own neutral face: what this network says of it, and scores relative to that.

Some faces look sad or angry to a network while they rest. Five seconds of a neutral face tell how one person's does;
from then on this person's scores are corrected for it.

The correction is that of a classifier for classes that are more or less frequent than where it was trained (Saerens,
Latinne, Decaestecker: Adjusting the outputs of a classifier to new a priori probabilities, Neural Computation 14,
2002): each score is multiplied by how much a neutral face in general has of the emotion over how much this person's
has, and the sum is made what it was. So scores stay a distribution, an emotion that rises before the correction rises
after it, the neutral face itself comes out neutral, and who has a neutral face like everybody's is left as they are.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from emotion.live.history import LONGEST_STEP_S
from emotion.types import Analysis, Emotion, Face, Scores
from emotion.vision.tracking import PATIENCE_S

# Long enough for blinks and breath to average out, short enough to hold still.
TAKE_S = 5.0
# Two a second: fewer say too little.
FEWEST_PICTURES = 10
# What our network says of FER+'s 1,254 neutral faces (the neutral row of the card's confusions, as shares).
REFERENCE = Scores((0.014, 0.002, 0.002, 0.026, 0.074, 0.014, 0.868))
# Less of an emotion than this counts as this: no factor is then above 17 or below 1/20, and an emotion that neither
# neutral face shows keeps its score.
FLOOR = 0.05
# A picture below this quality (emotion/vision/quality.py) is too small, dark, blurred or turned away to learn from ...
POOR = 0.3
# ... and so many of them are forgiven.
MOST_POOR = 0.2
# Mean distance of the pictures' scores from their mean (half the sum of differences: 0 the same, 1 nothing in common).
# A face that holds still on a camera stays below 0.1; one that smiles half of the time has about 0.5.
MOST_MOVED = 0.2

# A sentence about what went wrong stands for so long.
SAID_S = 20.0

LOST = "The face went out of view. Stay in front of the camera for five seconds and press Neutral face again."
STALLED = "Too few pictures came. Wait until the video runs smoothly and press Neutral face again."
BLURRED = (
    "The face was turned away, too small, blurred or dark. Look straight into the camera, in good light, once more."
)
MOVED = "The face changed too much. Keep it relaxed and still for five seconds and press Neutral face again."


@dataclass(frozen=True, slots=True)
class Baseline:
    """One person's neutral face."""

    track: int
    """Whose it is; it ends when this person is lost from view."""
    scores: Scores
    """The mean of the frames' own scores."""
    at: str
    """When it was taken, ISO 8601 in UTC."""

    def adjust(self, scores: Scores) -> Scores:
        """``scores`` relative to this neutral face; their sum stays."""
        weighted = [score * weight for score, weight in zip(scores.values, self.weights, strict=True)]
        total = sum(weighted)
        if total <= 0:
            return scores
        share = sum(scores.values) / total
        return Scores(tuple(min(value * share, 1.0) for value in weighted))

    @property
    def weights(self) -> tuple[float, ...]:
        """What each score is multiplied with, before the sum is made right again."""
        pairs = zip(REFERENCE.values, self.scores.values, strict=True)
        return tuple(max(usual, FLOOR) / max(mine, FLOOR) for usual, mine in pairs)

    def as_facts(self) -> dict[str, object]:
        """JSON-able."""
        scores = {emotion.value: round(score, 4) for emotion, score in self.scores.as_dict().items()}
        return {"face": self.track, "taken": self.at, "scores": scores}


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


def complaint(faces: Sequence[Face]) -> str:
    """Why these pictures of one person make no neutral face, in a sentence that says what to do; "" if they do."""
    if len(faces) < FEWEST_PICTURES:
        return STALLED
    if sum(face.quality < POOR for face in faces) > MOST_POOR * len(faces):
        return BLURRED
    middle = mean_scores(face.raw for face in faces)
    if sum(_distance(face.raw, middle) for face in faces) / len(faces) > MOST_MOVED:
        return MOVED
    # With as much of neutral as FLOOR or more, the face itself comes out neutral by 0.6 at least.
    if middle[Emotion.NEUTRAL] < FLOOR:
        return (
            f"This face looks clearly {middle.dominant.value} ({middle[middle.dominant]:.2f}) and hardly neutral. "
            "Relax it and press Neutral face again."
        )
    return ""


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def mean_scores(many: Iterable[Scores]) -> Scores:
    """The mean of each emotion's scores; of at least one."""
    values = [scores.values for scores in many]
    return Scores(tuple(sum(column) / len(values) for column in zip(*values, strict=True)))


def _face(analysis: Analysis, track: int) -> Face | None:
    return next((face for face in analysis.faces if face.track == track), None)


def _progress(taking: _Taking | None) -> float | None:
    if taking is None:
        return None
    return 0.0 if taking.began_s is None else min((taking.last_s - taking.began_s) / TAKE_S, 1.0)


def _distance(one: Scores, other: Scores) -> float:
    return sum(abs(a - b) for a, b in zip(one.values, other.values, strict=True)) / 2
