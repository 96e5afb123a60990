"""Many frames to few rows, for charts: a line of a thousand pixels shows no more."""

from __future__ import annotations

import numpy as np

from emotion.report.columns import LABEL, LABELS, QUALITY, RAW, SCORES, WIDTH, Columns, Floats, Ints


def reduced(main: Columns, weights: Floats, points: int) -> Columns:
    """Stretches of ``main``'s frames, ``points`` in all and 2 at least, the last frame being a stretch of its own.

    ``main`` has at most one face per frame. Scores are means weighted by ``weights``, shape ``(m,)``, above 0: a frame
    without a face counts as zeros. The label is that of most weight, the quality the plain mean over the faces, number
    and box are those of the first face.
    """
    count = len(main.frames)
    stretches = max(points, 2) - 1
    stretch = np.append(np.arange(count - 1) * stretches // (count - 1), stretches)
    first = np.flatnonzero(np.diff(stretch, prepend=-1))
    faces = _faces(main, weights, first)
    begins = np.concatenate([[0], np.cumsum(np.diff(main.begins[[*first, count]]) > 0)])
    dominants = faces[:, SCORES].argmax(axis=1).astype(np.int8)
    return Columns(main.frames[first], main.times_s[first], begins, faces, dominants)


def _faces(main: Columns, weights: Floats, first: Ints) -> Floats:
    """One face for each stretch that has any."""
    edges = main.begins[[*first, len(main.frames)]]
    seen = np.flatnonzero(np.diff(edges))
    begins = edges[seen]
    # Of a frame without a face nothing adds to the sums, but its weight does to what they are divided by.
    totals = np.add.reduceat(weights, first)[seen, None]
    weighted = weights[main.counts > 0, None]
    faces = main.faces[begins, :WIDTH].copy()
    if not len(seen):
        return faces
    for part in (SCORES, RAW):
        faces[:, part] = np.add.reduceat(main.faces[:, part] * weighted, begins) / totals
    faces[:, QUALITY] = np.add.reduceat(main.faces[:, QUALITY], begins) / np.diff(edges)[seen]
    labelled = main.faces[:, LABEL, None] == np.arange(len(LABELS))
    faces[:, LABEL] = np.add.reduceat(labelled * weighted, begins).argmax(axis=1)
    return faces
