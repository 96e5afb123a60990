"""New recordings: the video goes to its place, then the recording and its job appear together."""

from __future__ import annotations

import contextlib
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from emotion.errors import UnreadableVideo
from emotion.files import output_error, safe_name
from emotion.jobs.inbox import Inbox
from emotion.media.library import resolve
from emotion.settings import Settings
from emotion.store import recordings
from emotion.store.database import Database
from emotion.store.places import POINTER, PRIVATE, Places
from emotion.store.values import Origin, Recording

# Before people can sign in, everybody is one person.
LOCAL = "local"


def submit_upload(database: Database, settings: Settings, upload_id: str, *, owner: str = LOCAL) -> Recording:
    """A complete upload becomes a recording. Raises UploadRefused where it is not there or not complete."""
    with _new_folder(settings) as folder:
        video = Inbox.of(settings).take(upload_id, owner, folder / "source")
        return _add(database, settings, folder, video, owner)


def submit_file(database: Database, settings: Settings, video: Path, *, owner: str = LOCAL) -> Recording:
    """A file of this machine is copied and becomes a recording. Raises UnreadableVideo, OutputError."""
    if not video.is_file():
        raise UnreadableVideo(f"'{video.name}' is not there, or is no file. Check the path.")
    with _new_folder(settings) as folder:
        inside = folder / "source" / safe_name(video.name)
        inside.parent.mkdir(mode=PRIVATE)
        shutil.copyfile(video, inside)
        return _add(database, settings, folder, inside, owner)


def submit_media(database: Database, settings: Settings, relative: str, *, owner: str = LOCAL) -> Recording:
    """A video of the server's folder becomes a recording; it stays where it is. Raises InputError."""
    if settings.media_dir is None:
        raise UnreadableVideo("No folder of this server is open. Ask the administrator to set EMOTION_MEDIA_DIR.")
    video = resolve(settings.media_dir, relative)
    with _new_folder(settings) as folder:
        (folder / POINTER).write_text(json.dumps({"media": relative}), encoding="utf-8")
        return _add(database, settings, folder, video, owner, relative=relative)


def _add(
    database: Database, settings: Settings, folder: Path, video: Path, owner: str, *, relative: str | None = None
) -> Recording:
    return recordings.add(
        database,
        owner=owner,
        name=video.name,
        origin=Origin.MEDIA if relative else Origin.UPLOAD,
        source=relative or video.name,
        size_bytes=video.stat().st_size,
        settings=settings.for_a_job(),
        keep_until_s=time.time() + settings.keep_hours * 3600 if settings.keep_hours else None,
        recording_id=folder.name,
    )


@contextlib.contextmanager
def _new_folder(settings: Settings) -> Iterator[Path]:
    """The folder of a new recording; gone again where the block fails."""
    places = Places(settings.data_dir)
    places.make()
    folder = places.recording(recordings.new_id())
    try:
        folder.mkdir(mode=PRIVATE)
        yield folder
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise output_error(error, settings.data_dir) from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
