from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from emotion.types import Box, Detection, Image, Point
from emotion.vision.crops import face_chip
from emotion.vision.quality import quality

FACE = Box(178, 62, 90, 105)
EYES_AND_NOSE: tuple[Point, ...] = ((204, 104), (244, 101), (225, 126), (208, 146), (245, 144))


def blurred(image: Image, sigma: float) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), dtype=np.uint8)


def turned(nose_x: float) -> tuple[Point, ...]:
    return (*EYES_AND_NOSE[:2], (nose_x, 126.0), *EYES_AND_NOSE[3:])


def of(image: Image, *, shrunk: float = 1.0, landmarks: tuple[Point, ...] = EYES_AND_NOSE) -> float:
    height, width = image.shape[:2]
    small = cv2.resize(image, (round(width * shrunk), round(height * shrunk)), interpolation=cv2.INTER_AREA)
    box = Box(*(side * shrunk for side in (FACE.x, FACE.y, FACE.width, FACE.height)))
    detection = Detection(box, 0.99, tuple((x * shrunk, y * shrunk) for x, y in landmarks))
    return quality(detection, face_chip(np.asarray(small, dtype=np.uint8), detection, size=64, growth=0.15))


@pytest.mark.parametrize(
    ("spoil", "lowest", "highest"),
    [
        pytest.param(lambda image: of(image), 0.95, 1.0, id="a good face"),
        pytest.param(lambda image: of(image, landmarks=()), 0.95, 1.0, id="without landmarks"),
        pytest.param(lambda image: of(image, shrunk=0.5), 0.8, 1.0, id="52 pixels"),
        pytest.param(lambda image: of(image, shrunk=0.24), 0.0, 0.3, id="25 pixels"),
        pytest.param(lambda image: of(image, shrunk=0.14), 0.0, 0.0, id="tiny"),
        pytest.param(lambda image: of(blurred(image, 1)), 0.5, 1.0, id="a little soft"),
        pytest.param(lambda image: of(blurred(image, 5)), 0.0, 0.1, id="blurred"),
        pytest.param(lambda image: of(image // 2), 0.8, 1.0, id="half the light"),
        pytest.param(lambda image: of(image // 8), 0.0, 0.3, id="dark"),
        pytest.param(lambda image: of(image // 40), 0.0, 0.0, id="next to black"),
        pytest.param(lambda image: of(250 + image // 64), 0.0, 0.0, id="overexposed"),
        pytest.param(lambda image: of(110 + image // 30), 0.0, 0.3, id="no contrast"),
        pytest.param(lambda image: of(image, landmarks=turned(232)), 0.8, 1.0, id="turned a little"),
        pytest.param(lambda image: of(image, landmarks=turned(240)), 0.3, 0.7, id="turned"),
        pytest.param(lambda image: of(image, landmarks=turned(248)), 0.0, 0.1, id="in profile"),
        pytest.param(lambda image: of(image, landmarks=((224, 102),) * 5), 0.0, 0.0, id="eyes in one place"),
    ],
)
def test_quality(face_image: Image, spoil: Callable[[Image], float], lowest: float, highest: float) -> None:
    assert lowest <= spoil(face_image) <= highest


@pytest.mark.parametrize("size", [24, 48, 64, 224])
def test_chips_of_any_size_say_the_same(face_image: Image, size: int) -> None:
    detection = Detection(FACE, 0.99, EYES_AND_NOSE)
    assert quality(detection, face_chip(face_image, detection, size=size, growth=0.15)) > (0.9 if size > 24 else 0)
