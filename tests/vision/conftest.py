"""Models, pictures and faces for the tests of seeing and remembering."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from skimage.data import astronaut

from emotion.settings import Settings
from emotion.types import Image
from emotion.vision import assets

PREPARE = "import sys, pathlib; from emotion.vision import assets; assets.prepare(pathlib.Path(sys.argv[1]))"


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings.load()


@pytest.fixture(scope="session")
def models(settings: Settings) -> assets.Models:
    """The networks from this machine's own cache, so that only the first run of the tests converts them.

    In another process, because tensorflow would fill this one and warns while it is imported.
    """
    if not assets.ready(settings.cache_dir):
        subprocess.run([sys.executable, "-c", PREPARE, str(settings.cache_dir)], check=True)
    return assets.load(settings.cache_dir)


@pytest.fixture(scope="session")
def face_image() -> Image:
    """512x512 with one face at about x 175 to 275 and y 60 to 200."""
    return np.asarray(astronaut())
