"""Models, pictures and faces for the tests of seeing and remembering."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from skimage.data import astronaut

from emotion.settings import Settings
from emotion.types import Image


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings.load()


@pytest.fixture(scope="session")
def face_image() -> Image:
    """512x512 with one face at about x 175 to 275 and y 60 to 200."""
    return np.asarray(astronaut())


@pytest.fixture(scope="session")
def ask_peer(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, list[Image]], list[Any]]:
    """What the package ``fer`` or ``mtcnn`` says about each picture; see peers.py."""

    def ask(name: str, pictures: list[Image]) -> list[Any]:
        path = tmp_path_factory.mktemp("peers") / "pictures.npz"
        np.savez(path, *pictures)
        command = [sys.executable, str(Path(__file__).with_name("peers.py")), name, str(path)]
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        answers: list[Any] = json.loads(said.rsplit("\n", 1)[-1])
        return answers

    return ask
