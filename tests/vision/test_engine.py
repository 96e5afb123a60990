from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from emotion.errors import ModelError, ModelsNotPrepared, UnreadablePicture
from emotion.settings import Settings
from emotion.types import Box, Detection, Emotion, Frame, Image, Scores
from emotion.vision.assets import Models
from emotion.vision.engine import Engine


class EveryCorner:
    """A detector that says what it is told to, and counts its pictures."""

    def __init__(self, *boxes: Box) -> None:
        self.boxes = boxes
        self.pictures = 0

    def detect(self, image: Image) -> Sequence[Detection]:
        self.pictures += 1
        return [Detection(box, 0.9) for box in self.boxes]

    def refine(self, image: Image, boxes: Sequence[Box]) -> Sequence[Detection | None]:
        return [Detection(box, 0.8) for box in boxes]


class Brightness:
    """A classifier: white chips are happy, black ones sad."""

    chip_px = 6

    def classify(self, chips: Sequence[Image]) -> Sequence[Scores]:
        assert all(chip.shape == (6, 6, 3) for chip in chips)
        shares = [float(chip.mean()) / 255 for chip in chips]
        return [Scores.of({Emotion.HAPPY: share, Emotion.SAD: 1 - share}) for share in shares]


def frame(image: Image, index: int = 0) -> Frame:
    return Frame(index, index / 10, image)


def blank(width: int, height: int) -> Image:
    return np.zeros((height, width, 3), dtype=np.uint8)


def test_seeing_then_remembering_is_analysing(settings: Settings) -> None:
    image = blank(100, 60)
    image[:, :50] = 255
    parts = EveryCorner(Box(5, 5, 20, 20), Box(70, 5, 25, 25)), Brightness()
    engine, other = Engine(settings, *parts), Engine(settings, *parts)
    sighting = engine.see(frame(image, 4))
    assert [reading.scores.dominant for reading in sighting.readings] == [Emotion.HAPPY, Emotion.SAD]
    analysis = engine.memory.remember(sighting)
    assert analysis == other.analyze(frame(image, 4))
    assert [(face.track, face.scores.dominant) for face in analysis.faces] == [(1, Emotion.SAD), (2, Emotion.HAPPY)]


def test_watching_refines_where_seeing_scans(settings: Settings) -> None:
    detector = EveryCorner(Box(5, 5, 20, 20))
    engine = Engine(settings, detector, Brightness())
    watched = [engine.watch(frame(blank(50, 50), index)) for index in (0, 1, 2)]
    # The second scan confirms the newcomer.
    assert [sighting.readings[0].detection.confidence for sighting in watched] == [0.9, 0.9, 0.8]
    assert engine.see(frame(blank(50, 50), 3)).readings[0].detection.confidence == 0.9
    assert detector.pictures == 3


def test_every_reading_has_a_quality(settings: Settings) -> None:
    (reading,) = Engine(settings, EveryCorner(Box(5, 5, 20, 20)), Brightness()).see(frame(blank(50, 50))).readings
    assert reading.quality == 0


def test_seeing_remembers_nothing(settings: Settings) -> None:
    engine = Engine(settings, EveryCorner(Box(5, 5, 20, 20)), Brightness())
    assert engine.see(frame(blank(50, 50), 9)) == engine.see(frame(blank(50, 50), 9))
    assert engine.analyze(frame(blank(50, 50), 3)).faces[0].track == 1


@pytest.mark.parametrize(("width", "height"), [(1, 1), (11, 500), (500, 2)])
def test_pictures_too_small_for_a_face_are_not_looked_at(settings: Settings, width: int, height: int) -> None:
    detector = EveryCorner(Box(0, 0, 1, 1))
    assert Engine(settings, detector, Brightness()).analyze(frame(blank(width, height))).faces == ()
    assert detector.pictures == 0


def test_pictures_too_long_for_opencv(settings: Settings) -> None:
    with pytest.raises(UnreadablePicture, match="Make it smaller"):
        Engine(settings, EveryCorner(), Brightness()).see(frame(blank(33_000, 16)))


@pytest.mark.parametrize("detector", ["mtcnn", "haar"])
def test_a_real_face(settings: Settings, models: Models, face_image: Image, detector: str) -> None:
    engine = Engine.create(settings.but(detector=detector), models)
    for index in range(3):
        (face,) = engine.analyze(frame(face_image, index)).faces
        assert face.track == 1
        assert face.box.overlap(Box(178, 62, 90, 105)) > 0.6
        assert face.scores.dominant is Emotion.HAPPY
        assert sum(face.scores.values) == pytest.approx(1, abs=1e-5)


def test_models_come_from_the_cache_where_none_are_given(settings: Settings, models: Models, face_image: Image) -> None:
    given, cached = Engine.create(settings, models), Engine.create(settings)
    assert given.see(frame(face_image)) == cached.see(frame(face_image))


@pytest.mark.parametrize(
    ("detector", "model"),
    [
        pytest.param("mtcnn", "emotion", id="MTCNN's networks"),
        pytest.param("mtcnn", "fer", id="MTCNN's and fer's"),
        pytest.param("haar", "fer", id="fer's"),
    ],
)
def test_nothing_prepared(settings: Settings, tmp_path: Path, detector: str, model: str) -> None:
    with pytest.raises(ModelsNotPrepared, match="emotion models prepare"):
        Engine.create(settings.but(cache_dir=tmp_path, detector=detector, model=model))


def test_our_own_network_and_haar_need_no_preparation(settings: Settings, tmp_path: Path) -> None:
    Engine.create(settings.but(cache_dir=tmp_path, detector="haar", model="emotion"))


@pytest.mark.parametrize(
    ("model", "below", "label"),
    [
        pytest.param("emotion", 0.0, "happy", id="the settings may trust every score"),
        pytest.param("emotion", 1.0, "uncertain", id="or none"),
        pytest.param("emotion", None, "happy", id="the network's own threshold"),
        pytest.param("fer", None, "happy", id="that of fer's"),
    ],
)
def test_when_a_face_is_uncertain(settings: Settings, model: str, below: float | None, label: str) -> None:
    image = blank(50, 50)
    image[:] = 150  # happy by 0.59, which is above every network's own threshold
    engine = Engine(settings.but(model=model, uncertain_below=below), EveryCorner(Box(5, 5, 20, 20)), Brightness())
    assert engine.analyze(frame(image)).faces[0].label == label


def test_a_model_of_ones_own_that_is_not_there(settings: Settings) -> None:
    with pytest.raises(ModelError, match=r"There is no model file 'mine\.onnx'"):
        Engine.create(settings.but(model="mine.onnx", detector="haar"))


def test_info_names_what_decides(settings: Settings) -> None:
    info = Engine(settings.but(model="somewhere/mine.onnx"), EveryCorner(), Brightness()).info()
    assert (info["detector"], info["model"]) == ("mtcnn", "mine.onnx")
    assert all(info[name] != "not installed" for name in ("fer", "mtcnn", "ai-edge-litert", "opencv", "numpy"))
