"""Live recordings that nobody makes any more are found by their silence, whatever the clocks say, and harm no other."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from made_up import taken
from watched import Watched

from emotion.errors import StoreError
from emotion.jobs import supervisor
from emotion.jobs.broken_off import SILENT_S
from emotion.live.tape import Tape
from emotion.settings import Settings
from emotion.store import recordings, taping
from emotion.store.database import Database
from emotion.store.kept import Kept
from emotion.store.places import Places
from emotion.store.values import JobState

A, B = "a" * 32, "b" * 32
HOUR_S = 3600.0


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(data_dir=tmp_path / "data", min_free_gb=0, keep_hours=1)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    with Database.open(settings) as opened:
        yield opened


def growing(database: Database, settings: Settings, number: str, *, began_s: float | None = None) -> Kept:
    """A recording with pictures on the disk that is still being made."""
    places = Places(settings.data_dir)
    with Tape(places.source(number) / "live.mp4", Kept(places.live(number)), {}) as tape:
        for entry in taken([0.0, 0.05, 0.1]):
            tape.keep(*entry)
    taping.begin(
        database,
        recording_id=number,
        owner="ann",
        name="Live",
        source="live.mp4",
        settings={},
        keep_s=HOUR_S,
        now=time.time() if began_s is None else began_s,
    )
    return Kept(places.live(number))


def state(database: Database, number: str) -> JobState:
    return recordings.get(database, number).job.state


@dataclass
class Beating:
    """Somebody who records, with a clock of their own."""

    kept: Kept
    ahead_s: float
    every: int = 1
    looks: int = field(default=0)

    def __call__(self) -> None:
        self.looks += 1
        if self.looks % self.every == 0:
            said_s = time.time() + self.ahead_s + self.looks
            os.utime(self.kept.folder / "beat", (said_s, said_s))


@pytest.mark.parametrize(
    ("ahead_s", "every", "step_s", "goes_on"),
    [
        pytest.param(0.0, 1, 1.0, True, id="somebody records"),
        pytest.param(-HOUR_S, 1, 1.0, True, id="whose clock is an hour late"),
        pytest.param(HOUR_S, 1, 1.0, True, id="whose clock is an hour early"),
        pytest.param(0.0, 25, 1.0, True, id="a disk that hangs for a while"),
        pytest.param(0.0, 4, HOUR_S, True, id="a machine that sleeps an hour between looks"),
        pytest.param(0.0, 10_000, 1.0, False, id="nobody"),
        pytest.param(HOUR_S, 10_000, 1.0, False, id="nobody, and the last sign of life lies in the future"),
    ],
)
def test_silence_is_what_was_heard_here(
    database: Database, settings: Settings, ahead_s: float, every: int, step_s: float, goes_on: bool
) -> None:
    kept = growing(database, settings, A)
    said_s = time.time() + ahead_s
    os.utime(kept.folder / "beat", (said_s, said_s))
    Watched(database, settings).passes(70 * step_s, step_s=step_s, meanwhile=Beating(kept, ahead_s, every))
    assert state(database, A) is (JobState.RECORDING if goes_on else JobState.WAITING)


def test_one_that_cannot_be_released_stops_no_other(
    database: Database, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    growing(database, settings, A)
    growing(database, settings, B)
    video, aside = Places(settings.data_dir).source(A) / "live.mp4", settings.data_dir / "aside"
    video.rename(aside)
    video.mkdir()
    watched = Watched(database, settings)
    watched.passes(SILENT_S + 2)
    assert (state(database, A), state(database, B)) == (JobState.RECORDING, JobState.WAITING)
    assert [A in record.getMessage() for record in caplog.records] == [True]

    video.rmdir()
    aside.rename(video)
    watched.passes(SILENT_S + 2)
    assert state(database, A) is JobState.WAITING


def test_its_time_in_the_library_begins_when_it_is_released(database: Database, settings: Settings) -> None:
    growing(database, settings, A, began_s=time.time() - 4 * HOUR_S)
    assert recordings.expired(database) == ()
    Watched(database, settings).passes(SILENT_S + 2)
    assert state(database, A) is JobState.WAITING
    assert recordings.get(database, A).keep_until_s == pytest.approx(time.time() + HOUR_S, abs=60)


def test_a_round_that_fails_stops_no_tidying(
    database: Database, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    over = recordings.add(
        database, owner="ann", name="old", origin="upload", source="x", size_bytes=1, settings={}, keep_until_s=5.0
    )
    stop = threading.Event()

    class NoTeam(supervisor.Team):
        def look(self) -> None:
            stop.set()
            raise StoreError

    supervisor._rounds(database, settings, NoTeam(database, settings, [], 0), stop)
    assert "A round of the supervisor failed" in caplog.text
    assert recordings.deleted(database) == (over.id,)
