"""How good answers are: accuracy, recall, calibration, and how sure of it one can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from training.data import SEVEN, Floats

Labels = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]

# Faces scored at once.
CHUNK = 512


def logits(network: Any, inputs: Floats) -> Floats:
    """What a keras network says, shape ``(n, 7)``."""
    parts = [np.asarray(network(inputs[at : at + CHUNK], training=False)) for at in range(0, len(inputs), CHUNK)]
    return np.concatenate(parts).astype(np.float32)


def probabilities(network: Any, inputs: Floats) -> Shares:
    return softmax(logits(network, inputs))


def softmax(values: npt.NDArray[np.floating[Any]]) -> Shares:
    powers = np.exp(values.astype(np.float64) - values.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def accuracy(labels: Labels, said: Labels) -> float:
    return float((labels == said).mean())


def confusion(labels: Labels, said: Labels) -> Labels:
    """Counts by truth (rows) and answer (columns), shape ``(7, 7)``."""
    return np.bincount(labels * SEVEN + said, minlength=SEVEN * SEVEN).reshape(SEVEN, SEVEN)


def recalls(labels: Labels, said: Labels) -> Shares:
    """Which share of each emotion's faces is named rightly, shape ``(7,)``; not a number for one without faces."""
    counts = confusion(labels, said)
    with np.errstate(invalid="ignore"):
        return np.asarray(counts.diagonal() / counts.sum(axis=1))


def mean_recall(labels: Labels, said: Labels) -> float:
    """Each emotion counts the same, however many faces it has."""
    return float(np.nanmean(recalls(labels, said)))


@dataclass(frozen=True, slots=True)
class Bin:
    """Faces whose highest score lies between two values."""

    low: float
    high: float
    faces: int
    score: float
    """Their mean highest score."""
    right: float
    """Which share of them is named rightly."""


def reliability(labels: Labels, scores: Shares, bins: int = 15) -> list[Bin]:
    """How right the highest scores are, in bins of equal width; bins without faces are left out."""
    highest, right = scores.max(axis=1), scores.argmax(axis=1) == labels
    place = np.minimum((highest * bins).astype(int), bins - 1)
    return [
        Bin(at / bins, (at + 1) / bins, int(here.sum()), float(highest[here].mean()), float(right[here].mean()))
        for at in range(bins)
        if (here := place == at).any()
    ]


def calibration_error(labels: Labels, scores: Shares) -> float:
    """The expected calibration error of the highest score, 15 bins (Naeini et al. 2015)."""
    return sum(one.faces * abs(one.score - one.right) for one in reliability(labels, scores)) / len(labels)


def interval(labels: Labels, said: Labels, *, seed: int, rounds: int = 2000) -> tuple[float, float]:
    """The 95 % interval of the mean recall, by drawing the faces again with replacement (bootstrap)."""
    random = np.random.default_rng(seed)
    draws = (random.integers(0, len(labels), len(labels)) for _ in range(rounds))
    values = [mean_recall(labels[draw], said[draw]) for draw in draws]
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)
