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

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from emotion.types import Emotion, Face, Scores

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
# Reckoned, not measured on people: who shows something else for a share s of the time is at 2 s (1 - s), so this
# forgives one part in nine.
MOST_MOVED = 0.2

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


def mean_scores(many: Iterable[Scores]) -> Scores:
    """The mean of each emotion's scores; of at least one."""
    values = [scores.values for scores in many]
    return Scores(tuple(sum(column) / len(values) for column in zip(*values, strict=True)))


def _distance(one: Scores, other: Scores) -> float:
    return sum(abs(a - b) for a, b in zip(one.values, other.values, strict=True)) / 2
