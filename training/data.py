"""FER+ as the training wants it: pictures, and what ten annotators saw in them as shares of seven emotions."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from emotion.types import EMOTIONS

SIDE_PX = 48
# The order of FER+'s votes (Barsoum et al. 2016, arXiv:1608.01041). The first seven stand in the order of EMOTIONS.
VOTES = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral", "contempt", "unknown", "not-a-face")
SEVEN = len(EMOTIONS)

Pictures = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


class DataError(Exception):
    """The data cannot be used; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Examples:
    """Faces with what they show."""

    images: Pictures
    """Shape ``(n, 48, 48)``, grey."""
    shares: Floats
    """Shape ``(n, 7)``: how the annotators' votes divide among the emotions; each row sums up to 1."""
    weights: Floats
    """Shape ``(n,)``: which part of all votes was for one of the seven, 0 to 1."""

    def __len__(self) -> int:
        return len(self.images)

    @classmethod
    def of(cls, images: Pictures, votes: npt.NDArray[np.uint8]) -> Self:
        """Examples from FER+'s counts, shape ``(n, 10)``; pictures without a vote for one of the seven are left out.

        A single vote of ten is noise and dropped, as by the authors of FER+.
        """
        kept = without_single_votes(votes).astype(np.float32)
        known = kept[:, :SEVEN].sum(axis=1)
        use = known > 0
        kept, known = kept[use], known[use]
        return cls(images[use], kept[:, :SEVEN] / known[:, None], known / kept.sum(axis=1))


@dataclass(frozen=True, slots=True)
class Judged:
    """Faces with the one emotion most annotators saw: what accuracy is counted on."""

    images: Pictures
    labels: npt.NDArray[np.int64]
    """Indices into EMOTIONS."""

    @classmethod
    def of(cls, images: Pictures, votes: npt.NDArray[np.uint8]) -> Self:
        """The largest count after dropping counts of one, the first on ties, where it is one of the seven."""
        labels = without_single_votes(votes).argmax(axis=1)
        use = labels < SEVEN
        return cls(images[use], labels[use])


@dataclass(frozen=True, slots=True)
class Data:
    """Both parts."""

    train: Examples
    valid: Judged


def load(path: Path) -> Data:
    """The data in an ``.npz`` file with train_images, train_votes, valid_images and valid_votes. Raises DataError."""
    try:
        with path.open("rb") as opened, np.load(opened) as file:
            parts = [np.asarray(file[name]) for name in ("train_images", "train_votes", "valid_images", "valid_votes")]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"'{path.name}' is no FER+ data. Make it with `python -m training.ferplus`.") from error
    for images, votes in (parts[:2], parts[2:]):
        if images.shape[1:] != (SIDE_PX, SIDE_PX) or votes.shape != (len(images), len(VOTES)):
            raise DataError(f"'{path.name}' holds arrays of other shapes. Make it with `python -m training.ferplus`.")
    return Data(Examples.of(*parts[:2]), Judged.of(*parts[2:]))


def without_single_votes(votes: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    return np.where(votes == 1, np.uint8(0), votes)


def class_weights(shares: Floats, balance: float) -> Floats:
    """How much each emotion counts, shape ``(7,)``: frequency to the power of ``-balance``, 1 on average."""
    frequency = shares.mean(axis=0)
    raw = np.maximum(frequency, 1e-6) ** -balance
    return np.asarray(raw / (frequency * raw).sum(), dtype=np.float32)


def scaled(images: npt.NDArray[np.uint8] | Floats) -> Floats:
    """Grey pixels (0 to 255) as the network takes them: -1 to 1, with a channel at the end."""
    return np.asarray((images[..., None].astype(np.float32) - 127.5) / 127.5, dtype=np.float32)
