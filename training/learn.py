"""The training loop: from random weights, or from a checkpoint, to averaged weights."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from training.data import Data, class_weights, scaled
from training.feed import batches, steps_per_epoch
from training.frameworks import tf
from training.measure import accuracy, mean_recall, probabilities
from training.network import build, load_weights, save_weights
from training.plans import Plan

CHECKPOINT = "checkpoint.npz"
WEIGHTS = "weights.npz"
LOG = "log.csv"
COLUMNS = ("epoch", "rate", "loss", "valid_accuracy", "valid_mean_recall", "seconds")


@dataclass(frozen=True, slots=True)
class Epoch:
    """A row of the log."""

    epoch: int
    rate: float
    loss: float
    valid_accuracy: float
    valid_mean_recall: float
    seconds: float

    def row(self) -> tuple[str, ...]:
        return (
            str(self.epoch),
            f"{self.rate:.5f}",
            f"{self.loss:.4f}",
            f"{self.valid_accuracy:.4f}",
            f"{self.valid_mean_recall:.4f}",
            f"{self.seconds:.1f}",
        )


class Learner:
    """A network, its averaged twin and the optimiser's memory."""

    def __init__(self, plan: Plan, *, precision: str, emotions: np.ndarray) -> None:
        """``emotions`` are the weights of the seven in the loss."""
        self.plan = plan
        self.network = build(plan, precision=precision)
        self.averaged = build(plan, precision=precision)
        self._emotions = tf.constant(emotions, tf.float32)
        self._speed = [tf.Variable(tf.zeros_like(weight)) for weight in self.network.trainable_variables]
        self._train = tf.function(self._step, reduce_retracing=True)

    def step(self, batch: Any, *, rate: float, kept: float) -> Any:
        """Learn from one batch; the loss, not waited for."""
        arrays = (tf.constant(part) for part in (batch.inputs, batch.targets, batch.weights))
        return self._train(*arrays, tf.constant(rate, tf.float32), tf.constant(kept, tf.float32))

    def state(self) -> list[np.ndarray]:
        """Everything that the next step depends on, the dropout's random state included."""
        return [np.asarray(variable) for variable in self._variables()]

    def restore(self, state: list[np.ndarray]) -> None:
        for variable, value in zip(self._variables(), state, strict=True):
            variable.assign(value)

    def _variables(self) -> list[Any]:
        return [*self.network.variables, *self.averaged.weights, *self._speed]

    def _step(self, inputs: Any, targets: Any, weights: Any, rate: Any, kept: Any) -> Any:
        """Nesterov's momentum with weight decay on kernels, then the average of the weights."""
        with tf.GradientTape() as tape:
            loss = self._loss(self.network(inputs, training=True), targets, weights)
        variables = self.network.trainable_variables
        for weight, slope, speed in zip(variables, tape.gradient(loss, variables), self._speed, strict=True):
            if len(weight.shape) > 1:
                slope += self.plan.weight_decay * weight
            speed.assign(self.plan.momentum * speed + slope)
            weight.assign_sub(rate * (slope + self.plan.momentum * speed))
        for mean, weight in zip(self.averaged.weights, self.network.weights, strict=True):
            mean.assign_sub((1 - kept) * (mean - weight))
        return loss

    def _loss(self, logits: Any, targets: Any, weights: Any) -> Any:
        """Cross-entropy to soft targets; each emotion and each picture by its weight."""
        parts = tf.reduce_sum(self._emotions * targets * tf.nn.log_softmax(logits), axis=1)
        return -tf.reduce_sum(weights * parts) / tf.reduce_sum(weights)


def learn(
    plan: Plan,
    data: Data,
    folder: Path,
    *,
    precision: str,
    on_epoch: Callable[[Epoch], object] = lambda epoch: None,
) -> Any:
    """Train what the plan says, and return the network with the averaged weights.

    Each finished epoch is kept in ``folder``: called again, it goes on after the last one as if never stopped.
    """
    folder.mkdir(parents=True, exist_ok=True)
    learner = Learner(plan, precision=precision, emotions=class_weights(data.train.shares, plan.balance))
    first = _resume(learner, folder)
    for epoch in range(first, plan.epochs):
        done = _pass(learner, data, epoch)
        _log(folder / LOG, done, first=epoch == 0)
        _keep(learner, folder, epoch + 1)
        on_epoch(done)
    save_weights(learner.averaged, folder / WEIGHTS)
    return learner.averaged


def trained(plan: Plan, folder: Path, *, precision: str) -> Any:
    """The network of a finished run, or None."""
    if not (folder / WEIGHTS).is_file():
        return None
    network = build(plan, precision=precision)
    load_weights(network, folder / WEIGHTS)
    return network


def _pass(learner: Learner, data: Data, epoch: int) -> Epoch:
    started = time.monotonic()
    plan, steps = learner.plan, steps_per_epoch(data.train, learner.plan)
    losses = []
    rate = 0.0
    for number, batch in enumerate(batches(data.train, plan, epoch)):
        step = epoch * steps + number
        rate = plan.rate(step, steps)
        losses.append(learner.step(batch, rate=rate, kept=plan.kept(step)))
    said = probabilities(learner.averaged, scaled(data.valid.images)).argmax(axis=1)
    return Epoch(
        epoch=epoch + 1,
        rate=rate,
        loss=float(np.mean([float(loss) for loss in losses])),
        valid_accuracy=accuracy(data.valid.labels, said),
        valid_mean_recall=mean_recall(data.valid.labels, said),
        seconds=time.monotonic() - started,
    )


def _resume(learner: Learner, folder: Path) -> int:
    """The number of epochs already done, their state restored."""
    path = folder / CHECKPOINT
    if not path.is_file():
        return 0
    with np.load(path) as file:
        learner.restore([file[f"arr_{number}"] for number in range(len(file.files) - 1)])
        return int(file["epochs"])


def _keep(learner: Learner, folder: Path, epochs: int) -> None:
    """Whole or not at all: a run may be stopped at any moment."""
    half = folder / f"half-{CHECKPOINT}"
    np.savez(half, *learner.state(), epochs=np.array(epochs))
    half.replace(folder / CHECKPOINT)


def _log(path: Path, epoch: Epoch, *, first: bool) -> None:
    with path.open("w" if first else "a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        if first:
            writer.writerow(COLUMNS)
        writer.writerow(epoch.row())
