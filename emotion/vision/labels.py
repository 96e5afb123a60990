"""What a face is called: an emotion that does not change at every flicker, or uncertain."""

from __future__ import annotations

from emotion.types import UNCERTAIN, Emotion, Scores

# An uncertain face gets a name again when its highest score is this much above the threshold.
CLEARLY = 0.05
NEW = ""
"""The label of a face before its first frame."""


def next_label(before: str, scores: Scores, *, margin: float, uncertain_below: float) -> str:
    """The label after ``scores``; ``before`` is the last one, or :data:`NEW`.

    Another emotion becomes the label when it leads the present one by ``margin``. Below ``uncertain_below`` there is no
    emotion; an uncertain face needs a little more than that.
    """
    best = scores.dominant
    highest = scores[best]
    clear = min(uncertain_below + CLEARLY, 1.0) if before == UNCERTAIN else uncertain_below
    if highest < clear:
        return UNCERTAIN
    if before in (NEW, UNCERTAIN):
        return best.value
    return best.value if highest - scores[Emotion(before)] >= margin else before
