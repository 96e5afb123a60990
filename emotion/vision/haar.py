"""OpenCV's frontal-face cascade: simpler than MTCNN, without landmarks, and blind to turned heads.

Viola and Jones 2001; the cascade is Rainer Lienhart's, shipped with OpenCV 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2

from emotion.errors import ModelError
from emotion.pixels import gray
from emotion.settings import Settings
from emotion.types import Box, Detection, Image

CASCADE = "haarcascade_frontalface_default.xml"


class Haar:
    """Finds frontal faces. It belongs to one thread: OpenCV's cascade keeps its working memory inside.

    Raises ModelError where OpenCV came without its cascades (version 5 does).
    """

    def __init__(self, settings: Settings) -> None:
        path = Path(cv2.__file__).parent / "data" / CASCADE
        self._cascade = cv2.CascadeClassifier(str(path)) if path.is_file() else cv2.CascadeClassifier()
        if self._cascade.empty():
            raise ModelError("This OpenCV has no face cascade. Install version 4 of opencv-python-headless.")
        self._scale_factor = settings.haar_scale_factor
        self._neighbors = settings.haar_neighbors
        self._min_face_px = settings.min_face_px

    def detect(self, image: Image) -> Sequence[Detection]:
        """All faces of at least the smallest size, the most certain first."""
        boxes, neighbors = self._cascade.detectMultiScale2(
            gray(image),
            scaleFactor=self._scale_factor,
            minNeighbors=self._neighbors,
            minSize=(self._min_face_px, self._min_face_px),
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
