"""Calm scores: exponential smoothing in time, per track, the same at any frame rate."""

from __future__ import annotations

import math
from dataclasses import dataclass

from emotion.types import Scores


@dataclass(frozen=True, slots=True)
class Smoothed:
    """What is known of one track's scores at one time."""

    time_s: float
    raw: Scores
    scores: Scores


def smooth(before: Smoothed | None, raw: Scores, time_s: float, *, constant_s: float) -> Smoothed:
    """The scores after seeing ``raw`` at ``time_s``; ``constant_s`` is the time constant, 0 for none.

    The exact solution of ``constant_s * dy/dt = x - y`` for an ``x`` that runs straight from the last raw scores to
    these. The usual ``y += share * (x - y)`` takes ``x`` for a staircase whose steps depend on the frame rate.
    """
    if before is None or constant_s <= 0:
        return Smoothed(time_s, raw, raw)
    passed = (time_s - before.time_s) / constant_s
    if passed <= 0:
        return before
    keep = math.exp(-passed)
    mean_keep = (1 - keep) / passed
    terms = zip(before.scores.values, before.raw.values, raw.values, strict=True)
    values = (keep * old + (mean_keep - keep) * since + (1 - mean_keep) * now for old, since, now in terms)
    return Smoothed(time_s, raw, Scores(tuple(values)))
