"""From a lease to the task that it stands for, and from a finished one to what the library shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from emotion.errors import InputError
from emotion.jobs.tasks import Task
from emotion.media.library import resolve
from emotion.settings import Settings
from emotion.store.places import Places
from emotion.store.values import Lease, Origin, Recording


def task_of(lease: Lease, settings: Settings) -> Task:
    """What is to be done. Raises InputError, SettingsError."""
    return Task(
        step=lease.step,
        number=lease.number,
        source=source_of(lease.recording, settings),
        folder=Places(settings.data_dir).recording(lease.recording.id),
        settings=settings.of_a_job(lease.recording.job.settings),
    )


def source_of(recording: Recording, settings: Settings) -> Path:
    """Where the video lies. Raises InputError where it is in a folder that is not allowed any more."""
    if recording.origin is not Origin.MEDIA:
        return Places(settings.data_dir).source(recording.id) / recording.source
    if settings.media_dir is None:
        raise InputError("This video lies in the server's folder, which is not open any more. Ask the administrator.")
    return resolve(settings.media_dir, recording.source)


def facts_of(folder: Path) -> dict[str, Any]:
    """What stands in the summary of a finished analysis."""
    facts: dict[str, Any] = json.loads((folder / "results" / "summary.json").read_text(encoding="utf-8"))
    return facts
