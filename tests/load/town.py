"""A data folder as after some weeks: everybody has analysed a few recordings."""

from __future__ import annotations

import shutil
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shelf import facts_of, timeline_of

from emotion.jobs.artefacts import save_facts, save_tables
from emotion.report.timeline import Timeline
from emotion.settings import Settings
from emotion.store.database import Database
from emotion.store.places import Places
from emotion.store.schema import jobs, recordings
from emotion.store.values import JobState, Origin
from emotion.types import Emotion

SECONDS = 300
EACH = 4
MOODS = (Emotion.HAPPY, Emotion.NEUTRAL, Emotion.SAD, Emotion.SURPRISE)
Page = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Town:
    """Who lives there, and what they have."""

    names: tuple[str, ...]
    theirs: dict[str, tuple[str, ...]]
    """Name -> recordings."""

    def headers(self, place: int) -> dict[str, str]:
        """What a proxy says of the person in that place."""
        return {"X-Forwarded-User": self.names[place]}

    def pages(self, place: int) -> Sequence[Page]:
        """What that person looks at, one after the other."""
        first, second, *_ = self.theirs[self.names[place]]
        seen = [("recording", f"recording={first}"), ("compare", f"recordings={first},{second}")]
        return [("", ""), ("videos", ""), ("library", ""), seen[0], ("about", ""), seen[1]]


def settle(database: Database, settings: Settings, people: int) -> Town:
    """So many people, each with recordings of five minutes."""
    names = tuple(f"person{number}" for number in range(people))
    theirs = {name: tuple(uuid.uuid4().hex for _ in range(EACH)) for name in names}
    timeline = timeline_of([MOODS[second // 20 % len(MOODS)] for second in range(SECONDS)])
    facts = facts_of(timeline, "talk.mp4", settings)
    _fill_shelves(settings, timeline, facts, [number for each in theirs.values() for number in each])
    rows = [(f"proxy:{name}", number) for name, each in theirs.items() for number in each]
    with database.writing() as connection:
        connection.execute(recordings.insert(), [_recording(owner, number, facts) for owner, number in rows])
        connection.execute(jobs.insert(), [_job(number, settings) for _, number in rows])
    return Town(names, theirs)


def _fill_shelves(settings: Settings, timeline: Timeline, facts: dict[str, Any], numbers: Sequence[str]) -> None:
    model = settings.data_dir / "model"
    model.mkdir()
    save_tables(model, timeline)
    save_facts(model, facts)
    for number in numbers:
        shutil.copytree(model, Places(settings.data_dir).results(number))


def _recording(owner: str, number: str, facts: dict[str, Any]) -> dict[str, Any]:
    kept = {"name": "talk.mp4", "origin": Origin.UPLOAD, "source": "talk.mp4", "size_bytes": 300_000}
    return {"id": number, "owner": owner, **kept, "created_s": time.time(), "facts": facts}


def _job(number: str, settings: Settings) -> dict[str, Any]:
    now = time.time()
    state = {"state": JobState.DONE, "message": "", "settings": settings.for_a_job()}
    return {"recording_id": number, **state, "created_s": now, "started_s": now, "finished_s": now}


def padded(path: Path, megabytes: int) -> None:
    """Makes a video larger without another picture in it: a box that players pass over (ISO/IEC 14496-12, ``free``)."""
    size = megabytes << 20
    with path.open("ab") as file:
        file.write(size.to_bytes(4, "big") + b"free" + bytes(size - 8))
