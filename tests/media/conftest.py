"""Fixtures that several tests of ``emotion.media`` share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from clips import even_times, make_clip

from emotion.types import Image


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Ten numbered pictures and a beep."""
    return make_clip(tmp_path / "clip.mp4", times_s=even_times(10))


@pytest.fixture
def noise() -> Callable[[int], Image]:
    """Pictures that do not compress: every part of their file matters."""
    return lambda index: np.random.default_rng(index).integers(0, 255, (120, 160, 3), dtype=np.uint8)
