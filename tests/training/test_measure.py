from __future__ import annotations

import numpy as np
import pytest

from training.calibrate import crossed, fit
from training.measure import accuracy, calibration_error, confusion, interval, mean_recall, recalls, reliability
from training.plans import Plan

LABELS = np.array([0, 0, 0, 0, 1, 1])
SAID = np.array([0, 0, 0, 1, 1, 0])


def test_counts() -> None:
    assert accuracy(LABELS, SAID) == pytest.approx(4 / 6)
    assert recalls(LABELS, SAID)[:2].tolist() == [0.75, 0.5]
    assert np.isnan(recalls(LABELS, SAID)[2:]).all()
    assert mean_recall(LABELS, SAID) == pytest.approx(0.625)
    assert confusion(LABELS, SAID)[:2, :2].tolist() == [[3, 1], [1, 1]]


def scores(*highest: float) -> np.ndarray:
    """Each row's first emotion has this score, the rest share what is left."""
    return np.array([[top, *[(1 - top) / 6] * 6] for top in highest])


@pytest.mark.parametrize(
    ("labels", "given", "error"),
    [
        pytest.param([0] * 10, scores(*[1.0] * 10), 0.0, id="sure and right"),
        pytest.param([1] * 10, scores(*[1.0] * 10), 1.0, id="sure and wrong"),
        pytest.param([0] * 8 + [1] * 2, scores(*[0.8] * 10), 0.0, id="0.8 means 0.8"),
        pytest.param([0] * 5 + [1] * 5, scores(*[0.9] * 5, *[0.5] * 5), 0.3, id="two bins"),
    ],
)
def test_calibration_error(labels: list[int], given: np.ndarray, error: float) -> None:
    assert calibration_error(np.array(labels), given) == pytest.approx(error)


def test_bins_hold_every_face_once() -> None:
    given = scores(0.2, 0.5, 0.99, 1.0, 0.5)
    bins = reliability(np.zeros(5, dtype=int), given)
    assert sum(one.faces for one in bins) == 5
    assert all(one.low <= one.score <= one.high for one in bins)


def test_the_interval_holds_the_mean_recall() -> None:
    random = np.random.default_rng(3)
    labels = random.integers(0, 7, 700)
    said = np.where(random.random(700) < 0.8, labels, random.integers(0, 7, 700))
    low, high = interval(labels, said, seed=1, rounds=300)
    assert low < mean_recall(labels, said) < high
    assert high - low < 0.1


def loud(count: int, *, gain: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Logits, of a face and its mirror image, that are surer than they should be, and the labels."""
    random = np.random.default_rng(seed)
    honest = random.normal(0, 1.5, (count, 7))
    shares = np.exp(honest) / np.exp(honest).sum(axis=1, keepdims=True)
    labels = np.array([random.choice(7, p=row) for row in shares])
    return np.stack([honest, honest]) * gain, labels


@pytest.mark.parametrize("gain", [pytest.param(1.7, id="too sure"), pytest.param(0.6, id="not sure enough")])
def test_the_temperature_is_found(gain: float) -> None:
    logits, labels = loud(4000, gain=gain)
    even = np.full(7, 1 / 7)
    found = fit(logits, labels, even)
    assert found.temperature == pytest.approx(gain, rel=0.1)
    assert calibration_error(labels, found.probabilities(logits)) < 0.03
    assert calibration_error(labels, crossed(logits, labels, even, seed=1)) < 0.04


def test_scores_are_the_mean_of_both_views() -> None:
    logits, labels = loud(400, gain=1.0)
    found = fit(logits, labels, np.full(7, 1 / 7))
    one_sided = np.stack([logits[0], logits[0][:, ::-1]])
    both = found.probabilities(one_sided)
    assert both.sum(axis=1) == pytest.approx(1)
    assert both == pytest.approx(both[:, ::-1])


@pytest.mark.parametrize(
    ("step", "rate"),
    [
        pytest.param(0, 0.005, id="it starts small"),
        pytest.param(19, 0.1, id="rises for two passes"),
        pytest.param(60, 0.05, id="half way down"),
        pytest.param(99, 0.0, id="ends at nothing"),
    ],
)
def test_the_rate_is_one_cycle(step: int, rate: float) -> None:
    assert Plan(width=4, epochs=10, seed=1).rate(step, 10) == pytest.approx(rate, abs=1e-4)
