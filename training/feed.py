"""Batches for the training, made in a thread beside it. The same seed, epoch and place give the same batch."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from training.augment import changed
from training.data import Examples, Floats, scaled
from training.plans import Plan

# Batches made ahead: enough to bridge a garbage collection, few enough to start at once.
AHEAD = 8


@dataclass(frozen=True, slots=True)
class Batch:
    """What one step learns from."""

    inputs: Floats
    """Shape ``(n, 48, 48, 1)``, -1 to 1."""
    targets: Floats
    """Shape ``(n, 7)``."""
    weights: Floats
    """Shape ``(n,)``."""


def steps_per_epoch(examples: Examples, plan: Plan) -> int:
    """Whole batches only: a last one of three faces would upset the batch normalisation."""
    return max(len(examples) // plan.batch, 1)


def batches(examples: Examples, plan: Plan, epoch: int) -> Iterator[Batch]:
    """One pass over the examples in random order. The making thread ends with the iterator, abandoned or not."""
    order = np.random.default_rng((plan.seed, epoch)).permutation(len(examples))
    ready: queue.Queue[Batch | BaseException] = queue.Queue(AHEAD)
    stop = threading.Event()

    def make() -> None:
        try:
            for number in range(steps_per_epoch(examples, plan)):
                chosen = order[number * plan.batch : (number + 1) * plan.batch]
                random = np.random.default_rng((plan.seed, epoch, number))
                batch = make_batch(examples, plan, chosen, random)
                if not _put(ready, batch, stop):
                    return
        except BaseException as error:
            _put(ready, error, stop)

    maker = threading.Thread(target=make, name="batches", daemon=True)
    maker.start()
    try:
        for _ in range(steps_per_epoch(examples, plan)):
            made = ready.get()
            if isinstance(made, BaseException):
                raise made
            yield made
    finally:
        stop.set()
        maker.join()


def make_batch(examples: Examples, plan: Plan, chosen: np.ndarray, random: np.random.Generator) -> Batch:
    """The chosen examples, changed, and in half of all batches mixed in pairs (Zhang et al. 2018, arXiv:1710.09412)."""
    inputs = scaled(np.stack([changed(face, random, plan.severity) for face in examples.images[chosen]]))
    targets, weights = examples.shares[chosen], examples.weights[chosen]
    if plan.mixup > 0 and random.random() < 0.5:
        share = np.float32(random.beta(plan.mixup, plan.mixup))
        partner = random.permutation(len(chosen))
        inputs, targets, weights = (share * part + (1 - share) * part[partner] for part in (inputs, targets, weights))
    return Batch(inputs, targets, weights)


def _put(ready: queue.Queue[Batch | BaseException], item: Batch | BaseException, stop: threading.Event) -> bool:
    """Whether the item found a place before nobody wanted it any more."""
    while not stop.is_set():
        try:
            ready.put(item, timeout=0.2)
        except queue.Full:
            continue
        return True
    return False
