"""Making faces unrecognisable, before anything is drawn or kept.

What is blurred is replaced by a mosaic of a few mean colours, so nothing can be brought back from one picture. Only a
face that was found can be blurred.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from emotion.pixels import resize
from emotion.report.canvas import Area
from emotion.types import Box, Face, Image

# A detector's box holds the face from the brows to the chin; the head with hair and ears reaches so much further, in
# shares of the box. The rest is room for what a head moves by until it is found again (a tenth of a second).
ABOVE, BELOW, BESIDE = 0.6, 0.35, 0.45
# Cells along the shorter side of a blurred region: about four across the face itself. People name faces of 18 cells
# and fail below (Bachmann, Identification of spatially quantised tachistoscopic images of faces, 1991).
CELLS = 7
# A face that was just lost is most likely still where it was: hidden by a hand, turned away, moved by its own width.
HOLD_S = 1.0


class Blur:
    """Covers faces in the pictures of one recording or session. Pictures come in the order of time, in one thread."""

    def __init__(self, *, hold_s: float = HOLD_S) -> None:
        self._hold_s = hold_s
        self._seen: dict[int, tuple[float, Box]] = {}

    def see(self, time_s: float, faces: Iterable[Face], *, spared: int | None) -> None:
        """Who is in the picture at this time; ``spared`` is the track of whoever shall not be blurred."""
        for face in faces:
            self._seen[face.track] = (time_s, face.box)
        if spared is not None:
            self._seen.pop(spared, None)
        self._seen = {track: seen for track, seen in self._seen.items() if time_s - seen[0] <= self._hold_s}

    def cover(self, canvas: Image) -> tuple[Area, ...]:
        """Blurs everybody seen of late on ``canvas`` itself, and says where; their borders are even."""
        areas = regions((box for _, box in self._seen.values()), canvas.shape[1], canvas.shape[0])
        blur(canvas, areas)
        return areas


def blur(canvas: Image, areas: Iterable[Area]) -> None:
    """Blurs the areas of ``canvas``, which all lie inside it, in place. Where two overlap both hold."""
    for area in areas:
        part = area.of(canvas)
        cell = max(min(area.width, area.height) / CELLS, 1.0)
        columns, rows = max(math.ceil(area.width / cell), 1), max(math.ceil(area.height / cell), 1)
        part[...] = resize(resize(part, width=columns, height=rows), width=area.width, height=area.height)


def regions(boxes: Iterable[Box], width: int, height: int) -> tuple[Area, ...]:
    """The heads about these boxes of faces, cut at the borders of the picture. Their borders are even where they can
    be: video keeps one colour for two by two pixels, and the neighbours of a blurred one must not show it."""
    heads = (_head(box, width, height) for box in boxes)
    return tuple(head for head in heads if head is not None)


def _head(box: Box, width: int, height: int) -> Area | None:
    """Whole pixels, at least one, or None where it lies outside of the picture."""
    across = _span(box.x - BESIDE * box.width, box.right + BESIDE * box.width, width)
    down = _span(box.y - ABOVE * box.height, box.bottom + BELOW * box.height, height)
    if across is None or down is None:
        return None
    return Area(across[0], down[0], across[1] - across[0], down[1] - down[0])


def _span(start: float, end: float, length: int) -> tuple[int, int] | None:
    """From an even place to another or to the border, or None where nothing of it lies between 0 and ``length``."""
    if start >= length or end <= 0:
        return None
    first = math.floor(max(start, 0.0)) // 2 * 2
    last = (math.ceil(min(end, float(length))) + 1) // 2 * 2
    return first, min(max(last, first + 2), length)
