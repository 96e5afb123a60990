"""A backup of everything that a server has: its database and its data folder; and back.

::

    FOLDER/backup.json      what this is, and when it was made
    FOLDER/emotion.db       or emotion.dump, where the database is PostgreSQL
    FOLDER/data/            as the data folder, without half-done work and uploads that have not come whole

It can be made while the server works. The database is copied first: files hardly ever change once they are there, so
what the copy names is there when the files are copied, unless somebody deleted it meanwhile. A second backup into the
same folder copies only what is new, and removes what is gone: what a person deleted is deleted there too.
"""

from __future__ import annotations

import datetime
import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from emotion.errors import InputError
from emotion.files import output_error, staged_file
from emotion.settings import Settings
from emotion.store import dump, jobs, recordings
from emotion.store.database import Database
from emotion.store.places import LIVE, POINTER, PRIVATE, Places

FORMAT = 1
MANIFEST, DATA = "backup.json", "data"
# Of a recording's folder: no half-done work, which is begun anew.
KEPT = ("source", LIVE, "results", POINTER)
# Of the data folder: what signs links, and what a browser trusts.
SECRETS = ("secret", "tls")
NO_BACKUP = "This folder holds no backup of this kind: backup.json is missing or cannot be read. Choose another folder."
OTHER_KIND = (
    "The backup holds a database of another kind ({}). Set EMOTION_DATABASE_URL as it was when the backup was made."
)
NOT_EMPTY = "The data folder holds recordings already. Set EMOTION_DATA_DIR to an empty folder."


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it."""

    recordings: int
    files: int
    """In the backup, or in the restored folder."""
    copied: int
    """Of these, how many had to be copied."""
    size_bytes: int
    begun_anew: int = 0
    """Analyses that were not over."""
    lost: int = 0
    """Recordings that somebody deleted while the backup was made."""


def backup(settings: Settings, folder: Path, *, now: float | None = None) -> Done:
    """Makes one, or brings it up to date. The last one stays valid until this one is whole.

    Raises OutputError, StoreError, SettingsError.
    """
    kind = dump.kind(settings)
    try:
        folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        with staged_file(folder / dump.FILES[kind], lasting=True) as staged:
            dump.dump(settings, staged)
            done = _copy_all(settings.data_dir, folder / DATA)
    except OSError as error:
        raise output_error(error, folder) from error
    about = {
        "format": FORMAT,
        "made": datetime.datetime.fromtimestamp(now or time.time(), datetime.UTC).isoformat(timespec="seconds"),
        "version": metadata.version("emotion-dashboard"),
        "database": kind,
    }
    with staged_file(folder / MANIFEST, lasting=True) as staged:
        staged.write_text(json.dumps(about, indent=2), encoding="utf-8")
    _remove_what_is_gone(settings.data_dir, folder / DATA)
    return done


def restore(settings: Settings, folder: Path) -> Done:
    """Fills an empty data folder and an empty database with a backup; one of an older version is brought up to date.

    Raises InputError where it is none, or something is there already; OutputError, StoreError, SettingsError.
    """
    file = _database_of(folder, dump.kind(settings))
    places = Places(settings.data_dir)
    if any(places.recordings.glob("*")):
        raise InputError(NOT_EMPTY)
    dump.must_be_empty(settings)
    places.make()
    # The database last: as long as it is not there, nothing of a restore that was broken off is taken for whole.
    try:
        done = _copy_all(folder / DATA, settings.data_dir)
    except OSError as error:
        raise output_error(error, settings.data_dir) from error
    dump.load(settings, file)
    with Database.open(settings) as database:
        lost = _forget_the_lost(database, places)
        anew = jobs.begin_anew(database)
    return Done(done.recordings - lost, done.files, done.copied, done.size_bytes, anew, lost)


def _database_of(folder: Path, kind: str) -> Path:
    try:
        about = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        found, form = about["database"], about["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(NO_BACKUP) from error
    if form != FORMAT:
        raise InputError("The backup was made by a newer version of Emotion Dashboard. Install that version.")
    if found != kind:
        raise InputError(OTHER_KIND.format(found))
    return folder / dump.FILES[kind]


def _files(data_dir: Path) -> Iterator[Path]:
    """Paths relative to the data folder of all that belongs into a backup."""
    for secret in SECRETS:
        yield from _regular(data_dir, data_dir / secret)
    for recording in sorted(Places(data_dir).recordings.glob("*")):
        for part in KEPT:
            yield from _regular(data_dir, recording / part)


def _regular(data_dir: Path, path: Path) -> Iterator[Path]:
    if path.is_file() and not path.is_symlink():
        yield path.relative_to(data_dir)
    elif path.is_dir():
        found = sorted(path.rglob("*"))
        # What has a hidden name is being written at this moment.
        whole = [file for file in found if file.is_file() and not file.is_symlink() and not file.name.startswith(".")]
        yield from [file.relative_to(data_dir) for file in whole]


def _copy_all(source: Path, target: Path) -> Done:
    folders, files, copied, size = set(), 0, 0, 0
    for relative in _files(source):
        try:
            copied += _copy(source / relative, target / relative)
            size += (target / relative).stat().st_size
        except FileNotFoundError:
            continue  # deleted meanwhile
        files += 1
        if relative.parts[0] == Places(source).recordings.name:
            folders.add(relative.parts[1])
    return Done(len(folders), files, copied, size)


def _copy(source: Path, target: Path) -> bool:
    """Whether it had to be copied: the same size and time is the same file, as nothing is changed in its place but
    what a live session adds to."""
    facts = source.stat()
    if target.exists() and (target.stat().st_size, target.stat().st_mtime_ns) == (facts.st_size, facts.st_mtime_ns):
        return False
    for folder in reversed([parent for parent in target.parents if not parent.exists()]):
        folder.mkdir(mode=PRIVATE, exist_ok=True)
    staged = target.with_name(f".{target.name[:40]}.copy")
    try:
        shutil.copy2(source, staged)
        staged.replace(target)
    finally:
        staged.unlink(missing_ok=True)
    return True


def _remove_what_is_gone(data_dir: Path, copy: Path) -> None:
    for relative in [*_files(copy)]:
        if not (data_dir / relative).exists():
            (copy / relative).unlink(missing_ok=True)
    for recording in Places(copy).recordings.glob("*"):
        if not (Places(data_dir).recordings / recording.name).exists():
            shutil.rmtree(recording, ignore_errors=True)


def _forget_the_lost(database: Database, places: Places) -> int:
    """The database still names what was deleted between its copy and that of the files."""
    lost = [number for number in recordings.with_files(database) if not any(places.source(number).glob("*"))]
    for number in lost:
        recordings.mark_deleted(database, number)
    return len(lost)
