"""Cutting faces out of pictures, the way the emotion network was found to read them best."""

from __future__ import annotations

import math

from emotion.pixels import crop
from emotion.settings import DetectorName
from emotion.types import Box, Detection, Image

# How much wider than the detector's box a chip is, as a share of it, with fer's network. Labelled web pictures,
# right of 1,857: MTCNN 0.496 at 0.1, 0.493 at 0.2, 0.473 at 0.3. On one half of them, by this code, right of 929 (mean
# recall): MTCNN 0.489 (0.454) at 0.05, 0.497 (0.458) at 0.1, 0.499 (0.460) at 0.15, 0.502 (0.435) at 0.2, 0.516 (0.444)
# at 0.25, 0.512 (0.431) at 0.3, 0.492 (0.415) at 0.35; Haar 0.425 (0.385) at 0.2, 0.439 (0.421) at 0.25, 0.454 (0.407)
# at 0.3, 0.450 (0.391) at 0.35. So MTCNN's is flat from 0.1 to 0.3 and the halves differ on which end is better: the
# middle of what both like. fer itself adds 10 pixels whatever the size of the face, which is worse for both detectors.
GROWTH: dict[DetectorName, float] = {DetectorName.MTCNN: 0.15, DetectorName.HAAR: 0.3}


def face_chip(image: Image, detection: Detection, *, size: int, growth: float) -> Image:
    """The face as a square of ``size`` pixels about its box's centre, with level eyes where landmarks are known.

    What lies beyond the image is filled with its border. Any box will do, however small.
    """
    side = max(detection.box.width, detection.box.height, 1.0) * (1 + growth)
    center_x, center_y = detection.box.center
    square = Box(center_x - side / 2, center_y - side / 2, side, side)
    # Plain sampling: averaging large faces down was tried, and made fer's network no better (0.497 right, not 0.503).
    return crop(image, square, size=size, angle_deg=_tilt_deg(detection))


def _tilt_deg(detection: Detection) -> float:
    """The angle of the line from the left eye to the right one, clockwise; 0 without landmarks."""
    if not detection.landmarks:
        return 0.0
    (left_x, left_y), (right_x, right_y) = detection.landmarks[:2]
    return math.degrees(math.atan2(right_y - left_y, right_x - left_x))
