"""Having the networks at hand before a page needs them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import streamlit as st

from emotion.errors import ModelError
from emotion.report.overlay import Overlay
from emotion.settings import Settings
from emotion.vision import assets
from emotion.vision.assets import Models
from emotion.vision.engine import Engine

# A cold conversion takes 30 to 60 seconds on two cores.
PREPARE_TIMEOUT_S = 600


def models_for(settings: Settings) -> Models:
    """The converted networks. Where they are missing, converts them and shows that it does.

    Also makes sure that an engine and its drawing work with these settings, so that what is wrong is said before the
    camera starts or a video is uploaded. Raises ModelError, SettingsError.
    """
    if not assets.ready(settings.cache_dir):
        with st.status("Preparing the models for the first time. This takes about a minute.") as status:
            _convert(settings)
            status.update(label="The models are ready.", state="complete")
    models = _load(settings)
    _try(settings.model, settings.font, settings, models)
    return models


@st.cache_resource(show_spinner="Loading the model", max_entries=8)
def _try(model: str, font: Path | None, _settings: Settings, _models: Models) -> None:
    """Once per model and font, the two settings that name files; a failure is not cached."""
    Engine.create(_settings, _models)
    Overlay(_settings, (640, 480))


@st.cache_resource(show_spinner=False)
def _load(_settings: Settings) -> Models:
    return assets.load(_settings.cache_dir)


@st.cache_resource(show_spinner=False)
def _convert(_settings: Settings) -> None:
    """In a process of its own: tensorflow would add most of a gigabyte to the server, for ever. Cached, so that it
    runs once however many people open the page meanwhile."""
    try:
        finished = subprocess.run(
            [sys.executable, "-m", "emotion", "models", "prepare"],
            env={**os.environ, **_settings.as_environment()},
            capture_output=True,
            text=True,
            timeout=PREPARE_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise ModelError("Preparing the models took too long. Run `emotion models prepare` on the server.") from late
    if finished.returncode != 0:
        reason = finished.stderr.strip().rsplit("\n", 1)[-1].removeprefix("error: ")
        raise ModelError(f"The models could not be prepared: {reason} Run `emotion doctor` on the server.")
