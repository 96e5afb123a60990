"""Live recordings of pictures that are known to the number, and what came of them."""

from __future__ import annotations

import time

from clips import number_in
from clock import Clock

from emotion.live.backlog import WAITING
from emotion.live.recorder import Recorder
from emotion.media.read import open_video
from emotion.settings import Settings
from emotion.store import recordings
from emotion.store.database import Database
from emotion.store.places import Places
from emotion.store.values import Recording

WAIT_S = 60.0
WORKER = "a" * 32
TIMES = [5.0 + index / 20 for index in range(WAITING - 5)]


def begin(database: Database, settings: Settings, clock: Clock | None = None) -> Recorder:
    facts = {"source": "Camera", "consent": {"at": "2026-11-21T18:00:00+00:00", "text": "2026-11"}}
    return Recorder.begin(
        database,
        settings,
        owner="ann",
        name="Live 2026-11-21 18.40.00",
        facts=facts,
        facts_at_end=lambda: {"baseline": {"track": 1}},
        clock=clock or time.monotonic,
    )


def written(recorder: Recorder) -> int:
    """Pictures that it has written; its status says so only once a second."""
    return recorder._writer._tape.frames


def only(database: Database) -> Recording:
    (found,) = recordings.find(database)
    return found


def pictures(settings: Settings, recording: Recording) -> list[int]:
    with open_video(Places(settings.data_dir).source(recording.id) / recording.source) as video:
        return [number_in(frame.image) for frame in video.frames()]
