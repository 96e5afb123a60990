from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from emotion.errors import ModelError
from emotion.types import EMOTIONS, Emotion
from emotion.vision.recipe import Color, Layout
from emotion.vision.sidecar import read_sidecar

GOOD: dict[str, Any] = {"labels": ["happy", "sad"], "input_size": 48, "color": "gray", "scaling": "0..1"}


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "mine.json"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        pytest.param([emotion.value for emotion in EMOTIONS], EMOTIONS, id="our own names"),
        pytest.param(
            ["anger", "disgusted", "fearful", "happiness", "sadness", "surprised", "neutral"], EMOTIONS, id="synonyms"
        ),
        pytest.param([" Happy", "SAD"], (Emotion.HAPPY, Emotion.SAD), id="capitals and spaces"),
        pytest.param(["joy", None, "contempt"], (Emotion.HAPPY, None, None), id="outputs left out"),
    ],
)
def test_labels(tmp_path: Path, labels: list[str | None], expected: tuple[Emotion | None, ...]) -> None:
    assert read_sidecar(written(tmp_path, json.dumps(GOOD | {"labels": labels}))).labels == expected


@pytest.mark.parametrize(
    ("changes", "height", "width", "mean", "std"),
    [
        pytest.param({}, 48, 48, (0.0,), (255.0,), id="0..1"),
        pytest.param({"scaling": "-1..1"}, 48, 48, (127.5,), (127.5,), id="-1..1"),
        pytest.param({"scaling": "0..255"}, 48, 48, (0.0,), (1.0,), id="0..255"),
        pytest.param({"scaling": {"mean": 120, "std": 60}}, 48, 48, (120.0,), (60.0,), id="mean and deviation"),
        pytest.param(
            {"color": "rgb", "scaling": {"mean": [1, 2, 3], "std": 60}},
            48,
            48,
            (1.0, 2.0, 3.0),
            (60.0,),
            id="per channel",
        ),
        pytest.param({"input_size": [40, 60]}, 40, 60, (0.0,), (255.0,), id="height and width"),
    ],
)
def test_recipes(
    tmp_path: Path, changes: dict[str, Any], height: int, width: int, mean: tuple[float, ...], std: tuple[float, ...]
) -> None:
    recipe = read_sidecar(written(tmp_path, json.dumps(GOOD | changes))).recipe(Layout.NCHW)
    assert (recipe.height, recipe.width, recipe.mean, recipe.std) == (height, width, mean, std)
    assert recipe.layout is Layout.NCHW
    assert recipe.color in Color


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param("", "is no JSON object", id="empty"),
        pytest.param("{", "is no JSON object", id="cut off"),
        pytest.param("[1]", "is no JSON object", id="a list"),
        pytest.param(b"\xff\xfe\x00", "is no JSON object", id="no text"),
        pytest.param("{}", "lacks 'labels'", id="an empty object"),
        pytest.param(json.dumps(GOOD | {"labels": "happy"}), "wrong 'labels'", id="labels are no list"),
        pytest.param(json.dumps(GOOD | {"labels": []}), "wrong 'labels'", id="no labels"),
        pytest.param(json.dumps(GOOD | {"labels": [None]}), "wrong 'labels'", id="no emotion among them"),
        pytest.param(json.dumps(GOOD | {"labels": ["happy", "joy"]}), "no emotion twice", id="one emotion twice"),
        pytest.param(json.dumps(GOOD | {"labels": ["happy", "hungry"]}), "wrong 'labels'", id="an unknown label"),
        pytest.param(json.dumps(GOOD | {"labels": ["happy", 3]}), "wrong 'labels'", id="a number as a label"),
        pytest.param(json.dumps(GOOD | {"input_size": 0}), "wrong 'input_size'", id="no size"),
        pytest.param(json.dumps(GOOD | {"input_size": [1, 2, 3]}), "wrong 'input_size'", id="three sides"),
        pytest.param(json.dumps(GOOD | {"color": "green"}), "wrong 'color'", id="an unknown colour"),
        pytest.param(json.dumps(GOOD | {"scaling": "0..2"}), "wrong 'scaling'", id="an unknown scaling"),
        pytest.param(json.dumps(GOOD | {"scaling": {"mean": 1}}), "wrong 'scaling'", id="no deviation"),
        pytest.param(json.dumps(GOOD | {"scaling": {"mean": 1, "std": 0}}), "wrong 'scaling'", id="division by zero"),
        pytest.param(
            json.dumps(GOOD | {"scaling": {"mean": [1, 2, 3], "std": 1}}), "wrong 'scaling'", id="three means for grey"
        ),
        pytest.param(json.dumps(GOOD | {"layout": "hwc"}), "wrong 'layout'", id="an unknown layout"),
        pytest.param(json.dumps(GOOD | {"colour": "gray"}), "unknown entry 'colour'", id="an unknown entry"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(tmp_path: Path, content: str | bytes, says: str) -> None:
    with pytest.raises(ModelError) as caught:
        read_sidecar(written(tmp_path, content))
    assert says in str(caught.value)
    assert "mine.json" in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_no_sidecar(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"'mine\.json', which describes the network, cannot be read"):
        read_sidecar(tmp_path / "mine.json")
