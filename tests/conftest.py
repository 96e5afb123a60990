"""For every test: settings that do not depend on who runs them, and what takes long to have."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import hypothesis
import postgres
import pytest

from emotion.settings import Settings
from emotion.vision import assets

# Converted models may be shared; converting them takes half a minute.
KEPT = {"EMOTION_CACHE_DIR"}
PREPARE = "import sys, pathlib; from emotion.vision import assets; assets.prepare(pathlib.Path(sys.argv[1]))"


# A busy machine is no bug: how long an example may take is not what the property tests are about.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


@pytest.fixture(autouse=True, scope="session")
def settings_of_nobody() -> None:
    """Forgets the caller's EMOTION_* variables."""
    for name in [name for name in os.environ if name.startswith("EMOTION_") and name not in KEPT]:
        del os.environ[name]


@pytest.fixture(scope="session")
def models() -> assets.Models:
    """The networks from this machine's own cache, so that only the first run of the tests converts them.

    In another process, because tensorflow would fill this one and warns while it is imported.
    """
    cache_dir = Settings.load().cache_dir
    if not assets.ready(cache_dir):
        subprocess.run([sys.executable, "-c", PREPARE, str(cache_dir)], check=True)
    return assets.load(cache_dir)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A real one; it starts when the first test wants it."""
    with postgres.running() as server:
        yield server
