"""FER+ as one ``.npz`` file: ``python -m training.ferplus fer2013.csv fer2013new.csv ferplus.npz``.

Neither part may be handed on with this project, so everybody fetches them:

* ``fer2013.csv``, the pictures, from Kaggle's "Challenges in Representation Learning: Facial Expression Recognition
  Challenge" (2013; free, with an account);
* ``fer2013new.csv``, the votes of ten annotators, from https://github.com/microsoft/FERPlus (MIT).

Both have a row per picture, in the same order. Training and PublicTest become the training and validation parts;
PrivateTest, the test part, is left alone.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from training.data import SIDE_PX, VOTES, DataError

PARTS = {"Training": "train", "PublicTest": "valid"}
# How fer2013new.csv calls the last of the votes.
COLUMNS = {**{name: name for name in VOTES}, "not-a-face": "NF"}

Row = tuple[str, np.ndarray, np.ndarray]


def rows(pictures: Path, votes: Path) -> Iterator[Row]:
    """Part, picture (48 x 48) and counts of each usable row. Raises DataError where the files do not fit."""
    with pictures.open(newline="", encoding="utf-8") as first, votes.open(newline="", encoding="utf-8") as second:
        try:
            for picture, vote in zip(csv.DictReader(first), csv.DictReader(second), strict=True):
                # The authors of FER+ gave no name to pictures that they dropped: they show nothing.
                if vote["Usage"] in PARTS and vote["Image name"]:
                    pixels = np.array(picture["pixels"].split(), dtype=np.uint8).reshape(SIDE_PX, SIDE_PX)
                    counts = np.array([vote[COLUMNS[name]] for name in VOTES], dtype=np.uint8)
                    yield PARTS[vote["Usage"]], pixels, counts
        except (KeyError, ValueError) as error:
            raise DataError(
                f"'{pictures.name}' and '{votes.name}' do not belong together. Fetch both again, unchanged."
            ) from error


def main(
    pictures: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="fer2013.csv")],
    votes: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="fer2013new.csv")],
    target: Annotated[Path, typer.Argument(help="The .npz file to write.")],
) -> None:
    """Put the pictures and votes of FER+ into one file that `make train DATA=...` takes."""
    names = [f"{part}_{kind}" for part in PARTS.values() for kind in ("images", "votes")]
    parts: dict[str, list[np.ndarray]] = {name: [] for name in names}
    for part, picture, counts in rows(pictures, votes):
        parts[f"{part}_images"].append(picture)
        parts[f"{part}_votes"].append(counts)
    arrays: dict[str, Any] = {name: np.array(values, dtype=np.uint8) for name, values in parts.items()}
    np.savez_compressed(target, **arrays)
    typer.echo(f"{len(parts['train_images'])} faces to learn from, {len(parts['valid_images'])} to judge by: {target}")


if __name__ == "__main__":
    typer.run(main)
