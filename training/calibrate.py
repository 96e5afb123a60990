"""Makes scores mean what they say: 0.8 is right in four of five cases.

Two numbers are fitted on the validation part. The temperature (Guo et al. 2017, arXiv:1706.04599) divides the logits.
The prior's share takes back how rare an emotion was in the training (logit adjustment, Menon et al. 2021,
arXiv:2007.07314): each logit loses that many times the logarithm of its emotion's frequency; below 0 it takes back what
the weights of the loss did. Two numbers cannot learn 3,529 faces by heart; how little they do is measured by fitting
each half and judging the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.data import Floats
from training.measure import Labels, Shares, accuracy, mean_recall, softmax

PRIOR_SHARES = np.arange(-0.4, 0.81, 0.05)
# How much accuracy the rare emotions may cost.
WORTH = 0.002
TEMPERATURES = np.exp(np.arange(-0.7, 0.71, 0.02))


@dataclass(frozen=True, slots=True)
class Calibration:
    """What is done to logits before their softmax: ``(logits + shift) / temperature``."""

    temperature: float
    prior_share: float
    shift: tuple[float, ...]

    def probabilities(self, logits: Floats) -> Shares:
        """The mean of a face's and its mirror image's scores, as the product takes it.

        ``logits`` has the shape ``(views, n, 7)``; the result ``(n, 7)``.
        """
        return np.asarray(softmax((logits + np.array(self.shift)) / self.temperature).mean(axis=0))


def fit(logits: Floats, labels: Labels, frequency: Floats) -> Calibration:
    """The prior's share with the highest mean recall of those near the best accuracy, then the likeliest temperature.

    ``logits`` has the shape ``(views, n, 7)``, ``frequency`` is that of the emotions in the training, shape ``(7,)``.
    """
    candidates = [_shifted(float(share), frequency) for share in PRIOR_SHARES]
    said = [one.probabilities(logits).argmax(axis=1) for one in candidates]
    right = [accuracy(labels, answers) for answers in said]
    good = [at for at in range(len(candidates)) if right[at] >= max(right) - WORTH]
    best = candidates[max(good, key=lambda at: mean_recall(labels, said[at]))]
    tempered = [Calibration(float(value), best.prior_share, best.shift) for value in TEMPERATURES]
    return min(tempered, key=lambda one: _surprise(one, logits, labels))


def crossed(logits: Floats, labels: Labels, frequency: Floats, *, seed: int) -> Shares:
    """Scores of all faces, each half of them calibrated on the other one, shape ``(n, 7)``."""
    order = np.random.default_rng(seed).permutation(len(labels))
    scores = np.empty(logits.shape[1:])
    for mine, other in (np.array_split(order, 2), np.array_split(order, 2)[::-1]):
        scores[mine] = fit(logits[:, other], labels[other], frequency).probabilities(logits[:, mine])
    return scores


def _shifted(share: float, frequency: Floats) -> Calibration:
    shift = -share * np.log(frequency)
    return Calibration(1.0, share, tuple(float(value) for value in shift - shift.mean()))


def _surprise(one: Calibration, logits: Floats, labels: Labels) -> float:
    """Mean negative log-likelihood of the labels."""
    chosen = one.probabilities(logits)[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(chosen, 1e-12)).mean())
