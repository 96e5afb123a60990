"""Live recordings whose process died: what they kept becomes a recording like any other."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from emotion.errors import EmotionError, NotFound
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
# No more of it counts between two looks. Where the machine slept, or this process was held up, the recorder had no
# chance to say anything either (on Windows the clock goes on in sleep).
LONGEST_LOOK_S = 5.0


@dataclass(frozen=True, slots=True)
class _Silence:
    beat: int | None
    """The last sign of life."""
    lasts_s: float = 0.0


class BrokenOff:
    """Looks, again and again, for recordings that nobody makes any more, and releases them. One thread.

    No clock of whoever records is trusted, nor this machine's own time of day: the one may be another machine's, and
    either may be set. What counts is that a sign of life did not change while this process looked on.
    """

    def __init__(self, database: Database, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._looked_s = clock()
        self._silences: dict[str, _Silence] = {}

    def look(self) -> None:
        """Cheap where there is none: for every second. One that cannot be released is logged, and tried again after as
        long as the first time. Raises StoreError where the database does not say which there are."""
        now_s = self._clock()
        passed_s, self._looked_s = min(now_s - self._looked_s, LONGEST_LOOK_S), now_s
        before, self._silences = self._silences, {}
        for recording_id in taping.under_way(self._database):
            kept = Kept(Places(self._settings.data_dir).live(recording_id))
            silence = _heard(before.get(recording_id), kept.last_beat(), passed_s)
            if silence.lasts_s > SILENT_S:
                silence = _Silence(silence.beat)
                self._attempt(recording_id, kept)
            self._silences[recording_id] = silence

    def _attempt(self, recording_id: str, kept: Kept) -> None:
        try:
            _release(self._database, self._settings, recordings.get(self._database, recording_id), kept)
        except NotFound:
            return
        except (EmotionError, OSError) as error:
            log.warning("The recording %s cannot be released: %s", recording_id, error.__cause__ or error)


def _heard(before: _Silence | None, beat: int | None, passed_s: float) -> _Silence:
    """How long it is silent, after a look that found this sign of life."""
    if before is None or before.beat != beat:
        return _Silence(beat)
    return _Silence(beat, before.lasts_s + passed_s)


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
    taping.release(
        database,
        recording.id,
        size_bytes=_size(video),
        marks=kept.marks(),
        keep_s=settings.keep_hours * 3600 or None,
    )


def _size(path: Path) -> int:
    return path.stat().st_size
