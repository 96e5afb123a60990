"""Deleting: what goes, what stays, and when."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from emotion.errors import NotFound, UnreadableVideo
from emotion.jobs import tidy
from emotion.jobs.inbox import Inbox
from emotion.jobs.submit import LOCAL, submit_file, submit_media, submit_upload
from emotion.settings import Privacy, Settings
from emotion.store import audit, jobs, leases, recordings, workers
from emotion.store.database import Database
from emotion.store.places import Places
from emotion.store.values import Origin, Recording, Worker

A = "a" * 32
HOUR_S = 3600.0


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "clip.mp4").write_bytes(b"video")
    return Settings.load(
        data_dir=tmp_path / "data", media_dir=tmp_path / "media", keep_hours=10, min_free_gb=0, every=3
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    with Database.open(settings) as opened:
        workers.register(opened, Worker(A, "here", 1, 0.0, 0.0))
        yield opened


@pytest.fixture
def made(database: Database, settings: Settings) -> Recording:
    assert settings.media_dir
    return submit_file(database, settings, settings.media_dir / "clip.mp4")


def folders(settings: Settings) -> set[str]:
    return {folder.name for folder in Places(settings.data_dir).recordings.iterdir()}


def test_a_file_becomes_a_recording(settings: Settings, made: Recording) -> None:
    assert (made.name, made.owner, made.origin, made.size_bytes) == ("clip.mp4", LOCAL, Origin.UPLOAD, 5)
    assert made.job.settings["every"] == 3
    assert made.keep_until_s == pytest.approx(made.created_s + 10 * HOUR_S, abs=5)
    assert (Places(settings.data_dir).source(made.id) / "clip.mp4").read_bytes() == b"video"
    assert Places(settings.data_dir).recording(made.id).stat().st_mode & 0o777 == 0o700


def test_a_video_of_the_server_stays_where_it_is(database: Database, settings: Settings) -> None:
    made = submit_media(database, settings.but(keep_hours=0), "clip.mp4")
    assert (made.origin, made.source, made.keep_until_s) == (Origin.MEDIA, "clip.mp4", None)
    assert not Places(settings.data_dir).source(made.id).exists()
    tidy.delete(database, settings, made.id)
    assert settings.media_dir
    assert (settings.media_dir / "clip.mp4").exists()


def test_an_upload_becomes_a_recording(database: Database, settings: Settings) -> None:
    inbox = Inbox.of(settings)
    upload = inbox.create("день.mp4", 5, LOCAL)
    (settings.data_dir / "uploads" / upload.id / "part").write_bytes(b"video")
    (settings.data_dir / "uploads" / upload.id / "part").rename(settings.data_dir / "uploads" / upload.id / "whole")
    made = submit_upload(database, settings, upload.id)
    assert (Places(settings.data_dir).source(made.id) / "день.mp4").read_bytes() == b"video"
    assert list((settings.data_dir / "uploads").iterdir()) == []


@pytest.mark.parametrize(
    ("age_s", "adopted"),
    [pytest.param(90, True, id="nobody took it"), pytest.param(5, False, id="its page may still take it")],
)
def test_an_upload_whose_page_was_closed(database: Database, settings: Settings, age_s: float, adopted: bool) -> None:
    inbox = Inbox.of(settings)
    upload = inbox.create("clip.mp4", 5, "anna")
    inbox.data(upload).write_bytes(b"video")
    done_s = time.time() - age_s
    os.utime(inbox.data(upload), (done_s, done_s))
    inbox.finish(upload)
    tidy.tidy(database, settings)
    tidy.tidy(database, settings)
    made = recordings.find(database)
    assert [(one.name, one.owner, one.job.settings["every"]) for one in made] == [("clip.mp4", "anna", 3)] * adopted
    assert (inbox.find(upload.id) is None) == adopted


@pytest.mark.parametrize("server", list(Privacy))
@pytest.mark.parametrize("chosen", [None, *Privacy])
def test_whose_faces_such_an_upload_shows(
    database: Database, settings: Settings, server: Privacy, chosen: Privacy | None
) -> None:
    forgotten(settings, chosen)
    tidy.tidy(database, settings.but(privacy=server))
    (made,) = recordings.find(database)
    assert made.job.settings["privacy"] == (chosen or server)


def test_an_upload_that_cannot_be_adopted_stops_no_tidying(
    database: Database, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    stays = forgotten(settings, None)
    broken = settings.data_dir / "uploads" / ("0" * 32)
    broken.mkdir()
    os.utime(broken, (0, 0))
    Places(settings.data_dir).make()
    Places(settings.data_dir).recordings.rmdir()
    Places(settings.data_dir).recordings.write_text("in the way")
    tidy.tidy(database, settings)
    assert stays in caplog.text
    assert [folder.name for folder in broken.parent.iterdir()] == [stays]


def forgotten(settings: Settings, privacy: Privacy | None) -> str:
    """An upload that came whole a while ago."""
    inbox = Inbox.of(settings)
    upload = inbox.create("clip.mp4", 5, "anna", privacy=privacy)
    inbox.data(upload).write_bytes(b"video")
    done_s = time.time() - 90
    os.utime(inbox.data(upload), (done_s, done_s))
    inbox.finish(upload)
    return upload.id


@pytest.mark.parametrize(
    "submit",
    [
        pytest.param(lambda db, settings: submit_file(db, settings, settings.data_dir / "no.mp4"), id="no such file"),
        pytest.param(lambda db, settings: submit_media(db, settings, "../data/emotion.db"), id="out of the folder"),
        pytest.param(lambda db, settings: submit_upload(db, settings, "0" * 32), id="no such upload"),
    ],
)
def test_what_is_refused_leaves_nothing(database: Database, settings: Settings, submit: object) -> None:
    with pytest.raises(Exception, match=r"\w+.*\.$"):
        submit(database, settings)  # type: ignore[operator]
    assert folders(settings) == set()
    assert recordings.find(database) == ()


def test_no_folder_is_open(database: Database, settings: Settings) -> None:
    with pytest.raises(UnreadableVideo, match="EMOTION_MEDIA_DIR"):
        submit_media(database, settings.but(media_dir=None), "clip.mp4")


def test_deleted_is_gone_at_once_and_its_row_when_nobody_works_on_it(
    database: Database, settings: Settings, made: Recording
) -> None:
    lease = leases.claim(database, A, lease_s=60, tries=3)
    assert lease
    tidy.delete(database, settings, made.id)
    assert folders(settings) == set()
    work = Places(settings.data_dir).work(made.id)
    work.mkdir(parents=True)  # the worker has not heard yet
    tidy.sweep(database, settings)
    assert recordings.known(database, [made.id])
    leases.release(database, lease)
    tidy.sweep(database, settings)
    assert not recordings.known(database, [made.id])
    assert folders(settings) == set()
    with pytest.raises(NotFound):
        tidy.delete(database, settings, made.id)


def test_the_time_of_a_recording_is_over(database: Database, settings: Settings, made: Recording) -> None:
    tidy.tidy(database, settings, now=made.created_s + 9 * HOUR_S)
    assert folders(settings) == {made.id}
    tidy.tidy(database, settings, now=made.created_s + 11 * HOUR_S)
    assert folders(settings) == set()
    assert recordings.find(database) == ()


def test_half_done_work_of_a_cancelled_job(database: Database, settings: Settings, made: Recording) -> None:
    places = Places(settings.data_dir)
    places.work(made.id).mkdir()
    lease = leases.claim(database, A, lease_s=60, tries=3)
    assert lease
    jobs.cancel(database, made.id)
    tidy.tidy(database, settings)
    assert places.work(made.id).exists()  # the worker has not heard yet
    leases.release(database, lease)
    tidy.tidy(database, settings)
    assert {path.name for path in places.recording(made.id).iterdir()} == {"source"}


def test_folders_of_nobody(database: Database, settings: Settings, made: Recording) -> None:
    now = made.created_s
    for name, age_s in {"1" * 32: 2 * HOUR_S, "2" * 32: 60.0, "notes": 2 * HOUR_S}.items():
        folder = Places(settings.data_dir).recordings / name
        folder.mkdir()
        os.utime(folder, (now - age_s, now - age_s))
    tidy.tidy(database, settings, now=now)
    assert folders(settings) == {made.id, "2" * 32, "notes"}


def test_workers_that_went_silent(database: Database, settings: Settings, made: Recording) -> None:
    lease = leases.claim(database, A, lease_s=60, tries=3)
    assert lease
    tidy.tidy(database, settings)
    assert len(workers.of_host(database, "here")) == 1  # it holds something: its lease has to end first
    leases.release(database, lease)
    tidy.tidy(database, settings)
    assert workers.of_host(database, "here") == ()


def test_the_log_forgets_in_time(database: Database, settings: Settings) -> None:
    audit.write(database, "ann", "live.start", now=1000.0)
    tidy.tidy(database, settings, now=1000.0 + 364 * audit.DAY_S)
    assert len(audit.latest(database)) == 1
    tidy.tidy(database, settings, now=1000.0 + 366 * audit.DAY_S)
    assert audit.latest(database) == ()
