from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from emotion.settings import Settings
from emotion.types import Box, Image
from emotion.vision.haar import Haar, cascade_file


def test_a_frontal_face(settings: Settings, face_image: Image) -> None:
    (found,) = Haar(settings).detect(face_image)
    assert found.box.overlap(Box(175, 65, 95, 95)) > 0.6
    assert 0.5 <= found.confidence < 1
    assert found.landmarks == ()


def test_with_fewer_neighbours_asked_for_there_are_more_hits_and_the_surest_comes_first(
    settings: Settings, face_image: Image
) -> None:
    found = Haar(settings.but(haar_neighbors=1)).detect(face_image)
    assert len(found) > 1
    assert [one.confidence for one in found] == sorted((one.confidence for one in found), reverse=True)
    assert found[0].box.overlap(Box(175, 65, 95, 95)) > 0.6


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        pytest.param({"min_face_px": 60}, 1, id="smaller than the face"),
        pytest.param({"min_face_px": 200}, 0, id="larger than the face"),
        pytest.param({"min_face_px": 2000}, 0, id="larger than the picture"),
        pytest.param({"haar_scale_factor": 1.3}, 1, id="coarser steps"),
    ],
)
def test_settings_count(settings: Settings, face_image: Image, changes: dict[str, float], count: int) -> None:
    assert len(Haar(settings.but(**changes)).detect(face_image)) == count


@pytest.mark.parametrize("shape", [(1, 1, 3), (16, 16, 3), (12, 700, 3), (333, 217, 3)])
def test_any_size_works(settings: Settings, shape: tuple[int, int, int]) -> None:
    assert list(Haar(settings).detect(np.zeros(shape, dtype=np.uint8))) == []


def test_no_neighbours_asked_for(settings: Settings, face_image: Image) -> None:
    found = Haar(settings.but(haar_neighbors=0)).detect(face_image)
    assert all(0 < one.confidence <= 1 for one in found)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param([], [], id="nobody"),
        pytest.param([Box(175, 65, 95, 95)], [True], id="where it is"),
        pytest.param([Box(195, 75, 95, 95)], [True], id="a fifth of its width aside"),
        pytest.param([Box(185, 75, 80, 80)], [True], id="it came nearer"),
        pytest.param([Box(330, 300, 95, 95)], [False], id="where nobody is"),
        pytest.param([Box(900, 900, 95, 95)], [False], id="outside the picture"),
        pytest.param([Box(-50, -50, 20, 20)], [False], id="beyond the corner"),
        pytest.param([Box(330, 300, 95, 95), Box(175, 65, 95, 95)], [False, True], id="one of two, in their order"),
    ],
)
def test_known_faces_are_found_again(
    settings: Settings, face_image: Image, asked: list[Box], found: list[bool]
) -> None:
    haar = Haar(settings)
    (scanned,) = haar.detect(face_image)
    refined = haar.refine(face_image, asked)
    assert [face is not None for face in refined] == found
    assert all(face.box.overlap(scanned.box) >= 0.8 for face in refined if face)


def test_the_cascade_is_opencvs_or_else_fers(tmp_path: Path) -> None:
    """A plain ``pip install .`` brings OpenCV 5, which has no cascades."""
    assert cascade_file(Path(cv2.__file__).parent).is_relative_to(Path(cv2.__file__).parent)
    copy = cascade_file(tmp_path)
    assert "fer" in copy.parts
    assert not cv2.CascadeClassifier(str(copy)).empty()
