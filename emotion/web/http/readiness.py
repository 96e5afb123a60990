"""Whether this server can do its work: what a probe wants to know, and an administrator who asks why not."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from emotion.errors import EmotionError
from emotion.settings import Settings
from emotion.vision import assets
from emotion.web.http.office import Office

NO_WORKERS = "No worker has been seen lately. The log of the server, or of `emotion worker`, says why."
NOT_WRITABLE = "The data folder cannot be written ({}). Look at its disk, its permissions and its mount."


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is needed."""

    name: str
    problem: str = ""
    """A sentence; empty where all is well."""


def examine(load: Callable[[], Settings], office: Office) -> tuple[Check, ...]:
    """Settings, data folder, models, database, workers. Blocking: for a thread. Raises nothing that is foreseen."""
    try:
        settings = load()
    except EmotionError as error:
        return (Check("settings", str(error)),)
    return (
        _checked("data_folder", lambda: _write(settings)),
        _checked("models", lambda: _models(settings)),
        *_stored(office),
    )


def _checked(name: str, check: Callable[[], str]) -> Check:
    try:
        return Check(name, check())
    except EmotionError as error:
        return Check(name, str(error))


def _write(settings: Settings) -> str:
    try:
        with tempfile.TemporaryFile(dir=settings.data_dir) as file:
            file.write(b"ready")
            file.flush()
    except OSError as error:
        return NOT_WRITABLE.format(error.strerror)
    return ""


def _models(settings: Settings) -> str:
    assets.load(settings.cache_dir)
    return ""


def _stored(office: Office) -> Iterator[Check]:
    from emotion.store import workers

    try:
        database = office.open().database
        somebody = workers.alive(database)
    except EmotionError as error:
        yield Check("database", str(error))
        return
    yield Check("database")
    yield Check("workers", "" if somebody else NO_WORKERS)
