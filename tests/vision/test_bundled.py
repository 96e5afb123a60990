"""The networks that come with the product, and above all our own: what lies in the package is what was trained."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from emotion.errors import ModelsNotPrepared
from emotion.settings import DetectorName, Settings
from emotion.types import EMOTIONS, Emotion, Frame, Image, Scores
from emotion.vision import bundled
from emotion.vision.assets import Models
from emotion.vision.card import read_card
from emotion.vision.classifiers import make_classifier
from emotion.vision.engine import Engine
from emotion.vision.litert import Network
from emotion.vision.recipe import EMOTION
from emotion.vision.scoring import NetworkClassifier

SIDE = 48


@pytest.fixture(scope="module")
def network() -> Network:
    return Network(bundled.our_weights(), name=bundled.OURS)


def pattern(kind: str) -> np.ndarray:
    """A made-up grey picture, 48 x 48."""
    down, across = np.mgrid[0:SIDE, 0:SIDE]
    pictures = {
        "black": np.zeros((SIDE, SIDE)),
        "white": np.full((SIDE, SIDE), 255),
        "slope": across * 5,
        "waves": 127.5 + 120 * np.sin(across / 3) * np.cos(down / 4),
    }
    return pictures[kind].astype(np.uint8)


def test_the_card_is_of_this_file() -> None:
    assert read_card().sha256 == hashlib.sha256(bundled.our_weights()).hexdigest()


def test_it_is_small() -> None:
    assert len(bundled.our_weights()) <= 2_500_000


def test_what_it_takes_and_gives(network: Network) -> None:
    assert network.input_shape == (-1, SIDE, SIDE, 1)
    [scores] = network.run(np.zeros((3, SIDE, SIDE, 1), dtype=np.float32))
    assert scores.shape == (3, len(EMOTIONS))
    assert scores.sum(axis=1) == pytest.approx(1, abs=1e-5)


def test_the_card_keeps_what_was_asked_for() -> None:
    card = read_card()
    assert card.ours.accuracy > card.fer.accuracy
    assert card.ours.mean_recall > card.fer.mean_recall
    assert card.ours.interval[0] < card.ours.mean_recall < card.ours.interval[1]
    assert max(card.ours.calibration_error, card.crossed_calibration_error) <= 0.05
    assert card.litert_difference < 0.01
    assert sum(map(sum, card.ours.confusion)) == card.faces_judged
    assert np.trace(np.array(card.ours.confusion)) / card.faces_judged == pytest.approx(card.ours.accuracy, abs=1e-4)


def test_many_faces_at_once_get_the_scores_of_each_alone(network: Network) -> None:
    faces = EMOTION.batch([np.repeat(pattern(kind)[..., None], 3, axis=2) for kind in ("slope", "waves", "white")])
    [together] = network.run(faces)
    alone = np.concatenate([network.run(face[None])[0] for face in faces])
    assert together == pytest.approx(alone, abs=1e-5)


def smile(image: Image) -> Image:
    return np.ascontiguousarray(image[62:167, 172:277])


def score(network: Network, chip: Image) -> Scores:
    return NetworkClassifier(network, EMOTION).classify([chip])[0]


def test_the_astronaut_smiles(network: Network, face_image: Image) -> None:
    scores = score(network, smile(face_image))
    assert scores.dominant is Emotion.HAPPY
    assert scores[Emotion.HAPPY] > 0.8


def test_a_mirrored_face_says_the_same(network: Network, face_image: Image) -> None:
    chip = smile(face_image)
    assert score(network, chip).values == pytest.approx(
        score(network, np.ascontiguousarray(chip[:, ::-1])).values, abs=1e-5
    )


@pytest.mark.parametrize("detector", list(DetectorName))
@pytest.mark.parametrize("model", [bundled.OURS, bundled.FER])
def test_both_read_the_astronaut_behind_both_detectors(
    settings: Settings, models: Models, face_image: Image, detector: DetectorName, model: str
) -> None:
    engine = Engine.create(settings.but(detector=detector, model=model), models)
    (reading,) = engine.see(Frame(0, 0.0, face_image)).readings
    assert reading.scores.dominant is Emotion.HAPPY
    assert engine.info()["model"] == model
    assert engine.info()["model_version"]


def test_our_own_needs_no_preparation(settings: Settings, tmp_path: Path) -> None:
    make_classifier(settings.but(cache_dir=tmp_path, model=bundled.OURS))
    with pytest.raises(ModelsNotPrepared):
        make_classifier(settings.but(cache_dir=tmp_path, model=bundled.FER))


@pytest.mark.parametrize(
    ("model", "like"),
    [
        pytest.param("emotion", "emotion", id="our own"),
        pytest.param("fer", "fer", id="fer's"),
        pytest.param("mine.onnx", "fer", id="a person's own, of which nothing is known"),
    ],
)
def test_traits(model: str, like: str) -> None:
    assert bundled.traits(model) is bundled.TRAITS[like]
    assert set(bundled.traits(model).growth) == set(DetectorName)


def test_a_persons_own_network_has_no_version_here() -> None:
    assert bundled.version("mine.onnx") is None
