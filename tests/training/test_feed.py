from __future__ import annotations

import threading
from dataclasses import replace

import cv2
import numpy as np
import pytest

from training.augment import CHANGES, Change, changed, moved
from training.data import Examples
from training.feed import Batch, batches, make_batch, steps_per_epoch
from training.plans import Plan

PLAN = Plan(width=4, epochs=3, seed=5, batch=4)


def examples(count: int) -> Examples:
    random = np.random.default_rng(0)
    shares = np.eye(7, dtype=np.float32)[np.arange(count) % 7]
    return Examples(random.integers(0, 256, (count, 48, 48), dtype=np.uint8), shares, np.ones(count, dtype=np.float32))


def same(first: Batch, second: Batch) -> bool:
    return np.array_equal(first.inputs, second.inputs) and np.array_equal(first.targets, second.targets)


@pytest.mark.parametrize(
    "change", [moved, *(change for _, change in CHANGES), changed], ids=lambda change: change.__name__
)
def test_a_change_is_another_face_of_the_same_kind(change: Change) -> None:
    face = examples(1).images[0]
    before = face.copy()
    first, again, other = (change(face, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.shape == (48, 48)
    assert first.dtype == np.uint8
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert np.array_equal(face, before)


def test_the_same_seed_epoch_and_place_give_the_same_batch() -> None:
    data = examples(11)
    first, again = list(batches(data, PLAN, 1)), list(batches(data, PLAN, 1))
    assert len(first) == steps_per_epoch(data, PLAN) == 2
    assert all(map(same, first, again))
    assert not same(first[0], next(iter(batches(data, PLAN, 2))))
    assert not same(first[0], next(iter(batches(data, replace(PLAN, seed=6), 1))))


def test_batches_are_what_the_network_takes() -> None:
    batch = next(iter(batches(examples(8), PLAN, 0)))
    assert batch.inputs.shape == (4, 48, 48, 1)
    assert batch.inputs.dtype == batch.targets.dtype == batch.weights.dtype == np.float32
    assert -1 <= batch.inputs.min() <= batch.inputs.max() <= 1
    assert batch.targets.sum(axis=1) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(("mixup", "pure"), [pytest.param(0.0, True, id="off"), pytest.param(50.0, False, id="on")])
def test_mixing(mixup: float, pure: bool) -> None:
    """With such a parameter every pair is mixed about half and half, in half of the batches."""
    made = [
        make_batch(examples(7), replace(PLAN, mixup=mixup), np.arange(7), np.random.default_rng(seed))
        for seed in range(8)
    ]
    assert all(set(batch.targets.ravel().tolist()) == {0.0, 1.0} for batch in made) == pure


def test_nobody_goes_on_making_batches_that_nobody_wants() -> None:
    feed = batches(examples(400), PLAN, 0)
    next(feed)
    feed.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "batches"]


def test_what_goes_wrong_beside_is_raised_here() -> None:
    broken = replace(examples(8), images=np.zeros((8, 0, 0), dtype=np.uint8))
    with pytest.raises(cv2.error):
        list(batches(broken, PLAN, 0))
