"""The whole way: training, calibration, LiteRT file, card and pictures."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from emotion.settings import Settings
from emotion.types import EMOTIONS
from emotion.vision import assets
from emotion.vision.card import Card
from emotion.vision.litert import Network
from emotion.vision.recipe import EMOTION, FER
from training.calibrate import Calibration, crossed, fit
from training.data import Data, Floats, scaled
from training.export import exact, to_litert
from training.frameworks import best_precision
from training.judge import judge, scores
from training.learn import LOG, learn, trained
from training.measure import calibration_error, logits
from training.pictures import calibration_curve, confusion_matrix, learning_curves
from training.plans import VERSION, Plan

NETWORK, CARD = "emotion.tflite", "emotion.json"
CONFUSION, CURVE, LEARNING = "model-confusion.png", "model-calibration.png", "model-learning.png"


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What the network said before its calibration, and the calibration that follows."""

    logits: Floats
    """Of the judged faces and their mirror images, shape ``(2, n, 7)``."""
    frequency: Floats
    """Of the emotions in the training, shape ``(7,)``."""
    calibration: Calibration


@dataclass(frozen=True, slots=True)
class Made:
    """A finished run."""

    folder: Path
    card: Card

    def files(self, root: Path) -> Iterator[tuple[Path, Path]]:
        """What belongs into the repository at ``root``, and where."""
        for name in (NETWORK, CARD):
            yield self.folder / name, root / "emotion" / "vision" / "weights" / name
        for name in (CONFUSION, CURVE, LEARNING):
            yield self.folder / name, root / "docs" / "images" / name
        yield self.folder / LOG, root / "training" / LOG

    def in_words(self) -> str:
        lines = [f"{'':10}{'accuracy':>10}{'mean recall':>13}{'95 %':>18}{'calibration':>13}"]
        for name, one in (("emotion", self.card.ours), ("fer", self.card.fer)):
            low, high = one.interval
            between = f"{low:.3f} to {high:.3f}"
            figures = f"{one.accuracy:10.4f}{one.mean_recall:13.4f}{between:>18}{one.calibration_error:13.4f}"
            lines.append(f"{name:10}{figures}")
        lines += [f"{emotion:10}{ours:10.3f}" for emotion, ours in zip(EMOTIONS, self.card.ours.recall, strict=True)]
        return "\n".join(lines)


def make(data: Data, plan: Plan, out: Path, *, on_step: Callable[[str], object]) -> Made:
    """Do everything, or what is left of it, and write all results to ``out``."""
    precision = best_precision()
    on_step(f"{len(data.train)} faces to learn from, {len(data.valid.labels)} to judge by, in {precision}")
    network = trained(plan, out, precision=precision)
    if network is None:
        on_step(f"{plan.epochs} passes, each with its learning rate, loss, accuracy, mean recall and seconds")
        network = learn(plan, data, out, precision=precision, on_epoch=lambda epoch: on_step("  ".join(epoch.row())))
    network = exact(network, plan)
    inputs = scaled(data.valid.images)
    views = np.stack([logits(network, inputs), logits(network, inputs[:, :, ::-1])])
    frequency = _frequency(data)
    calibration = fit(views, data.valid.labels, frequency)
    file = to_litert(network, calibration)
    (out / NETWORK).write_bytes(file)
    card = _card(data, plan, network, file, Calibrated(views, frequency, calibration))
    (out / CARD).write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8")
    made = Made(out, card)
    _draw(made)
    return made


def _frequency(data: Data) -> Floats:
    """How often each emotion was seen in the training, shape ``(7,)``."""
    seen = (data.train.shares * data.train.weights[:, None]).sum(axis=0)
    return np.asarray(np.maximum(seen / seen.sum(), 1e-6), dtype=np.float32)


def _card(data: Data, plan: Plan, network: Any, file: bytes, calibrated: Calibrated) -> Card:
    cache = Settings.load().cache_dir
    assets.prepare(cache)
    labels, seed = data.valid.labels, plan.seed
    ours = scores(Network(file, name=NETWORK), EMOTION, data.valid)
    theirs = scores(Network(assets.load(cache).fer, name="fer"), FER, data.valid)
    by_halves = crossed(calibrated.logits, labels, calibrated.frequency, seed=seed)
    before_export = calibrated.calibration.probabilities(calibrated.logits)
    return Card(
        version=VERSION,
        parameters=int(network.count_params()),
        seed=seed,
        epochs=plan.epochs,
        faces_trained=len(data.train),
        faces_judged=len(labels),
        temperature=round(calibrated.calibration.temperature, 4),
        prior_share=round(calibrated.calibration.prior_share, 4),
        crossed_calibration_error=round(calibration_error(labels, by_halves), 4),
        litert_difference=round(float(np.abs(ours - before_export).max()), 5),
        sha256=hashlib.sha256(file).hexdigest(),
        ours=judge(data.valid, ours, seed=seed),
        fer=judge(data.valid, theirs, seed=seed),
    )


def _draw(made: Made) -> None:
    confusion_matrix(made.card.ours, made.folder / CONFUSION)
    calibration_curve(made.card.ours, made.card.fer, made.folder / CURVE)
    learning_curves(made.folder / LOG, made.folder / LEARNING)
