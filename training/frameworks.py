"""Tensorflow and keras for training: oneDNN on (the application's conversion turns it off), and quiet."""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import tensorflow as tf

__all__ = ["best_precision", "keras", "tf"]


def best_precision() -> str:
    """The fastest policy of keras that this machine computes in hardware.

    bfloat16 halves the time where the CPU has AMX tiles or AVX-512's bfloat16, and costs much where it has not.
    """
    if tf.config.list_physical_devices("GPU"):
        return "mixed_bfloat16"
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return "float32"
    return "mixed_bfloat16" if "amx_bf16" in flags else "float32"
