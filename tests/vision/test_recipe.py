from __future__ import annotations

import numpy as np
import pytest

from emotion.types import EMOTIONS, Emotion, Image
from emotion.vision.recipe import FER, Color, Layout, Recipe


def recipe(
    *labels: Emotion | None,
    color: Color = Color.RGB,
    layout: Layout = Layout.NHWC,
    mean: tuple[float, ...] = (0.0,),
    std: tuple[float, ...] = (1.0,),
    height: int = 4,
    width: int = 4,
) -> Recipe:
    return Recipe(labels or EMOTIONS, height, width, color, mean, std, layout)


def chip(red: int, green: int, blue: int, size: int = 4) -> Image:
    return np.full((size, size, 3), (red, green, blue), dtype=np.uint8)


@pytest.mark.parametrize(
    ("how", "shape", "first"),
    [
        pytest.param(recipe(), (1, 4, 4, 3), [10, 20, 30], id="rgb"),
        pytest.param(recipe(color=Color.BGR), (1, 4, 4, 3), [30, 20, 10], id="bgr"),
        pytest.param(recipe(color=Color.GRAY), (1, 4, 4, 1), [18], id="gray"),
        pytest.param(recipe(layout=Layout.NCHW), (1, 3, 4, 4), [10, 20, 30], id="channels first"),
        pytest.param(recipe(mean=(10,), std=(10,)), (1, 4, 4, 3), [0, 1, 2], id="one mean for all channels"),
        pytest.param(recipe(mean=(10, 20, 30), std=(1, 2, 3)), (1, 4, 4, 3), [0, 0, 0], id="a mean per channel"),
        pytest.param(recipe(height=2, width=8), (1, 2, 8, 3), [10, 20, 30], id="not square"),
    ],
)
def test_what_a_network_is_fed(how: Recipe, shape: tuple[int, ...], first: list[float]) -> None:
    batch = how.batch([chip(10, 20, 30)])
    assert batch.shape == shape
    assert batch.dtype == np.float32
    assert (batch[0, :, 0, 0] if how.layout is Layout.NCHW else batch[0, 0, 0]).tolist() == first


def test_fer_wants_grey_from_minus_one_to_one() -> None:
    batch = FER.batch([chip(0, 0, 0, 64), chip(255, 255, 255, 64)])
    assert batch.shape == (2, 64, 64, 1)
    assert (batch.min(), batch.max()) == (-1, 1)


@pytest.mark.parametrize(
    ("labels", "outputs", "expected"),
    [
        pytest.param(
            (Emotion.HAPPY, Emotion.SAD), [0.25, 0.75], {Emotion.HAPPY: 0.25, Emotion.SAD: 0.75}, id="another order"
        ),
        pytest.param(
            (Emotion.HAPPY, None, Emotion.SAD),
            [0.3, 0.4, 0.3],
            {Emotion.HAPPY: 0.5, Emotion.SAD: 0.5},
            id="one left out",
        ),
        pytest.param(
            (Emotion.HAPPY, None, Emotion.SAD),
            [0.0, 1.0, 0.0],
            {Emotion.HAPPY: 0.5, Emotion.SAD: 0.5},
            id="all weight on what is left out",
        ),
        pytest.param((Emotion.HAPPY, Emotion.SAD), [1.01, -0.01], {Emotion.HAPPY: 1}, id="a little below zero"),
    ],
)
def test_what_outputs_mean(
    labels: tuple[Emotion | None, ...], outputs: list[float], expected: dict[Emotion, float]
) -> None:
    (scores,) = recipe(*labels).emotions(np.array([outputs], dtype=np.float32))
    told = dict(zip(EMOTIONS, scores, strict=True))
    assert told == pytest.approx({emotion: expected.get(emotion, 0) for emotion in EMOTIONS})
