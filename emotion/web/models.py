"""Having the networks at hand before a page needs them."""

from __future__ import annotations

import os
import subprocess
import sys

import streamlit as st

from emotion.errors import ModelError
from emotion.settings import Settings
from emotion.vision import assets
from emotion.vision.assets import Models

# A cold conversion takes 30 to 60 seconds on two cores.
PREPARE_TIMEOUT_S = 600


def models_for(settings: Settings) -> Models:
    """The converted networks. Where they are missing, converts them and shows that it does. Raises ModelError."""
    if not assets.ready(settings.cache_dir):
        with st.status("Preparing the models for the first time. This takes about a minute.") as status:
            _convert(settings)
            status.update(label="The models are ready.", state="complete")
    return _load(settings)


@st.cache_resource(show_spinner=False)
def _load(_settings: Settings) -> Models:
    return assets.load(_settings.cache_dir)


@st.cache_resource(show_spinner=False)
def _convert(_settings: Settings) -> None:
    """In a process of its own: tensorflow would add most of a gigabyte to the server, for ever. Cached, so that it
    runs once however many people open the page meanwhile."""
    finished = subprocess.run(
        [sys.executable, "-m", "emotion", "models", "prepare"],
        env={**os.environ, **_settings.as_environment()},
        capture_output=True,
        text=True,
        timeout=PREPARE_TIMEOUT_S,
        check=False,
    )
    if finished.returncode != 0:
        reason = finished.stderr.strip().rsplit("\n", 1)[-1].removeprefix("error: ")
        raise ModelError(f"The models could not be prepared: {reason} Run `emotion doctor` on the server.")
