from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from emotion.types import EMOTIONS
from training import ferplus
from training.data import VOTES, DataError, Examples, Judged, class_weights, load, scaled

A, D, F, H, S, U, N, C, X, NF = range(10)


def votes(**counts: int) -> list[int]:
    names = {"A": A, "D": D, "F": F, "H": H, "S": S, "U": U, "N": N, "C": C, "X": X, "NF": NF}
    row = [0] * 10
    for name, count in counts.items():
        row[names[name]] = count
    return row


def faces(count: int) -> np.ndarray:
    return np.arange(count * 48 * 48, dtype=np.uint32).reshape(count, 48, 48).astype(np.uint8)


def test_the_votes_stand_in_the_order_of_the_emotions() -> None:
    other_names = {"anger": "angry", "happiness": "happy", "sadness": "sad"}
    assert [other_names.get(name, name) for name in VOTES[:7]] == [emotion.value for emotion in EMOTIONS]


@pytest.mark.parametrize(
    ("counts", "shares", "weight"),
    [
        pytest.param({"H": 10}, {H: 1.0}, 1.0, id="all agree"),
        pytest.param({"H": 6, "N": 4}, {H: 0.6, N: 0.4}, 1.0, id="votes are shares"),
        pytest.param({"H": 9, "N": 1}, {H: 1.0}, 1.0, id="a single vote is noise"),
        pytest.param({"S": 4, "C": 4, "N": 2}, {S: 2 / 3, N: 1 / 3}, 0.6, id="contempt leaves, and takes weight along"),
        pytest.param({"F": 5, "X": 5}, {F: 1.0}, 0.5, id="so does unknown"),
    ],
)
def test_examples(counts: dict[str, int], shares: dict[int, float], weight: float) -> None:
    made = Examples.of(faces(1), np.array([votes(**counts)], dtype=np.uint8))
    assert made.shares[0].tolist() == pytest.approx([shares.get(at, 0.0) for at in range(7)])
    assert made.weights[0] == pytest.approx(weight)


@pytest.mark.parametrize("counts", [{"C": 10}, {"NF": 10}, {"X": 8, "H": 1, "S": 1}])
def test_pictures_of_no_emotion_teach_nothing(counts: dict[str, int]) -> None:
    made = Examples.of(faces(2), np.array([votes(**counts), votes(A=10)], dtype=np.uint8))
    assert len(made) == 1
    assert (made.images[0] == faces(2)[1]).all()


@pytest.mark.parametrize(
    ("counts", "label"),
    [
        pytest.param({"H": 5, "N": 3, "S": 2}, H, id="the most votes"),
        pytest.param({"D": 4, "N": 4, "S": 2}, D, id="the first on ties"),
        pytest.param({"C": 4, "N": 4, "S": 2}, N, id="the first of ten on ties"),
        pytest.param({"N": 3, "C": 5, "S": 2}, None, id="contempt is none of the seven"),
        pytest.param({"X": 6, "N": 4}, None, id="nor is unknown"),
    ],
)
def test_judged(counts: dict[str, int], label: int | None) -> None:
    made = Judged.of(faces(1), np.array([votes(**counts)], dtype=np.uint8))
    assert made.labels.tolist() == ([] if label is None else [label])


def test_scaling_is_that_of_the_product() -> None:
    from emotion.vision.recipe import EMOTION

    grey = faces(1)
    assert np.array_equal(scaled(grey), EMOTION.batch([np.repeat(grey[0, ..., None], 3, axis=2)]))


@pytest.mark.parametrize(
    ("balance", "ratio"),
    [pytest.param(0.0, 1.0, id="none"), pytest.param(0.5, 3.0, id="root"), pytest.param(1.0, 9.0, id="full")],
)
def test_rare_emotions_weigh_more(balance: float, ratio: float) -> None:
    shares = np.eye(7, dtype=np.float32)[[N] * 9 + [D]]
    weights = class_weights(shares, balance)
    assert weights[D] / weights[N] == pytest.approx(ratio)
    assert (shares @ weights).mean() == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"no archive", id="another file"),
        pytest.param(b"PK\x03\x04 and no more", id="half an archive"),
    ],
)
def test_data_that_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(DataError, match=r"training\.ferplus"):
        load(tmp_path / "a.npz")


def test_data_of_other_shapes(tmp_path: Path) -> None:
    images, counts = np.zeros((2, 64, 64), dtype=np.uint8), np.zeros((2, 10), dtype=np.uint8)
    np.savez(tmp_path / "a.npz", train_images=images, train_votes=counts, valid_images=images, valid_votes=counts)
    with pytest.raises(DataError, match="other shapes"):
        load(tmp_path / "a.npz")


def write_tables(folder: Path, *, pixels: str = " ".join(["7"] * 48 * 48)) -> list[str]:
    """The two files as they are published, four pictures long."""
    columns = ["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt", "unknown", "NF"]
    parts = [("Training", "a.png"), ("Training", ""), ("PublicTest", "b.png"), ("PrivateTest", "c.png")]
    with (folder / "fer2013.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["emotion", "pixels", "Usage"], *([0, pixels, part] for part, _ in parts)])
    with (folder / "fer2013new.csv").open("w", newline="") as file:
        csv.writer(file).writerows(
            [["Usage", "Image name", *columns], *([*part, 0, 8, 0, 0, 2, 0, 0, 0, 0, 0] for part in parts)]
        )
    return [str(folder / name) for name in ("fer2013.csv", "fer2013new.csv", "out.npz")]


def test_ferplus_becomes_one_file(tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(ferplus.main)
    said = CliRunner().invoke(app, write_tables(tmp_path))
    assert "1 faces to learn from, 1 to judge by" in said.output
    made = load(tmp_path / "out.npz")
    assert made.train.shares[0].tolist() == pytest.approx([0.2, 0, 0, 0.8, 0, 0, 0])
    assert made.valid.labels.tolist() == [H]
    assert (made.valid.images == 7).all()


def test_tables_that_do_not_fit(tmp_path: Path) -> None:
    pictures, counts, _ = map(Path, write_tables(tmp_path, pixels="1 2 3"))
    with pytest.raises(DataError, match="do not belong together"):
        list(ferplus.rows(pictures, counts))
