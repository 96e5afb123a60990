"""The pictures of the model card: confusion matrix, calibration curve, learning curves."""

from __future__ import annotations

import csv
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from emotion.types import EMOTIONS
from emotion.vision.card import Judgement

mpl.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "svg.hashsalt": "emotion"})
BLUE, GREY = "#0B63A5", "#9AA1AC"
# Above this share a cell is so dark that its number must be white.
DARK = 0.55


def confusion_matrix(judgement: Judgement, path: Path) -> None:
    """Which share of each emotion's faces (rows) was called what (columns)."""
    counts = np.array(judgement.confusion)
    shares = counts / counts.sum(axis=1, keepdims=True)
    figure = Figure(figsize=(5.6, 4.8), layout="constrained")
    axes = figure.subplots()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), share in np.ndenumerate(shares):
        color = "white" if share > DARK else "black"
        axes.text(column, row, f"{share:.0%}", ha="center", va="center", color=color)
    axes.set_xticks(range(len(EMOTIONS)), EMOTIONS, rotation=45, ha="right")
    rows = [f"{one} ({total})" for one, total in zip(EMOTIONS, counts.sum(axis=1), strict=True)]
    axes.set_yticks(range(len(EMOTIONS)), rows)
    axes.set(xlabel="said", ylabel="what most annotators saw (faces)")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    figure.savefig(path, dpi=120)


def calibration_curve(ours: Judgement, fer: Judgement, path: Path) -> None:
    """How often the highest score is right, for both networks."""
    figure = Figure(figsize=(5.6, 4.2), layout="constrained")
    axes: Axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color=GREY, linestyle=":", label="as it should be")
    for judgement, name, color in ((fer, "fer", GREY), (ours, "emotion", BLUE)):
        points = [(one.score, one.right) for one in judgement.reliability]
        label = f"{name} (expected error {judgement.calibration_error:.3f})"
        axes.plot(*zip(*points, strict=True), marker="o", color=color, label=label)
    axes.set(xlabel="highest score", ylabel="share that is right", xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes.legend(frameon=False, loc="upper left")
    figure.savefig(path, dpi=120)


def learning_curves(log: Path, path: Path) -> None:
    """Loss while learning, and accuracy and mean recall on the validation part, pass by pass."""
    with log.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    figure = Figure(figsize=(7.2, 3.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    _curve(left, rows, "loss", BLUE)
    left.set(xlabel="pass", title="loss, on changed faces")
    for column, color in (("valid_accuracy", BLUE), ("valid_mean_recall", GREY)):
        _curve(right, rows, column, color)
    right.set(xlabel="pass", title="validation, before calibration", ylim=(0.2, 0.9))
    right.legend(frameon=False, loc="lower right")
    figure.savefig(path, dpi=120)


def _curve(axes: Axes, rows: list[dict[str, str]], column: str, color: str) -> None:
    values = [float(row[column]) for row in rows]
    name = column.removeprefix("valid_").replace("_", " ")
    axes.plot(range(1, len(values) + 1), values, color=color, label=name)
    axes.grid(axis="y", color="#DDE0E5")
