"""Record: what comes is kept, whatever happens, and the camera's thread never waits for it."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from clips import number_in
from crew import until
from made_up import taken
from watched import Clock, Watched

from emotion.errors import DiskFull, OutputError, StoreError
from emotion.jobs.broken_off import SILENT_S
from emotion.jobs.seen_live import BROKE_OFF
from emotion.jobs.tidy import delete
from emotion.live import limits
from emotion.live.recorder import ASK_S, BEAT_S, GONE, NOTHING_CAME, RELEASED, WAITING, Recorder
from emotion.live.values import Marker
from emotion.media.read import open_video
from emotion.notes import NoteKind
from emotion.report.logbook import story_in
from emotion.settings import Privacy, Settings
from emotion.store import leases, notes, recordings, taping, workers
from emotion.store.database import Database
from emotion.store.kept import Kept
from emotion.store.places import Places
from emotion.store.values import JobState, Origin, Recording, Step, Worker

WAIT_S = 60.0
WORKER = "a" * 32
TIMES = [5.0 + index / 20 for index in range(WAITING - 5)]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(data_dir=tmp_path / "data", min_free_gb=0)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    with Database.open(settings) as opened:
        workers.register(opened, Worker(WORKER, "here", 1, time.time(), time.time()))
        yield opened


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


def only(database: Database) -> Recording:
    (found,) = recordings.find(database)
    return found


def pictures(settings: Settings, recording: Recording) -> list[int]:
    with open_video(Places(settings.data_dir).source(recording.id) / recording.source) as video:
        return [number_in(frame.image) for frame in video.frames()]


def test_a_recording_from_begin_to_end(database: Database, settings: Settings) -> None:
    recorder = begin(database, settings)
    growing = only(database)
    assert (growing.job.state, growing.origin, growing.owner) == (JobState.RECORDING, Origin.LIVE, "ann")
    assert leases.claim(database, WORKER, lease_s=60, tries=3) is None

    for entry in taken(TIMES):
        recorder.take(*entry)
    recorder.mark(Marker(6.0, "laughs"))
    recorder.close()
    assert recorder.wait(WAIT_S)

    status = recorder.status()
    assert (status.over, status.released, status.frames, status.lost, status.message) == (True, True, 25, 0, "")
    assert status.seconds == pytest.approx(1.2)
    found = only(database)
    assert (found.job.state, found.size_bytes) == (JobState.WAITING, status.size_bytes)
    assert pictures(settings, found) == list(range(25))
    facts = Kept(Places(settings.data_dir).live(found.id)).facts()
    assert {name: facts[name] for name in ("source", "baseline", "frames", "lost", "ended")} == {
        "source": "Camera",
        "baseline": {"track": 1},
        "frames": 25,
        "lost": 0,
        "ended": "",
    }
    (note,) = notes.of(database, found.id).notes
    assert (note.kind, note.from_s, note.text) == (NoteKind.MARKER, 1.0, "laughs")


def test_what_was_seen_is_not_looked_for_again(database: Database, settings: Settings) -> None:
    recorder = begin(database, settings)
    for entry in taken(TIMES):
        recorder.take(*entry)
    recorder.close()
    assert recorder.wait(WAIT_S)

    steps = []
    while (lease := leases.claim(database, WORKER, lease_s=60, tries=3)) is not None:
        steps.append(lease.step)
        leases.finish(database, lease, segments=1, frames=25, frames_done=25, facts={"in_words": "x"})
    assert steps == [Step.PLAN, Step.REMEMBER, Step.RENDER, Step.JOIN]
    assert only(database).job.state is JobState.DONE


def test_nothing_came(database: Database, settings: Settings) -> None:
    recorder = begin(database, settings)
    recorder.mark(Marker(0.0, "hello"))
    recorder.close()
    assert recorder.wait(WAIT_S)
    assert (recorder.status().released, recorder.status().message) == (False, NOTHING_CAME)
    assert recordings.find(database) == ()
    assert list(Places(settings.data_dir).recordings.iterdir()) == []


def test_what_cannot_be_kept_is_counted_and_nobody_waits(database: Database, settings: Settings) -> None:
    """The encoder's thread is held up for as long as pictures come."""
    recorder = begin(database, settings)
    held = taken([index / 20 for index in range(10 * WAITING)])
    with database.writing():  # the thread waits here with its first question, or does not: either is fine
        for entry in held:
            recorder.take(*entry)
    recorder.close()
    assert recorder.wait(WAIT_S)
    status = recorder.status()
    assert status.frames + status.lost == len(held)
    assert len(pictures(settings, only(database))) == status.frames
    recorder.take(*held[0])
    assert recorder.status() == status


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
        until(lambda: recorder._tape.frames == 2, limit_s=WAIT_S)
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
    until(lambda: recorder._tape.frames == 1, limit_s=WAIT_S)
    # What min_free_gb says is more than there is, from now on.
    monkeypatch.setattr(limits, "GB", 1 << 80)
    clock.now_s += BEAT_S
    assert recorder.wait(WAIT_S)
    assert "nearly full" in recorder.status().message
    assert pictures(settings, only(database)) == [0]
    with pytest.raises(DiskFull, match="Delete recordings that nobody needs"):
        begin(database, settings)
    assert len(recordings.find(database)) == 1


def test_a_folder_that_cannot_be_written(database: Database, settings: Settings) -> None:
    Places(settings.data_dir).recordings.rmdir()
    Places(settings.data_dir).recordings.write_text("in the way")
    with pytest.raises(OutputError):
        begin(database, settings)
    assert recordings.find(database) == ()


def test_the_library_does_not_begin(database: Database, settings: Settings) -> None:
    """What was opened for it is closed (a file that is not is a warning, which is an error here) and deleted."""
    with database.writing() as connection:
        connection.execute(sa.text("ALTER TABLE jobs RENAME TO elsewhere"))
    with pytest.raises(StoreError):
        begin(database, settings)
    gc.collect()
    assert list(Places(settings.data_dir).recordings.iterdir()) == []


@pytest.mark.parametrize("by", ["a person", "a supervisor"])
def test_ended_by_others_while_it_is_made(database: Database, settings: Settings, by: str) -> None:
    clock = Clock()
    recorder = begin(database, settings, clock)
    recorder.take(*taken(TIMES)[0])
    until(lambda: recorder._tape.frames == 1, limit_s=WAIT_S)
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


@pytest.mark.parametrize(
    ("comes", "said"),
    [
        pytest.param([Privacy.ALL, Privacy.ALL], "all", id="one and the same"),
        pytest.param([Privacy.NONE, Privacy.NONE], "none", id="changed before the first picture"),
        pytest.param([Privacy.ALL, Privacy.NONE], ["none", "all"], id="unblurred for a while"),
        pytest.param([Privacy.OTHERS, Privacy.ALL, Privacy.OTHERS], ["all", "others"], id="there and back"),
    ],
)
def test_how_its_pictures_were_blurred(
    database: Database, settings: Settings, comes: list[Privacy], said: str | list[str]
) -> None:
    """It stands there while the recording is still made: nobody writes it after a crash."""
    now = [Privacy.ALL]
    recorder = Recorder.begin(
        database, settings, owner="ann", name="Live", facts={}, privacy=lambda: now[-1], clock=time.monotonic
    )
    kept = Kept(Places(settings.data_dir).live(recorder.status().recording_id))
    assert kept.facts()["privacy"] == "all"
    for privacy, entry in zip(comes, taken(TIMES), strict=False):
        now.append(privacy)
        recorder.take(*entry)
    until(lambda: recorder._tape.frames == len(comes), limit_s=WAIT_S)
    now.append(Privacy.NONE)  # with which no picture comes
    assert kept.facts()["privacy"] == said
    recorder.close()
    assert recorder.wait(WAIT_S)
    assert kept.facts()["privacy"] == said


def test_what_an_error_left_half_written_is_cut_off(database: Database, settings: Settings) -> None:
    recorder = begin(database, settings)
    for entry in taken(TIMES):
        recorder.take(*entry)
    until(lambda: recorder._tape.frames == len(TIMES), limit_s=WAIT_S)
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


def test_its_time_in_the_library_begins_with_its_end(database: Database, settings: Settings) -> None:
    settings = settings.but(keep_hours=1)
    recorder = begin(database, settings)
    recorder.take(*taken(TIMES)[0])
    growing = only(database)
    assert growing.keep_until_s == growing.created_s + 3600
    assert recordings.expired(database, now=growing.created_s + 7200) == ()
    recorder.close()
    assert recorder.wait(WAIT_S)
    until_s = only(database).keep_until_s
    assert until_s is not None
    assert until_s > growing.keep_until_s
    assert recordings.expired(database, now=until_s + 1) == (growing.id,)


RECORDING = """
import os, sys, time
from pathlib import Path
from made_up import taken
from watched import Clock, Watched
from emotion.live.recorder import Recorder
from emotion.settings import Settings
from emotion.store.database import Database

database = Database.open(Settings.load())
recorder = Recorder.begin(database, Settings.load(), owner="ann", name="Live", facts={})
number = 0
while True:
    (entry,) = taken([number / 20], first=number)
    recorder.take(*entry)
    number += 1
    print(recorder.status().frames, flush=True)
    time.sleep(0.01)
    if len(sys.argv) > 1 and recorder.status().frames >= 60:
        break
"""


@pytest.mark.slow
def test_killed_while_it_records(database: Database, settings: Settings) -> None:
    """A real process, SIGKILL: all but the last seconds is a recording, as soon as it was silent for long enough."""
    with _recording(settings) as process:
        assert process.stdout is not None
        until(lambda: int(process.stdout.readline()) >= 60, limit_s=WAIT_S)  # type: ignore[union-attr]
        process.send_signal(signal.SIGKILL)
    broken = only(database)
    watched = Watched(database, settings)
    watched.passes(SILENT_S - 1)
    assert only(database).job.state is JobState.RECORDING

    watched.passes(5.0)
    found = only(database)
    assert (found.id, found.job.state) == (broken.id, JobState.WAITING)
    assert found.size_bytes > 0
    shown = pictures(settings, found)
    assert shown == [number % 256 for number in range(len(shown))]
    # What had not come to the disk is a fragment of 20 pictures, and what the encoder was at.
    assert len(shown) >= 60 - 22
    kept = Kept(Places(settings.data_dir).live(found.id))
    assert kept.facts()["ended"] == BROKE_OFF
    assert len(story_in(kept.seen, frames=10_000)) >= 60
    watched.passes(SILENT_S + 5)
    assert only(database) == found


@pytest.mark.slow
def test_a_process_that_ends_finishes_its_recordings(database: Database, settings: Settings) -> None:
    with _recording(settings, "until sixty") as process:
        assert process.stdout is not None
        process.stdout.read()
        assert process.wait(WAIT_S) == 0
    found = only(database)
    assert found.job.state is JobState.WAITING
    assert len(pictures(settings, found)) >= 60


def _recording(settings: Settings, *arguments: str) -> subprocess.Popen[bytes]:
    here = Path(__file__).parents[1]
    paths = os.pathsep.join([str(here), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, **settings.as_environment(), "PYTHONPATH": paths}
    return subprocess.Popen([sys.executable, "-c", RECORDING, *arguments], stdout=subprocess.PIPE, env=environment)


@pytest.mark.parametrize("harm", ["no picture on the disk", "no folder at all"])
def test_broken_off_before_anything_came(database: Database, settings: Settings, harm: str) -> None:
    places, number = Places(settings.data_dir), "b" * 32
    if harm == "no picture on the disk":
        places.source(number).mkdir(parents=True)
        (places.source(number) / "live.mp4").write_bytes(b"\0\0\0\x10ftypiso5mp41")
    begun = taping.begin(
        database, recording_id=number, owner="ann", name="Live", source="live.mp4", settings={}, now=time.time()
    )
    watched = Watched(database, settings)
    watched.passes(SILENT_S - 1)
    assert only(database) == begun
    watched.passes(5.0)
    assert recordings.find(database) == ()
    assert not places.recording(number).exists()


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
