"""``fer.FER``, told to keep quiet. Only for processes of their own: it brings tensorflow, and warnings."""

from __future__ import annotations

import logging
import os
import warnings
from typing import Any


def make_fer(detector: str) -> Any:
    """``FER(mtcnn=True)`` for "mtcnn" and "mtcnn-rgb", ``FER()``, which uses a Haar cascade, for "haar".

    The oneDNN kernels stay on, as they are for everybody who installs tensorflow: they are the faster ones.
    """
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")
    warnings.simplefilter("ignore")  # fer and what it imports are full of deprecations
    logging.disable(logging.WARNING)
    from fer import FER

    return FER(mtcnn=detector.startswith("mtcnn"))
