"""Seven small bars beside a face: its scores where one looks anyway.

They stand in the order of the emotions, in their colours, on a dark ground that shows how long a full bar is.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from emotion.palette import RGB
from emotion.report.canvas import Area, Sprite, blit, fill
from emotion.report.patches import rounded
from emotion.types import EMOTIONS, Image, Scores

# At 480 lines a bar is 6 pixels high and a full one 60 long: thinner ones run together behind a video codec.
BAR_SHARE, LENGTH_SHARE = 1 / 80, 1 / 8
LEAST_BAR_PX, LEAST_LENGTH_PX = 3, 24
GROUND, GROUND_OPACITY = (12, 14, 18), 0.72
TRACK_OPACITY = 0.16


class FaceBars:
    """Draws the bars over pictures of one size. It holds no state; any thread may use it."""

    def __init__(self, size: tuple[int, int]) -> None:
        """``size`` is the pictures' width and height."""
        shorter = min(size)
        self._bar_px = max(LEAST_BAR_PX, round(shorter * BAR_SHARE))
        self._gap_px = max(1, self._bar_px // 3)
        self._length_px = max(LEAST_LENGTH_PX, round(shorter * LENGTH_SHARE))
        self._inset_px = 2 * self._gap_px
        self.width = self._length_px + 2 * self._inset_px
        self.height = len(EMOTIONS) * (self._bar_px + self._gap_px) - self._gap_px + 2 * self._inset_px
        self._fits = self.width <= size[0] and self.height <= size[1]

    def draw(self, canvas: Image, scores: Scores, box: Area, others: Sequence[Area]) -> Area | None:
        """Draws them beside ``box``, where they hide least of ``others``, and says where; None in a tiny picture."""
        if not self._fits:
            return None
        place = self._place(box, others, canvas.shape[1], canvas.shape[0])
        blit(
            canvas, _ground(self.width, self.height, self._inset_px, self._bar_px, self._gap_px), place.left, place.top
        )
        top = place.top + self._inset_px
        for emotion, score in zip(EMOTIONS, scores.values, strict=True):
            long = round(self._length_px * min(max(score, 0.0), 1.0))
            fill(canvas, RGB[emotion], Area(place.left + self._inset_px, top, long, self._bar_px))
            top += self._bar_px + self._gap_px
        return place

    def _place(self, box: Area, others: Sequence[Area], width: int, height: int) -> Area:
        """Right of the box, else left, below or above; always inside the picture. Its own face is hidden last."""
        gap, middle = 2 * self._gap_px, box.top + (box.height - self.height) // 2
        corners = (
            (box.right + gap, middle),
            (box.left - gap - self.width, middle),
            (box.left, box.bottom + gap),
            (box.left, box.top - gap - self.height),
        )
        places = [
            Area(min(max(left, 0), width - self.width), min(max(top, 0), height - self.height), self.width, self.height)
            for left, top in corners
        ]
        return min(places, key=lambda place: sum(_shared(place, other) for other in (box, *others)))


def _shared(one: Area, other: Area) -> int:
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    return max(width, 0) * max(height, 0)


@lru_cache(maxsize=8)
def _ground(width: int, height: int, inset: int, bar: int, gap: int) -> Sprite:
    """What lies behind the bars: a rounded dark plate, with a faint track for each."""
    plate = Sprite.of(rounded(width, height, inset) * GROUND_OPACITY, GROUND)
    tracks = np.zeros((height, width))
    for number in range(len(EMOTIONS)):
        top = inset + number * (bar + gap)
        tracks[top : top + bar, inset : width - inset] = TRACK_OPACITY
    return Sprite.of(tracks, (255, 255, 255)).over(plate)
