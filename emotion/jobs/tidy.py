"""Deleting: by a person's wish, when the time is over, and what nobody owns. The data folder holds nothing else."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from emotion.errors import EmotionError, UploadRefused
from emotion.jobs.inbox import Inbox
from emotion.jobs.submit import submit_upload
from emotion.settings import Settings
from emotion.store import audit, recordings, shares, workers
from emotion.store.database import Database
from emotion.store.places import ID, Places

log = logging.getLogger(__name__)

# A folder without a row is one whose recording is being added at this moment, or one that was left behind.
ORPHAN_S = 3600.0


def delete(database: Database, settings: Settings, recording_id: str, *, by: str = audit.SERVER) -> None:
    """Ends its job, and it is gone from the library and the disk at once, with all links to it. Raises NotFound.

    A worker that is busy with it may still write for a second or two; :func:`sweep` removes what it leaves.
    """
    recordings.mark_deleted(database, recording_id, by=by)
    shutil.rmtree(Places(settings.data_dir).recording(recording_id), ignore_errors=True)


def sweep(database: Database, settings: Settings) -> None:
    """What is left of deleted recordings, once nobody works on them. Cheap: for every second."""
    for recording_id in recordings.deleted(database):
        folder = Places(settings.data_dir).recording(recording_id)
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            recordings.forget(database, recording_id)


def tidy(database: Database, settings: Settings, *, now: float | None = None) -> None:
    """Whose time is over, half-done work of cancelled jobs, folders of nobody, uploads and workers that went silent;
    old entries of the audit log. Uploads that nobody took become recordings."""
    now = time.time() if now is None else now
    places = Places(settings.data_dir)
    for recording_id in recordings.expired(database, now=now):
        delete(database, settings, recording_id)
    for recording_id in recordings.stopped(database):
        # Asked again: a person may have tried it again a moment ago.
        if places.work(recording_id).exists() and recording_id in recordings.stopped(database):
            shutil.rmtree(places.work(recording_id), ignore_errors=True)
    for folder in _orphans(database, places, now):
        shutil.rmtree(folder, ignore_errors=True)
    for worker in workers.silent(database, now=now):
        workers.remove(database, worker.id)
    shares.forget(database, now=now)
    audit.forget(database, settings.audit_days, now=now)
    _adopt(database, settings)
    Inbox.of(settings).tidy()


def _adopt(database: Database, settings: Settings) -> None:
    """Whole uploads whose page was closed before it took them become recordings: blurred as was chosen for them, else
    with this server's own options. One that cannot stops no other."""
    for upload in Inbox.of(settings).forgotten():
        try:
            submit_upload(database, upload.as_wanted(settings), upload.id, owner=upload.owner)
        except UploadRefused:
            continue  # its page is open again, and took it at this moment
        except (EmotionError, OSError) as error:
            log.warning("The upload %s cannot become a recording: %s", upload.id, error.__cause__ or error)


def _orphans(database: Database, places: Places, now: float) -> Iterator[Path]:
    old = [folder for folder in places.recordings.glob("*") if _changed(folder) < now - ORPHAN_S]
    known = recordings.known(database, [folder.name for folder in old])
    return (folder for folder in old if ID.fullmatch(folder.name) and folder.name not in known)


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # deleted meanwhile
        return float("inf")
