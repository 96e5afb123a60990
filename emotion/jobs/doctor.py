"""What is installed, what is ready, what is missing: in plain words."""

from __future__ import annotations

import os
import platform
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata, util

from emotion.errors import EmotionError
from emotion.jobs.room import shortage
from emotion.media.write import can_write_h264
from emotion.report.text import Typeface
from emotion.settings import Settings
from emotion.store import workers
from emotion.store.database import Database
from emotion.store.places import Places
from emotion.vision import assets
from emotion.vision.engine import Engine

PACKAGES = ("streamlit", "streamlit-webrtc", "av", "altair", "fer", "mtcnn", "ai-edge-litert", "onnxruntime")
OPENCV_BUILDS = (
    "opencv-python-headless",
    "opencv-contrib-python",
    "opencv-python",
    "opencv-contrib-python-headless",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    good: bool
    text: str


def examine(settings: Settings) -> list[Finding]:
    """Everything the dashboard needs, each with what to do where it is missing."""
    return [
        Finding(True, f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"),
        *map(_package, PACKAGES),
        _opencv(),
        _converter(),
        _h264(),
        _models(settings),
        _model(settings),
        _font(settings),
        *_folders(settings),
        _database(settings),
        *_unknown_variables(),
    ]


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _package(package: str) -> Finding:
    version = _version(package)
    return Finding(
        bool(version), f"{package} {version}" if version else f"{package} is not installed. Run `make setup`."
    )


def _opencv() -> Finding:
    found = [f"{build} {version}" for build in OPENCV_BUILDS if (version := _version(build))]
    if len(found) == 1:
        return Finding(True, found[0])
    if not found:
        return Finding(False, "OpenCV is not installed. Run `make setup`.")
    return Finding(False, f"Several OpenCV builds overwrite each other: {', '.join(found)}. Run `make clean setup`.")


def _converter() -> Finding:
    if util.find_spec("tensorflow"):
        return Finding(True, "tensorflow is there for the one conversion of the models; the dashboard never loads it")
    return Finding(False, "tensorflow is not installed, so models cannot be converted. Run `make setup`.")


def _h264() -> Finding:
    if can_write_h264():
        return Finding(True, "H.264 video can be written")
    return Finding(False, "H.264 video cannot be written: this build of PyAV has no libx264. Install PyAV's own wheel.")


def _models(settings: Settings) -> Finding:
    if assets.ready(settings.cache_dir):
        return Finding(True, "the face and emotion models are converted and ready")
    return Finding(False, "the models are not converted yet. Run `emotion models prepare`; it takes about a minute.")


def _model(settings: Settings) -> Finding:
    try:
        info = Engine.create(settings).info()
    except EmotionError as error:
        return Finding(False, f"the engine does not start: {error}")
    return Finding(True, f"the engine starts with detector {info['detector']} and model {info['model']}")


def _font(settings: Settings) -> Finding:
    try:
        Typeface.of(settings)
    except EmotionError as error:
        return Finding(False, str(error))
    return Finding(True, f"text is drawn with {settings.font.name if settings.font else 'DejaVu Sans'}")


def _folders(settings: Settings) -> Iterator[Finding]:
    for purpose, variable, folder in (
        ("models", "EMOTION_CACHE_DIR", settings.cache_dir),
        ("uploads and results", "EMOTION_DATA_DIR", settings.data_dir),
    ):
        nearest = next(parent for parent in (folder, *folder.parents) if parent.exists())
        try:
            with tempfile.TemporaryDirectory(dir=nearest):
                yield Finding(True, f"the folder for {purpose} is {folder}")
        except OSError:
            yield Finding(False, f"the folder for {purpose}, {folder}, cannot be written. Set {variable}.")


def _database(settings: Settings) -> Finding:
    if settings.database_url is None and not Places(settings.data_dir).database.exists():
        return Finding(True, "the database is made when the dashboard first starts")
    try:
        with Database.open(settings) as database:
            hands = len(workers.alive(database))
    except EmotionError as error:
        return Finding(False, str(error))
    message = shortage(settings.data_dir, settings.min_free_gb)
    if message:
        return Finding(False, message)
    return Finding(True, f"the database answers; workers at work: {hands or 'none, the dashboard is not running'}")


def _unknown_variables() -> Iterator[Finding]:
    known = {f"EMOTION_{name.upper()}" for name in Settings.model_fields}
    for name in sorted(name for name in os.environ if name.startswith("EMOTION_") and name not in known):
        yield Finding(False, f"the variable {name} means nothing here. The README lists those that do.")
