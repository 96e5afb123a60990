"""OpenCV's frontal-face cascade: simpler than MTCNN, without landmarks, and blind to turned heads.

Viola and Jones 2001; the cascade is Rainer Lienhart's, shipped with OpenCV 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2

from emotion.errors import ModelError
from emotion.pixels import Gray, gray
from emotion.settings import Settings
from emotion.types import Box, Detection, Image
from emotion.vision.assets import file_of

CASCADE = "haarcascade_frontalface_default.xml"
# A known face is searched for this far around its last box, in widths, and between these sizes. Five neighbouring hits
# need a few steps of the pyramid on either side, hence not less than 1.3.
MARGIN, SIZE_FACTOR = 0.35, 1.35


def cascade_file(opencv: Path) -> Path:
    """The one in OpenCV's folder, or fer's copy: OpenCV 5, which a plain ``pip install .`` brings, has none."""
    path = opencv / "data" / CASCADE
    return path if path.is_file() else file_of("fer", f"data/{CASCADE}")


class Haar:
    """Finds frontal faces. It belongs to one thread: OpenCV's cascade keeps its working memory inside.

    Raises ModelError where neither OpenCV nor fer brings the cascade.
    """

    def __init__(self, settings: Settings) -> None:
        self._cascade = cv2.CascadeClassifier(str(cascade_file(Path(cv2.__file__).parent)))
        if self._cascade.empty():
            raise ModelError("This OpenCV cannot read its face cascade. Install the requirements again.")
        self._scale_factor = settings.haar_scale_factor
        self._neighbors = settings.haar_neighbors
        self._min_face_px = settings.min_face_px

    def detect(self, image: Image) -> Sequence[Detection]:
        """All faces of at least the smallest size, the most certain first."""
        return self._search(gray(image), smallest=self._min_face_px)

    def refine(self, image: Image, boxes: Sequence[Box]) -> Sequence[Detection | None]:
        """The face nearest to each box and of about its size, searched for there only: 1 to 3 ms instead of 60."""
        return [self._near(image, box) for box in boxes]

    def _near(self, image: Image, box: Box) -> Detection | None:
        margin = box.width * MARGIN
        left, top = max(int(box.x - margin), 0), max(int(box.y - margin), 0)
        bottom, right = max(int(box.bottom + margin) + 1, 0), max(int(box.right + margin) + 1, 0)
        around = image[top:bottom, left:right]
        if not around.size:
            return None
        smallest = max(round(box.width / SIZE_FACTOR), self._min_face_px)
        found = self._search(gray(around), smallest=smallest, largest=round(box.width * SIZE_FACTOR))
        placed = [replace(one, box=replace(one.box, x=one.box.x + left, y=one.box.y + top)) for one in found]
        # The nearest, not the surest: that may be a neighbour's.
        nearest = max(placed, key=lambda one: one.box.overlap(box), default=None)
        return nearest if nearest and nearest.box.overlap(box) > 0 else None

    def _search(self, pixels: Gray, *, smallest: int, largest: int = 0) -> list[Detection]:
        """The faces in grey pixels with sides from ``smallest`` to ``largest``, 0 for any."""
        boxes, neighbors = self._cascade.detectMultiScale2(
            pixels,
            scaleFactor=self._scale_factor,
            minNeighbors=self._neighbors,
            minSize=(smallest, smallest),
            maxSize=(largest, largest),
        )
        found = [
            Detection(Box(*(float(value) for value in box)), self._confidence(int(count)))
            for box, count in zip(boxes, neighbors, strict=True)
        ]
        return sorted(found, key=lambda detection: -detection.confidence)

    def _confidence(self, neighbors: int) -> float:
        """0.5 for a face with just enough neighbouring hits, towards 1 with more: an order, not a probability.

        The cascade's own stage weights would serve too, but OpenCV gives them only together with faces it rejected.
        """
        return neighbors / (neighbors + max(self._neighbors, 1))
