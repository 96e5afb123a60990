"""Arithmetic on many boxes at once, for MTCNN: arrays of shape ``(n, 4)`` with columns x1, y1, x2, y2, in pixels."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

# Rows compared at once: a huge picture gives ten thousand candidates, and a whole matrix of them would take gigabytes.
ROWS = 512


def squared(boxes: Floats, share: float = 1.0) -> Floats:
    """Squares about the same centres, as wide as the longer sides or that ``share`` of them."""
    sides = boxes[:, 2:] - boxes[:, :2]
    side = sides.max(axis=1, keepdims=True) * np.float32(share)
    corner = boxes[:, :2] + (sides - side) / 2
    return np.hstack([corner, corner + side])


def shifted(boxes: Floats, offsets: Floats) -> Floats:
    """The boxes with each corner moved by its share of the box's size, as R-Net and O-Net say.

    MTCNN counts sides with both end pixels, hence the 1.
    """
    sides = boxes[:, 2:] - boxes[:, :2] + 1
    return boxes + offsets * np.hstack([sides, sides])


def best(
    boxes: Floats, scores: Floats, limit: float, *, of: Literal["union", "smaller"] = "union"
) -> npt.NDArray[np.intp]:
    """Which boxes to keep, best first: those that no better one covers by more than ``limit`` of both or the smaller.

    A box that is not kept still suppresses others, as in the package mtcnn and unlike the usual way.
    """
    order = np.argsort(-scores, kind="stable")
    ranked = boxes[order]
    blocks = [ranked[start : start + ROWS] for start in range(0, len(ranked), ROWS)]
    kept = [_uncovered(block, ranked, index * ROWS, limit, of) for index, block in enumerate(blocks)]
    return order[np.concatenate(kept)] if kept else order


def _uncovered(block: Floats, ranked: Floats, start: int, limit: float, of: str) -> npt.NDArray[np.bool_]:
    """For each box of ``ranked[start:]``'s first block, whether no box before it covers it."""
    better = ranked[: start + len(block)]
    corner = np.maximum(block[:, None, :2], better[None, :, :2])
    sides = np.clip(np.minimum(block[:, None, 2:], better[None, :, 2:]) - corner, 0, None)
    shared = sides[..., 0] * sides[..., 1]
    one, other = _areas(block)[:, None], _areas(better)[None, :]
    whole = one + other - shared if of == "union" else np.minimum(one, other)
    covered = shared > limit * whole
    earlier = np.arange(len(better))[None, :] < start + np.arange(len(block))[:, None]
    return np.asarray(~(covered & earlier).any(axis=1))


def _areas(boxes: Floats) -> Floats:
    return np.asarray((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]))
