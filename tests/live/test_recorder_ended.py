"""Record: what ends a recording although nobody pressed Stop, and that what came before is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from clock import Clock
from crew import until
from live.recorded import TIMES, WAIT_S, begin, only, pictures, written
from made_up import taken
from watched import Watched

from emotion.errors import DiskFull
from emotion.files import flush
from emotion.jobs.broken_off import SILENT_S
from emotion.jobs.tidy import delete
from emotion.live import limits, tape
from emotion.live.library_entry import GONE, RELEASED
from emotion.live.recorder import Recorder
from emotion.live.recording_writer import ASK_S, BEAT_S, SETTLE_S
from emotion.live.values import Marker
from emotion.settings import Settings
from emotion.store import recordings, taping
from emotion.store.database import Database
from emotion.store.kept import Kept
from emotion.store.places import Places
from emotion.store.values import JobState


@pytest.mark.parametrize(
    ("changes", "passes_s", "says"),
    [
        pytest.param({"live_max_hours": 0.5}, 1801.0, "after 0.5 hours", id="as long as is allowed"),
        pytest.param({}, 121.0, "no picture came for two minutes", id="a camera that sends nothing any more"),
    ],
)
def test_ends_by_itself(settings: Settings, changes: dict[str, float], passes_s: float, says: str) -> None:
    settings = settings.but(**changes)
    clock = Clock()
    with Database.open(settings) as database:
        recorder = begin(database, settings, clock)
        entries = taken(TIMES)
        recorder.take(*entries[0])
        recorder.take(*entries[1])
        until(lambda: written(recorder) == 2, limit_s=WAIT_S)
        clock.now_s += passes_s
        assert recorder.wait(WAIT_S)
        assert says in recorder.status().message
        assert only(database).job.state is JobState.WAITING
        assert says in Kept(Places(settings.data_dir).live(only(database).id)).facts()["ended"]


def test_a_full_disk_ends_it_and_begins_none(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, settings = Clock(), settings.but(min_free_gb=1e-9)
    recorder = begin(database, settings, clock)
    recorder.take(*taken(TIMES)[0])
    until(lambda: written(recorder) == 1, limit_s=WAIT_S)
    # What min_free_gb says is more than there is, from now on.
    monkeypatch.setattr(limits, "GB", 1 << 80)
    clock.now_s += BEAT_S
    assert recorder.wait(WAIT_S)
    assert "nearly full" in recorder.status().message
    assert pictures(settings, only(database)) == [0]
    with pytest.raises(DiskFull, match="Delete recordings that nobody needs"):
        begin(database, settings)
    assert len(recordings.find(database)) == 1


def test_a_silent_database_keeps_nothing_from_the_disk(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not asked again for a minute. A power cut in that time takes the last seconds, no more."""
    clock, flushed = Clock(), []

    def noted(path: Path) -> None:
        flush(path)
        flushed.append(path)

    monkeypatch.setattr(tape, "flush", noted)
    recorder = begin(database, settings, clock)
    recorder.take(*taken(TIMES)[0])
    until(lambda: written(recorder) == 1, limit_s=WAIT_S)
    lies = Places(settings.data_dir).database
    database.close()
    lies.rename(lies.with_name("away"))
    lies.mkdir()
    for turn in (1, 2, 3):
        clock.now_s += SETTLE_S
        until(lambda turn=turn: len(flushed) >= 2 * turn, limit_s=WAIT_S)
    lies.rmdir()
    lies.with_name("away").rename(lies)
    recorder.close()
    assert recorder.wait(WAIT_S)
    assert only(database).job.state is JobState.WAITING


@pytest.mark.parametrize("by", ["a person", "a supervisor"])
def test_ended_by_others_while_it_is_made(database: Database, settings: Settings, by: str) -> None:
    clock = Clock()
    recorder = begin(database, settings, clock)
    recorder.take(*taken(TIMES)[0])
    until(lambda: written(recorder) == 1, limit_s=WAIT_S)
    number = recorder.status().recording_id
    if by == "a person":
        delete(database, settings, number)
    else:
        assert taping.release(database, number, size_bytes=1, marks=[])
    clock.now_s += ASK_S
    assert recorder.wait(WAIT_S)
    assert not recorder.status().released
    assert recorder.status().message == (GONE if by == "a person" else RELEASED)
    assert (number in recordings.deleted(database)) == (by == "a person")


def test_what_an_error_left_half_written_is_cut_off(database: Database, settings: Settings) -> None:
    recorder = begin(database, settings)
    for entry in taken(TIMES):
        recorder.take(*entry)
    until(lambda: written(recorder) == len(TIMES), limit_s=WAIT_S)
    number, places = recorder.status().recording_id, Places(settings.data_dir)
    (video,) = places.source(number).iterdir()
    with video.open("r+b") as file:
        file.truncate(1 << 20)
    (places.live(number) / "marks.jsonl").mkdir()
    recorder.mark(Marker(6.0, "cannot be written"))
    assert recorder.wait(WAIT_S)
    assert "The recording was ended. " in recorder.status().message
    assert recorder.status().released
    assert only(database).size_bytes == video.stat().st_size < 1 << 20
    assert pictures(settings, only(database)) == list(range(len(TIMES)))


def test_facts_that_cannot_be_had_harm_nothing_but_the_end(
    database: Database, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """A supervisor releases it, as it does for a process that died."""
    recorder = Recorder.begin(
        database, settings, owner="ann", name="Live", facts={}, facts_at_end=lambda: {"x": 1 // len("")}
    )
    recorder.take(*taken(TIMES)[0])
    recorder.close()
    assert recorder.wait(WAIT_S)
    assert (recorder.status().over, recorder.status().released) == (True, False)
    assert "could not be released" in caplog.text
    Watched(database, settings).passes(SILENT_S + 5)
    assert only(database).job.state is JobState.WAITING
