"""What the packages fer and mtcnn say about pictures, for comparison: ``python peers.py fer|mtcnn PICTURES.npz``.

A process of its own, because both import tensorflow and warn while they do. Prints one JSON list per picture.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0", CUDA_VISIBLE_DEVICES="-1")


def mtcnn() -> Callable[[np.ndarray], list[Any]]:
    from mtcnn import MTCNN

    detector = MTCNN()
    names = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")

    def faces(image: np.ndarray) -> list[Any]:
        found = detector.detect_faces(image)
        return [
            [list(map(float, face["box"])), [list(map(float, face["keypoints"][n])) for n in names]] for face in found
        ]

    return faces


def fer() -> Callable[[np.ndarray], list[Any]]:
    """Scores of a 64x64 RGB picture. fer adds 10 pixels around each box, so this box is the whole picture."""
    from fer import FER

    judge = FER()
    return lambda image: list(judge.detect_emotions(image[:, :, ::-1], [(10, 10, 44, 44)])[0]["emotions"].values())


if __name__ == "__main__":
    look = {"mtcnn": mtcnn, "fer": fer}[sys.argv[1]]()
    with np.load(sys.argv[2]) as pictures:
        sys.stdout.write("\n" + json.dumps([look(pictures[name]) for name in pictures.files]))
