"""Record: what is left of a recording whose process ended or was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from crew import until
from live.recorded import WAIT_S, only, pictures
from watched import Watched

from emotion.jobs.broken_off import SILENT_S
from emotion.jobs.seen_live import BROKE_OFF
from emotion.report.logbook import story_in
from emotion.settings import Settings
from emotion.store import recordings, taping
from emotion.store.database import Database
from emotion.store.kept import Kept
from emotion.store.places import Places
from emotion.store.values import JobState

RECORDING = """
import os, sys, time
from pathlib import Path
from made_up import taken
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
