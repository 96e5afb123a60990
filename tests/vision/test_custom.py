from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emotion.errors import ModelError
from emotion.types import Emotion, Image
from emotion.vision.assets import Models
from emotion.vision.custom import load_custom, prepare_custom

WRITER = Path(__file__).with_name("networks.py")
SIDECAR: dict[str, Any] = {"labels": ["happy", "sad"], "input_size": 8, "color": "gray", "scaling": "0..1"}


def _module() -> Any:
    spec = importlib.util.spec_from_file_location("networks", WRITER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


write_onnx = _module().write_onnx


@pytest.fixture(scope="module")
def tensorflow_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the same network as mine.keras, mine.h5 and mine.tflite."""
    folder = tmp_path_factory.mktemp("networks")
    wanted = ["keras", folder / "mine.keras", "keras", folder / "mine.h5", "tflite", folder / "mine.tflite"]
    subprocess.run([sys.executable, str(WRITER), *map(str, wanted)], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def described(path: Path, **changes: object) -> Path:
    path.with_suffix(".json").write_text(json.dumps(SIDECAR | changes), encoding="utf-8")
    return path


def gray_chip(level: int) -> Image:
    return np.full((8, 8, 3), level, dtype=np.uint8)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mine.keras", "mine.h5", "mine.tflite"])
def test_networks_made_with_tensorflow(tensorflow_files: Path, tmp_path: Path, cache_dir: Path, name: str) -> None:
    path = described(shutil.copy(tensorflow_files / name, tmp_path / name))
    dark, bright = load_custom(path, cache_dir).classify([gray_chip(0), gray_chip(204)])
    assert dark[Emotion.SAD] == pytest.approx(1, abs=1e-5)
    assert bright[Emotion.HAPPY] == pytest.approx(0.8, abs=1e-5)


@pytest.mark.slow
def test_a_keras_file_is_converted_once(
    tensorflow_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tensorflow_files / "mine.keras"
    first = prepare_custom(path, tmp_path)
    monkeypatch.setattr(sys, "executable", "no-such-python")
    assert prepare_custom(path, tmp_path) == first
    (kept,) = tmp_path.rglob("*.tflite")
    kept.write_bytes(first[:-10])
    with pytest.raises(ModelError, match="cannot be converted"):  # it tries again, as the damaged one is no use
        prepare_custom(path, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["junk.keras", "junk.h5", "junk.hdf5"])
def test_what_keras_cannot_read(tmp_path: Path, name: str) -> None:
    path = described(tmp_path / name)
    path.write_bytes(b"this is no network")
    with pytest.raises(ModelError, match=f"'{name}' cannot be converted"):
        load_custom(path, tmp_path / "cache")
    assert not list((tmp_path / "cache").rglob("*.tflite"))


@pytest.mark.parametrize(
    ("shape", "sidecar"),
    [
        pytest.param(("n", 1, 8, 8), {}, id="any number at once"),
        pytest.param((1, 1, 8, 8), {}, id="one at a time"),
        pytest.param(("n", 1, "h", "w"), {"layout": "nchw"}, id="any size"),
        pytest.param(("n", 1, 4, 6), {"input_size": [4, 6]}, id="not square"),
    ],
)
def test_onnx(tmp_path: Path, shape: tuple[int | str, ...], sidecar: dict[str, Any]) -> None:
    path = described(tmp_path / "mine.onnx", **sidecar)
    write_onnx(path, shape=shape)
    classifier = load_custom(path, tmp_path)
    chips = [np.full((classifier.chip_px, classifier.chip_px, 3), level, dtype=np.uint8) for level in (0, 204)]
    dark, bright = classifier.classify(chips)
    assert dark[Emotion.SAD] == pytest.approx(1, abs=1e-5)
    assert bright[Emotion.HAPPY] == pytest.approx(0.8, abs=1e-5)


def test_logits_are_noticed(tmp_path: Path) -> None:
    path = described(tmp_path / "mine.onnx")
    write_onnx(path, gain=5.0)
    (bright,) = load_custom(path, tmp_path).classify([gray_chip(255)])
    assert bright[Emotion.HAPPY] == pytest.approx(1 / (1 + np.exp(-5)), abs=1e-4)


def test_capitals_in_the_ending(tmp_path: Path) -> None:
    path = described(tmp_path / "Mine.ONNX")
    write_onnx(path)
    assert load_custom(path, tmp_path).chip_px == 8


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({"labels": ["happy", "sad", "fear"]}, "gives 2 scores, its description names 3", id="more labels"),
        pytest.param({"labels": ["happy"]}, "gives 2 scores, its description names 1", id="fewer labels"),
        pytest.param({"input_size": 48}, "takes input of shape", id="another size"),
        pytest.param({"color": "rgb"}, "takes input of shape", id="another colour"),
        pytest.param({"layout": "nhwc"}, "takes input of shape", id="another layout"),
    ],
)
def test_a_description_that_does_not_fit(tmp_path: Path, changes: dict[str, Any], says: str) -> None:
    path = described(tmp_path / "mine.onnx", **changes)
    write_onnx(path)
    with pytest.raises(ModelError, match=says) as caught:
        load_custom(path, tmp_path)
    assert "mine.onnx" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        pytest.param("mine.pt", b"", "must end in one of", id="another format"),
        pytest.param("mine", b"", "must end in one of", id="no ending"),
        pytest.param("mine.onnx", None, "There is no model file 'mine.onnx'", id="no file"),
        pytest.param("mine.onnx", b"", "ONNX Runtime can run", id="empty onnx"),
        pytest.param("mine.onnx", b"junk", "ONNX Runtime can run", id="junk onnx"),
        pytest.param("mine.tflite", b"", "LiteRT can run", id="empty tflite"),
        pytest.param("mine.tflite", b"junk" * 100, "LiteRT can run", id="junk tflite"),
    ],
)
def test_files_that_are_no_network(tmp_path: Path, name: str, content: bytes | None, says: str) -> None:
    path = described(tmp_path / name)
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=says) as caught:
        load_custom(path, tmp_path)
    assert str(tmp_path) not in str(caught.value)


def test_a_truncated_tflite_file(tmp_path: Path, models: Models) -> None:
    path = described(tmp_path / "mine.tflite")
    path.write_bytes(models.fer[: len(models.fer) // 2])
    with pytest.raises(ModelError, match="LiteRT can run"):
        load_custom(path, tmp_path)


def test_several_outputs(tmp_path: Path, models: Models) -> None:
    path = described(tmp_path / "mine.tflite", input_size=24, color="rgb")
    path.write_bytes(models.rnet)
    with pytest.raises(ModelError, match="gives 2 arrays where one is expected"):
        load_custom(path, tmp_path)


def test_no_sidecar(tmp_path: Path) -> None:
    write_onnx(tmp_path / "mine.onnx")
    with pytest.raises(ModelError, match=r"'mine\.json'"):
        load_custom(tmp_path / "mine.onnx", tmp_path)
