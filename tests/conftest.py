"""For every test: settings that do not depend on who runs them."""

from __future__ import annotations

import os
from collections.abc import Iterator

import hypothesis
import postgres
import pytest

# Converted models may be shared; converting them takes half a minute.
KEPT = {"EMOTION_CACHE_DIR"}


# A busy machine is no bug: how long an example may take is not what the property tests are about.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


@pytest.fixture(autouse=True, scope="session")
def settings_of_nobody() -> None:
    """Forgets the caller's EMOTION_* variables."""
    for name in [name for name in os.environ if name.startswith("EMOTION_") and name not in KEPT]:
        del os.environ[name]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A real one; it starts when the first test wants it."""
    with postgres.running() as server:
        yield server
