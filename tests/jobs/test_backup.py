"""Backup and restore, on both databases: what comes back, what is refused, and what a second backup does."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres import Server, program
from shelf import claim, facts_of, finish, timeline_of

from emotion.errors import InputError, OutputError, StoreError
from emotion.jobs import tidy
from emotion.jobs.artefacts import save_facts, save_tables
from emotion.jobs.backup import DATA, MANIFEST, backup, restore
from emotion.jobs.submit import submit_file
from emotion.notes import NoteKind
from emotion.settings import Settings
from emotion.store import audit, jobs, notes, recordings, taping, workers
from emotion.store.database import Database
from emotion.store.places import Places
from emotion.store.values import JobState, Recording
from emotion.types import Emotion
from emotion.web.links import Links

HAPPY = [Emotion.HAPPY] * 3


@dataclasses.dataclass(frozen=True)
class House:
    """A server's settings, and how to get the same kind of an empty one."""

    settings: Settings
    elsewhere: Settings
    backup: Path
    video: Path


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> House:
    urls: list[str | None] = [None, None]
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("postgres_server")
        program("pg_dump")
        urls = [server.fresh(), server.fresh()]
    first, second = (
        Settings.load(data_dir=tmp_path / name, database_url=url, min_free_gb=0)
        for name, url in zip(("old", "new"), urls, strict=True)
    )
    video = tmp_path / "Ann's birthday.mp4"
    video.write_bytes(b"video" * 1000)
    return House(first, second, tmp_path / "backup", video)


@pytest.fixture
def database(house: House) -> Iterator[Database]:
    with Database.open(house.settings) as opened:
        yield opened


def analysed(database: Database, house: House) -> Recording:
    """A recording with results and a note."""
    made = submit_file(database, house.settings, house.video, owner="ann")
    folder = Places(house.settings.data_dir).results(made.id)
    folder.mkdir(parents=True)
    timeline = timeline_of(HAPPY)
    facts = facts_of(timeline, made.name, house.settings)
    save_tables(folder, timeline)
    save_facts(folder, facts)
    notes.add(database, made.id, NoteKind.MARKER, from_s=1.0, text="look here")
    return finish(database, made, facts)


def contents(settings: Settings, recording: Recording) -> dict[str, bytes]:
    folder = Places(settings.data_dir).recording(recording.id)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_everything_comes_back(house: House, database: Database) -> None:
    done = analysed(database, house)
    secret = Links.of(house.settings).secret
    audit.write(database, "ann", "recording.opened", done.id, now=5.0)
    made = backup(house.settings, house.backup)
    assert (made.recordings, made.copied) == (1, made.files)

    came = restore(house.elsewhere, house.backup)

    assert (came.recordings, came.begun_anew, came.lost) == (1, 0, 0)
    assert contents(house.elsewhere, done) == contents(house.settings, done)
    assert Links.of(house.elsewhere).secret == secret
    with Database.open(house.elsewhere) as restored:
        assert recordings.find(restored, owner="ann") == (done,)
        assert notes.of(restored, done.id) == notes.of(database, done.id)
        assert audit.latest(restored) == audit.latest(database)
        # Numbers go on where they were: PostgreSQL counts beside its tables.
        audit.write(restored, "ann", "recording.opened", done.id)
        assert submit_file(restored, house.elsewhere, house.video).id != done.id


def test_nobody_else_may_look_into_a_backup(house: House, database: Database) -> None:
    done = analysed(database, house)
    Links.of(house.settings)
    backup(house.settings, house.backup)
    for path in (house.backup, house.backup / DATA / "recordings" / done.id):
        assert path.stat().st_mode & 0o077 == 0
    secrets = [house.backup / DATA / "secret", *house.backup.glob("emotion.*")]
    assert [path.stat().st_mode & 0o077 for path in secrets] == [0, 0]


def test_what_was_half_done_begins_anew(house: House, database: Database) -> None:
    waiting = submit_file(database, house.settings, house.video)
    assert claim(database) is not None
    work = Places(house.settings.data_dir).work(waiting.id)
    work.mkdir()
    (work / "plan.json").write_text("{}")
    backup(house.settings, house.backup)
    assert restore(house.elsewhere, house.backup).begun_anew == 1
    assert not Places(house.elsewhere.data_dir).work(waiting.id).exists()
    with Database.open(house.elsewhere) as restored:
        assert workers.alive(restored) == ()
        assert jobs.count(restored, JobState.WAITING) == 1
        lease = claim(restored)
        assert lease is not None
        assert (lease.recording.id, lease.tries) == (waiting.id, 1)


def test_a_live_recording_that_was_going_on_is_still_one(house: House, database: Database) -> None:
    """The supervisor releases it as it does one whose server died."""
    number = recordings.new_id()
    places = Places(house.settings.data_dir)
    for folder in (places.source(number), places.live(number)):
        folder.mkdir(parents=True)
        (folder / "growing").write_bytes(b"so far")
    taping.begin(database, recording_id=number, owner="ann", name="Live", source="growing", settings={})
    backup(house.settings, house.backup)
    (places.source(number) / "growing").write_bytes(b"so far, and further")
    assert backup(house.settings, house.backup).copied == 1
    restore(house.elsewhere, house.backup)
    with Database.open(house.elsewhere) as restored:
        assert taping.under_way(restored) == (number,)
    assert (Places(house.elsewhere.data_dir).source(number) / "growing").read_bytes() == b"so far, and further"


def test_a_second_backup_copies_what_is_new_and_forgets_what_is_gone(house: House, database: Database) -> None:
    old = analysed(database, house)
    first = backup(house.settings, house.backup)
    assert backup(house.settings, house.backup).copied == 0
    new = submit_file(database, house.settings, house.video)
    tidy.delete(database, house.settings, old.id)
    second = backup(house.settings, house.backup)
    assert (second.recordings, second.copied) == (1, 1)
    assert first.files > second.files
    assert [folder.name for folder in (house.backup / DATA / "recordings").iterdir()] == [new.id]
    restore(house.elsewhere, house.backup)
    with Database.open(house.elsewhere) as restored:
        assert [found.id for found in recordings.find(restored)] == [new.id]


def test_what_was_deleted_meanwhile_is_not_found(house: House, database: Database) -> None:
    kept, gone = (submit_file(database, house.settings, house.video) for _ in range(2))
    backup(house.settings, house.backup)
    shutil.rmtree(house.backup / DATA / "recordings" / gone.id)
    assert restore(house.elsewhere, house.backup).lost == 1
    with Database.open(house.elsewhere) as restored:
        assert [found.id for found in recordings.find(restored)] == [kept.id]


def test_a_backup_that_fails_leaves_the_last_one(house: House, database: Database) -> None:
    done = analysed(database, house)
    backup(house.settings, house.backup)
    folder = house.backup / DATA / "recordings" / done.id / "results"
    shutil.rmtree(folder)
    folder.write_text("in the way")
    with pytest.raises(OutputError):
        backup(house.settings, house.backup)
    assert sorted(path.name for path in house.backup.iterdir()) == sorted(
        [DATA, MANIFEST, *(path.name for path in house.backup.glob("emotion.*"))]
    )


def test_only_into_what_is_empty(house: House, database: Database) -> None:
    analysed(database, house)
    backup(house.settings, house.backup)
    with pytest.raises(InputError, match="EMOTION_DATA_DIR"):
        restore(house.settings, house.backup)
    with Database.open(house.elsewhere), pytest.raises(InputError, match="holds something"):
        restore(house.elsewhere, house.backup)
    assert [*Places(house.elsewhere.data_dir).recordings.iterdir()] == []


@pytest.mark.parametrize(
    ("manifest", "says"),
    [
        pytest.param(None, "no backup", id="none"),
        pytest.param("{", "no backup", id="broken"),
        pytest.param(json.dumps({"format": 2, "database": "sqlite"}), "newer version", id="newer"),
        pytest.param(json.dumps({"format": 1, "database": "postgresql"}), "EMOTION_DATABASE_URL", id="other database"),
    ],
)
def test_what_is_no_backup_is_refused(tmp_path: Path, manifest: str | None, says: str) -> None:
    if manifest is not None:
        (tmp_path / MANIFEST).write_text(manifest)
    with pytest.raises(InputError, match=says):
        restore(Settings.load(data_dir=tmp_path / "data"), tmp_path)
    assert not (tmp_path / "data").exists()


def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no database yet"):
        backup(Settings.load(data_dir=tmp_path / "data"), tmp_path / "backup")
