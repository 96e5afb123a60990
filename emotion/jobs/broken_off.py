"""Live recordings whose process died: what they kept becomes a recording like any other."""

from __future__ import annotations

import logging
import shutil
import time
from pathlib import Path

from emotion.errors import NotFound
from emotion.jobs.seen_live import BROKE_OFF
from emotion.media.fragments import cut_to_whole_fragments
from emotion.settings import Settings
from emotion.store import recordings, taping
from emotion.store.database import Database
from emotion.store.kept import Kept
from emotion.store.places import Places
from emotion.store.values import Recording

log = logging.getLogger(__name__)

# Whoever records says so every second; half a minute of silence is a dead process, or a disk that hangs.
SILENT_S = 30.0


def release_broken_off(database: Database, settings: Settings, *, now: float | None = None) -> None:
    """Releases all that nobody makes any more. Cheap where there is none: for every second."""
    now = time.time() if now is None else now
    for recording_id in taping.under_way(database):
        kept = Kept(Places(settings.data_dir).live(recording_id))
        try:
            recording = recordings.get(database, recording_id)
        except NotFound:
            continue
        # A row whose folder has not come yet is a moment old.
        if min(kept.silent_s(now), now - recording.created_s) > SILENT_S:
            _release(database, settings, recording, kept)


def _release(database: Database, settings: Settings, recording: Recording, kept: Kept) -> None:
    video = Places(settings.data_dir).source(recording.id) / recording.source
    if not cut_to_whole_fragments(video):
        log.warning("A recording broke off before its first picture was on the disk, and is gone")
        taping.discard(database, recording.id)
        shutil.rmtree(kept.folder.parent, ignore_errors=True)
        return
    facts = kept.facts()
    # One that had come to its end, and could not tell the database, did not break off.
    if "ended" not in facts:
        kept.write_facts({**facts, "ended": BROKE_OFF})
    taping.release(database, recording.id, size_bytes=_size(video), marks=kept.marks())


def _size(path: Path) -> int:
    return path.stat().st_size
