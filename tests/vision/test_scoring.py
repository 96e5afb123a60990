from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest

from emotion.settings import Settings
from emotion.types import EMOTIONS, Emotion, Image
from emotion.vision.assets import Models
from emotion.vision.classifiers import make_classifier
from emotion.vision.litert import Network
from emotion.vision.recipe import FER, Color, Recipe
from emotion.vision.scoring import Floats, NetworkClassifier

LEFT_OR_RIGHT = Recipe((Emotion.HAPPY, Emotion.SAD), 2, 2, Color.GRAY, (0.0,), (255.0,))


class Sides:
    """A network whose scores are the brightness of the left and the right half."""

    def __init__(self, batch: int) -> None:
        self.input_shape = (batch, 2, 2, 1)
        self.batches: list[int] = []

    def run(self, batch: Floats) -> list[Floats]:
        self.batches.append(len(batch))
        return [batch[:, 0, :, 0]]


def half_white() -> Image:
    image = np.zeros((2, 2, 3), dtype=np.uint8)
    image[:, 0] = 255
    return image


@pytest.mark.parametrize(
    ("mirror", "happy"),
    [
        pytest.param(False, 1.0, id="the chip alone"),
        pytest.param(True, 0.5, id="mean of the chip and its mirror image"),
    ],
)
def test_mirroring(mirror: bool, happy: float) -> None:
    (scores,) = NetworkClassifier(Sides(-1), LEFT_OR_RIGHT, mirror=mirror).classify([half_white()])
    assert scores[Emotion.HAPPY] == pytest.approx(happy)


def test_a_chip_and_its_mirror_image_in_turn() -> None:
    """For half the time; who smooths over time gets the same mean."""
    network = Sides(-1)
    classifier = NetworkClassifier(network, LEFT_OR_RIGHT, alternate=True)
    told = [classifier.classify([half_white()] * 2)[1][Emotion.HAPPY] for _ in range(4)]
    assert told == pytest.approx([1.0, 0.0, 1.0, 0.0])
    assert network.batches == [2] * 4


@pytest.mark.parametrize(
    ("live", "smoothing_s", "in_turn"),
    [
        pytest.param(True, 0.3, True, id="a camera"),
        pytest.param(True, 0.1, False, id="a camera whose scores are hardly smoothed"),
        pytest.param(False, 0.3, False, id="a recorded video"),
    ],
)
@pytest.mark.parametrize("model", ["emotion", "fer"])
def test_who_gets_half_the_work(
    settings: Settings, models: Models, face_image: Image, live: bool, smoothing_s: float, in_turn: bool, model: str
) -> None:
    classifier = make_classifier(settings.but(model=model, smoothing_s=smoothing_s), models, live=live)
    face = [np.ascontiguousarray(face_image[50:180, 160:290])]
    one, other, again = (classifier.classify(face)[0].values for _ in range(3))
    assert (one != other) == in_turn
    assert one == again
    assert other == pytest.approx(one, abs=0.2)


@pytest.mark.parametrize(
    ("batch", "batches"),
    [pytest.param(-1, [6], id="any number at once"), pytest.param(1, [1] * 6, id="one by one if it takes no more")],
)
def test_batches(batch: int, batches: list[int]) -> None:
    network = Sides(batch)
    assert len(NetworkClassifier(network, LEFT_OR_RIGHT).classify([half_white()] * 3)) == 3
    assert network.batches == batches


def test_no_chips() -> None:
    assert NetworkClassifier(Sides(-1), LEFT_OR_RIGHT).classify([]) == []


def test_logits_get_a_softmax() -> None:
    (scores,) = NetworkClassifier(Sides(-1), LEFT_OR_RIGHT, logits=True, mirror=False).classify([half_white()])
    assert scores[Emotion.HAPPY] == pytest.approx(np.e / (np.e + 1), abs=1e-6)


def chips(image: Image) -> list[Image]:
    """The face at several sizes and places, and other parts of the picture."""
    corners = [(x, y, side) for side in (64, 110, 160) for x in (90, 165, 180, 300) for y in (20, 55, 200)]
    cuts = (image[y : y + side, x : x + side] for x, y, side in corners)
    return [np.asarray(cv2.resize(cut, (64, 64), interpolation=cv2.INTER_AREA), dtype=np.uint8) for cut in cuts]


@pytest.mark.slow
def test_the_same_scores_as_fer(
    models: Models, face_image: Image, ask_peer: Callable[[str, list[Image]], list[Any]]
) -> None:
    faces = chips(face_image)
    ours = NetworkClassifier(Network(models.fer, name="fer"), FER, mirror=False).classify(faces)
    theirs = np.array(ask_peer("fer", faces))
    assert len(set(theirs.argmax(axis=1))) > 1
    # fer rounds to two digits, hence half a hundredth even where both agree.
    assert np.abs(np.array([scores.values for scores in ours]) - theirs).max() <= 0.011


def test_the_astronaut_smiles(models: Models, face_image: Image) -> None:
    classifier = NetworkClassifier(Network(models.fer, name="fer"), FER)
    (scores,) = classifier.classify([np.ascontiguousarray(face_image[50:180, 160:290])])
    assert scores.dominant is Emotion.HAPPY
    assert sum(scores.values) == pytest.approx(1, abs=1e-5)
    assert len(scores.values) == len(EMOTIONS)
