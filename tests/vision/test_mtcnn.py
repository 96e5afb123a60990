from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
import pytest

from emotion.settings import Settings
from emotion.types import Box, Detection, Image
from emotion.vision.assets import Models
from emotion.vision.mtcnn import Mtcnn, pyramid_scales


@pytest.fixture(scope="module")
def detector(settings: Settings, models: Models) -> Mtcnn:
    return Mtcnn(models, settings.but(min_face_px=20))


def scaled(image: Image, width: int, height: int) -> Image:
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def turned(image: Image, angle_deg: float) -> Image:
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle_deg, 1)
    return np.asarray(cv2.warpAffine(image, turn, (width, height)), dtype=np.uint8)


def views(image: Image) -> dict[str, Image]:
    return {
        "as it is": image,
        "half": scaled(image, 256, 256),
        "a third": scaled(image, 171, 171),
        "wider": scaled(image, 640, 480),
        "two side by side": np.hstack([image, image]),
        "turned left": turned(image, 12),
        "turned right": turned(image, -15),
        "mirrored": np.ascontiguousarray(image[:, ::-1]),
        "cut at the face": np.ascontiguousarray(image[:, 205:]),
        "face only": np.ascontiguousarray(image[40:220, 150:300]),
        "dark": image // 4,
        "no face": np.ascontiguousarray(image[300:, 300:]),
    }


def furthest_landmark(found: Detection, expected: Sequence[Sequence[float]], width: float) -> float:
    gaps = np.array(found.landmarks) - np.array(expected)
    return float(np.hypot(gaps[:, 0], gaps[:, 1]).max() / width)


@pytest.mark.slow
def test_it_finds_what_mtcnn_finds(
    detector: Mtcnn, face_image: Image, ask_peer: Callable[[str, list[Image]], list[Any]]
) -> None:
    pictures = views(face_image)
    answers = dict(zip(pictures, ask_peer("mtcnn", list(pictures.values())), strict=True))
    assert sum(map(len, answers.values())) >= 11
    for name, expected in answers.items():
        found = list(detector.detect(pictures[name]))
        assert len(found) == len(expected), name
        for box, landmarks in expected:
            nearest = max(found, key=lambda detection: detection.box.overlap(Box(*box)))
            assert nearest.box.overlap(Box(*box)) >= 0.85, name
            assert furthest_landmark(nearest, landmarks, box[2]) <= 0.04, name


def test_a_face_with_its_landmarks(detector: Mtcnn, face_image: Image) -> None:
    (found,) = detector.detect(face_image)
    assert found.box.overlap(Box(180, 62, 86, 110)) > 0.8
    assert found.confidence > 0.95
    left_eye, right_eye, nose, left_mouth, right_mouth = found.landmarks
    assert left_eye[0] < nose[0] < right_eye[0]
    assert left_mouth[0] < right_mouth[0]
    assert left_eye[1] < nose[1] < left_mouth[1]


def test_a_quicker_search_for_a_camera_finds_the_same(settings: Settings, models: Models, face_image: Image) -> None:
    exact, live = Mtcnn(models, settings), Mtcnn(models, settings, live=True)
    for name, image in views(face_image).items():
        for picture in (image, np.pad(image, ((0, 1), (0, 1), (0, 0)), mode="edge")):
            expected, found = exact.detect(picture), live.detect(picture)
            assert len(found) == len(expected), name
            overlaps = [max(face.box.overlap(known.box) for known in expected) for face in found]
            assert min(overlaps, default=1.0) >= 0.9, name


def test_where_the_smallest_face_fills_the_window_nothing_is_left_out(
    detector: Mtcnn, settings: Settings, models: Models, face_image: Image
) -> None:
    live = Mtcnn(models, settings.but(min_face_px=20), live=True)
    assert live.detect(face_image) == detector.detect(face_image)


def test_the_picture_is_left_as_it_was(detector: Mtcnn, face_image: Image) -> None:
    frozen = face_image.copy()
    frozen.setflags(write=False)
    assert detector.detect(frozen) == detector.detect(face_image)


def test_boxes_stay_within_the_picture(detector: Mtcnn, face_image: Image) -> None:
    cut = np.ascontiguousarray(face_image[70:, 190:])
    (found,) = detector.detect(cut)
    assert found.box.x >= 0
    assert found.box.y >= 0


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param([], [], id="nobody"),
        pytest.param([Box(180, 62, 86, 110)], [True], id="where it is"),
        pytest.param([Box(200, 72, 86, 110)], [True], id="a quarter of its width aside"),
        pytest.param([Box(180, 70, 60, 80)], [True], id="it came nearer"),
        pytest.param([Box(330, 300, 86, 110)], [False], id="where nobody is"),
        pytest.param([Box(900, 900, 86, 110)], [False], id="outside the picture"),
        pytest.param([Box(50, 50, 0, 0)], [False], id="a box of no size"),
        pytest.param([Box(330, 300, 86, 110), Box(180, 62, 86, 110)], [False, True], id="one of two, in their order"),
    ],
)
def test_known_faces_are_found_again(detector: Mtcnn, face_image: Image, asked: list[Box], found: list[bool]) -> None:
    (scanned,) = detector.detect(face_image)
    refined = detector.refine(face_image, asked)
    assert [face is not None for face in refined] == found
    assert all(face.box.overlap(scanned.box) >= 0.85 for face in refined if face)
    assert all(furthest_landmark(face, scanned.landmarks, scanned.box.width) <= 0.04 for face in refined if face)


@pytest.mark.parametrize(
    ("width", "height"),
    [
        pytest.param(1, 1, id="one pixel"),
        pytest.param(11, 300, id="narrower than a window"),
        pytest.param(12, 12, id="just a window"),
        pytest.param(16, 16, id="16x16"),
        pytest.param(17, 40, id="upright"),
        pytest.param(640, 20, id="a strip"),
        pytest.param(333, 217, id="odd sides"),
    ],
)
def test_any_size_works(settings: Settings, models: Models, width: int, height: int) -> None:
    image = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    for smallest in (12, 20, 40, 500):
        assert list(Mtcnn(models, settings.but(min_face_px=smallest)).detect(image)) == []


def test_pictures_may_change_their_size_from_one_to_the_next(detector: Mtcnn, face_image: Image) -> None:
    counts = [len(detector.detect(scaled(face_image, side, side))) for side in (512, 300, 512, 16, 256)]
    assert counts == [1, 1, 1, 0, 1]


def test_smaller_faces_than_asked_for_are_left_out(settings: Settings, models: Models, face_image: Image) -> None:
    assert list(Mtcnn(models, settings.but(min_face_px=300)).detect(face_image)) == []


def test_the_thresholds_count(settings: Settings, models: Models, face_image: Image) -> None:
    assert list(Mtcnn(models, settings.but(mtcnn_thresholds=(0.6, 0.7, 1.0))).detect(face_image)) == []


@pytest.mark.parametrize(
    ("shorter_side", "min_face_px", "expected"),
    [
        pytest.param(512, 20, 10, id="as many as mtcnn makes"),
        pytest.param(256, 20, 8, id="for half the picture too"),
        pytest.param(360, 40, 7, id="fewer for larger faces"),
        pytest.param(40, 40, 1, id="the face fills the picture"),
        pytest.param(39, 40, 0, id="the face would be larger than the picture"),
    ],
)
def test_sizes_of_the_pyramid(shorter_side: int, min_face_px: int, expected: int) -> None:
    scales = pyramid_scales(shorter_side, min_face_px, 0.709)
    assert len(scales) == expected
    assert all(int(shorter_side * scale) >= 12 for scale in scales)
