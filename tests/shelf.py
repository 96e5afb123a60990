"""Recordings as workers would have left them, made in a moment."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from streamlit.testing.v1 import AppTest

from emotion.jobs.artefacts import save_facts, save_tables
from emotion.report.summary import summary
from emotion.report.timeline import Timeline
from emotion.settings import Settings
from emotion.store import leases, recordings, workers
from emotion.store.database import Database
from emotion.store.places import Places
from emotion.store.values import Lease, Origin, Recording, Worker
from emotion.types import EMOTIONS, Analysis, Box, Emotion, Face, Scores

LEASE_S = 60.0
WORKER = "0" * 32

Moods = Sequence[Emotion | None]
AddRecording = Callable[..., Recording]
OpenPage = Callable[..., AppTest]


def timeline_of(*moods: Moods, person: int = 0) -> Timeline:
    """A frame a second; the first row is the largest face, and ``person`` is whom the charts follow."""
    seconds = max(len(row) for row in moods)
    analyses = [Analysis(second, float(second), tuple(_faces(moods, second))) for second in range(seconds)]
    return Timeline.of(analyses, end_s=float(seconds), person=person)


def _faces(moods: Sequence[Moods], second: int) -> Iterator[Face]:
    for place, row in enumerate(moods):
        mood = row[second] if second < len(row) else None
        if mood is not None:
            scores = Scores(tuple(0.7 if emotion is mood else 0.05 for emotion in EMOTIONS))
            side = 100.0 - 10 * place
            yield Face(place + 1, Box(120.0 * place, 0, side, side), 0.99, scores, scores, mood.value)


def facts_of(timeline: Timeline, name: str, settings: Settings) -> dict[str, Any]:
    source = {
        "name": name,
        "sha256": "0" * 64,
        "size_bytes": 300_000,
        "width": 640,
        "height": 360,
        "duration_s": timeline.end_s,
        "frames": timeline.frames,
        "damage": "",
    }
    return summary(
        timeline,
        source=source,
        settings=settings.for_the_record(),
        versions={"emotion-dashboard": "0"},
        seconds_taken=1.0,
        labels=settings.labels,
    )


def add_waiting(database: Database, settings: Settings, name: str = "talk.mp4", *, owner: str = "local") -> Recording:
    """A recording that nobody has begun with."""
    return recordings.add(
        database,
        owner=owner,
        name=name,
        origin=Origin.UPLOAD,
        source=name,
        size_bytes=300_000,
        settings=settings.for_a_job(),
    )


def add_done(
    database: Database, settings: Settings, *moods: Moods, name: str = "talk.mp4", owner: str = "local", **kept: Any
) -> Recording:
    """One with results: a frame a second, of one face, or of as many as there are rows of moods. No other may wait."""
    recording = add_waiting(database, settings, name, owner=owner)
    folder = Places(settings.data_dir).results(recording.id)
    folder.mkdir(parents=True)
    timeline = timeline_of(*moods, person=kept.get("face", 0))
    facts = facts_of(timeline, name, settings.but(**kept))
    save_tables(folder, timeline)
    save_facts(folder, facts)
    return finish(database, recording, facts)


def finish(database: Database, recording: Recording, facts: dict[str, Any]) -> Recording:
    """Does all its tasks, as a worker does. Nothing else may wait."""
    while (lease := claim(database)) is not None:
        assert lease.recording.id == recording.id
        leases.finish(database, lease, segments=1, frames=9, frames_done=9, facts=facts)
    return recordings.get(database, recording.id)


def claim(database: Database) -> Lease | None:
    """The next task, for a worker that is registered on the way."""
    if not workers.alive(database):
        workers.register(database, Worker(WORKER, "here", 1, time.time(), time.time()))
    return leases.claim(database, WORKER, lease_s=LEASE_S, tries=3)
