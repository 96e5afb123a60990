"""Trains a tiny network several times: ``python twice.py DATA FOLDER``. Prints the largest differences of a weight."""

from __future__ import annotations

import contextlib
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from training.data import load
from training.learn import learn
from training.network import build
from training.plans import Plan

PLAN = Plan(width=4, epochs=2, seed=3, batch=4)


class Stopped(Exception):
    """Somebody pulled the plug."""


def stop(_epoch: object) -> None:
    raise Stopped


def main(data_path: str, folder: str) -> None:
    data, root = load(Path(data_path)), Path(folder)

    def trained(name: str, plan: Plan = PLAN) -> list[np.ndarray]:
        return list(learn(plan, data, root / name, precision="float32").get_weights())

    def difference(first: list[np.ndarray], second: list[np.ndarray]) -> float:
        return max(float(np.abs(one - other).max()) for one, other in zip(first, second, strict=True))

    first = trained("first")
    with contextlib.suppress(Stopped):
        learn(PLAN, data, root / "resumed", precision="float32", on_epoch=stop)
    scales = [layer.scale for layer in build(PLAN).layers if layer.name.startswith("fused")]
    answers = {
        "again": difference(first, trained("again")),
        "other seed": difference(first, trained("other", replace(PLAN, seed=4))),
        "resumed": difference(first, trained("resumed")),
        "last scales": sorted({float(np.asarray(scale).max()) for scale in scales})[:1],
    }
    sys.stdout.write("\n" + json.dumps(answers) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
