"""Faces as the product's own detectors will cut them out: moved, turned, grown, badly lit, blurred, small, covered.

Each function takes one grey picture (48 x 48, uint8) and a random generator, and returns another picture.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np

from training.data import SIDE_PX, Pictures

Random = np.random.Generator
Change = Callable[[Pictures, Random], Pictures]


def moved(face: Pictures, random: Random, reach: float = 1.0) -> Pictures:
    """Mirrored, turned, shifted, stretched, and cut wider or tighter.

    MTCNN's and Haar's boxes of the same face differ by up to a quarter in size and a tenth in place; turns are what is
    left where a detector gives no eyes to level. What lies beyond the picture is its border, as in the product.
    """
    angle = np.clip(random.normal(0, 9 * reach), -30, 30)
    zoom = np.exp(random.uniform(-0.15, 0.22) * reach)
    stretch = np.exp(random.normal(0, 0.04 * reach))
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    matrix = np.array([[cos * stretch, -sin], [sin, cos / stretch]]) * zoom
    if random.random() < 0.5:
        matrix[:, 0] *= -1
    middle = np.full(2, (SIDE_PX - 1) / 2)
    shift = middle - matrix @ (middle + random.uniform(-4, 4, 2) * reach)
    to_face = np.column_stack([matrix, shift])
    return _pixels(cv2.warpAffine(face, to_face, (SIDE_PX, SIDE_PX), borderMode=cv2.BORDER_REPLICATE))


def lit(face: Pictures, random: Random) -> Pictures:
    """Another brightness, contrast and gamma, and sometimes light from one side."""
    levels = (np.arange(256) / 255) ** np.exp(random.normal(0, 0.2))
    levels = (levels - 0.5) * np.exp(random.normal(0, 0.25)) + 0.5 + random.normal(0, 0.1)
    changed = cv2.LUT(face, (levels.clip(0, 1) * 255).astype(np.uint8))
    if random.random() < 0.15:
        across, down = random.normal(0, 40, 2)
        slope = np.linspace(-1, 1, SIDE_PX)
        changed = (changed + across * slope + down * slope[:, None]).clip(0, 255).astype(np.uint8)
    return _pixels(changed)


def blurred(face: Pictures, random: Random) -> Pictures:
    return _pixels(cv2.GaussianBlur(face, (0, 0), random.uniform(0.4, 1.3)))


def small(face: Pictures, random: Random) -> Pictures:
    """A face of few pixels, enlarged."""
    side = int(random.integers(18, 40))
    shrunk = cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA)
    return _pixels(cv2.resize(shrunk, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_LINEAR))


def squeezed(face: Pictures, random: Random) -> Pictures:
    """The marks of JPEG."""
    _, file = cv2.imencode(".jpg", face, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(15, 80))])
    return _pixels(cv2.imdecode(file, cv2.IMREAD_GRAYSCALE))


def noisy(face: Pictures, random: Random) -> Pictures:
    noise = random.normal(0, random.uniform(2, 12), face.shape)
    return (face + noise).clip(0, 255).astype(np.uint8)


def covered(face: Pictures, random: Random) -> Pictures:
    """A hand, a cup, a microphone: a plain rectangle somewhere (cutout, DeVries and Taylor 2017, arXiv:1708.04552)."""
    width, height = random.integers(8, 22, 2)
    left, top = random.integers(-4, SIDE_PX - 4, 2)
    changed = face.copy()
    changed[max(top, 0) : top + height, max(left, 0) : left + width] = random.integers(0, 256)
    return changed


# How often each happens, beside moving. All in all four of five faces stay sharp: most faces in front of a camera are.
CHANGES: tuple[tuple[float, Change], ...] = (
    (0.8, lit),
    (0.1, blurred),
    (0.12, small),
    (0.1, squeezed),
    (0.08, noisy),
    (0.3, covered),
)


def changed(face: Pictures, random: Random, severity: float = 1.0) -> Pictures:
    """The face as it might look in front of another camera: always moved, the rest by chance times ``severity``."""
    face = moved(face, random, math.sqrt(severity))
    for chance, change in CHANGES:
        if random.random() < chance * severity:
            face = change(face, random)
    return face


def _pixels(picture: object) -> Pictures:
    return np.asarray(picture, dtype=np.uint8)
