"""The whole way on fourteen made-up pictures, in a process of its own: tensorflow warns while it is imported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emotion.types import EMOTIONS
from emotion.vision.card import Card
from emotion.vision.litert import Network

TWICE = str(Path(__file__).with_name("twice.py"))


def write_faces(path: Path, count: int = 14) -> Path:
    """Noise, each emotion with a brightness of its own, so that there is something to learn."""
    random = np.random.default_rng(4)
    emotions = np.arange(count) % 7
    images = random.integers(0, 60, (count, 48, 48)) + 28 * emotions[:, None, None]
    votes = np.eye(10, dtype=np.uint8)[emotions] * 10
    parts = {"images": images.astype(np.uint8), "votes": votes}
    np.savez(path, **{f"{part}_{name}": array for part in ("train", "valid") for name, array in parts.items()})
    return path


def run(*command: str | Path) -> str:
    return subprocess.run([sys.executable, *map(str, command)], check=True, stdout=subprocess.PIPE, text=True).stdout


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("training")
    data = write_faces(folder / "faces.npz")
    said = run("-m", "training", data, "--smoke", "--out", folder / "out")
    assert "14 faces to learn from, 14 to judge by" in said
    assert "accuracy" in said
    return folder


@pytest.mark.slow
def test_a_network_and_its_card_come_out(made: Path) -> None:
    card = Card.model_validate_json((made / "out" / "emotion.json").read_bytes())
    assert card.faces_judged == 14
    assert sum(map(sum, card.ours.confusion)) == sum(map(sum, card.fer.confusion)) == 14
    network = Network((made / "out" / "emotion.tflite").read_bytes(), name="made")
    assert network.input_shape == (-1, 48, 48, 1)
    [scores] = network.run(np.zeros((3, 48, 48, 1), dtype=np.float32))
    assert scores.shape == (3, len(EMOTIONS))
    assert scores.sum(axis=1) == pytest.approx(1, abs=1e-5)


@pytest.mark.slow
def test_the_file_says_what_the_trained_network_says(made: Path) -> None:
    """16-bit weights: each is right to one part in 2,000."""
    card = Card.model_validate_json((made / "out" / "emotion.json").read_bytes())
    assert card.litert_difference < 0.01


@pytest.mark.slow
def test_there_are_pictures_and_a_log_of_every_pass(made: Path) -> None:
    assert [path.name for path in sorted((made / "out").glob("*.png"))] == [
        "model-calibration.png",
        "model-confusion.png",
        "model-learning.png",
    ]
    assert len((made / "out" / "log.csv").read_text().splitlines()) == 3


@pytest.fixture(scope="module")
def twice(made: Path) -> dict[str, Any]:
    answers: dict[str, Any] = json.loads(run(TWICE, made / "faces.npz", made / "twice").splitlines()[-1])
    return answers


@pytest.mark.slow
def test_the_same_seed_gives_the_same_network(twice: dict[str, Any]) -> None:
    assert twice["again"] == 0
    assert twice["other seed"] > 0


@pytest.mark.slow
def test_a_stopped_run_goes_on_as_if_it_never_was(twice: dict[str, Any]) -> None:
    assert twice["resumed"] == 0


@pytest.mark.slow
def test_the_network_starts_with_blocks_that_change_nothing(twice: dict[str, Any]) -> None:
    assert twice["last scales"] == [0.0]
