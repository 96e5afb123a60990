"""Record: what comes is kept, and the camera's thread never waits for it."""

from __future__ import annotations

import gc
import time

import pytest
import sqlalchemy as sa
from crew import until
from live.recorded import TIMES, WAIT_S, WORKER, begin, only, pictures, written
from made_up import taken

from emotion.errors import OutputError, StoreError
from emotion.live.backlog import WAITING
from emotion.live.recorder import Recorder
from emotion.live.recording_writer import NOTHING_CAME
from emotion.live.values import Marker
from emotion.notes import NoteKind
from emotion.settings import Privacy, Settings
from emotion.store import leases, notes, recordings
from emotion.store.database import Database
from emotion.store.kept import Kept
from emotion.store.places import Places
from emotion.store.values import JobState, Origin, Step


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
    until(lambda: written(recorder) == len(comes), limit_s=WAIT_S)
    now.append(Privacy.NONE)  # with which no picture comes
    assert kept.facts()["privacy"] == said
    recorder.close()
    assert recorder.wait(WAIT_S)
    assert kept.facts()["privacy"] == said


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
