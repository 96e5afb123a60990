"""How good a network is on FER+'s validation part, asked in the way the product asks it."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from emotion.vision.card import Bin, Judgement
from emotion.vision.recipe import Recipe
from emotion.vision.scoring import Network, NetworkClassifier
from training.data import Judged
from training.measure import (
    Shares,
    accuracy,
    calibration_error,
    confusion,
    interval,
    mean_recall,
    recalls,
    reliability,
)

# Faces scored at once; the network takes two pictures of each.
CHUNK = 64


def scores(network: Network, recipe: Recipe, faces: Judged) -> Shares:
    """What the product's own classifier says about each face, shape ``(n, 7)``."""
    classifier = NetworkClassifier(network, recipe)
    chips = np.repeat(faces.images[..., None], 3, axis=3)
    parts = [list(chips[at : at + CHUNK]) for at in range(0, len(chips), CHUNK)]
    return np.array([one.values for part in parts for one in classifier.classify(part)])


def judge(faces: Judged, said: Shares, *, seed: int) -> Judgement:
    """All that the model card tells about a network's scores."""
    labels, answers = faces.labels, said.argmax(axis=1)
    low, high = interval(labels, answers, seed=seed)
    return Judgement(
        accuracy=_rounded(accuracy(labels, answers)),
        mean_recall=_rounded(mean_recall(labels, answers)),
        interval=(_rounded(low), _rounded(high)),
        recall=tuple(map(_rounded, recalls(labels, answers))),
        confusion=tuple(tuple(map(int, row)) for row in confusion(labels, answers)),
        calibration_error=_rounded(calibration_error(labels, said)),
        reliability=tuple(
            Bin(**{name: round(value, 4) for name, value in asdict(one).items()}) for one in reliability(labels, said)
        ),
    )


def _rounded(value: float) -> float:
    """Four digits: one face in 3,529 is 0.0003."""
    return round(float(value), 4)
