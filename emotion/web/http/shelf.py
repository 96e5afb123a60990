"""Which file on the disk a recording's address stands for."""

from __future__ import annotations

import json
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from emotion.errors import InputError, NotFound
from emotion.media import library
from emotion.settings import Settings
from emotion.store.places import POINTER, Places

SOURCE = "source"
"""The name under which the video itself is asked for, whatever its file is called."""

# The first letter keeps hidden, half-written files out, the rest has no separator: a name is never a path.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[a-z0-9]+)+")

OURS = {"traces.json"}
"""Of no use but to the pages. Spelled out: its owner, jobs/artefacts.py, brings the libraries of video along."""

# A browser shows these as what they are; every other ending is something to download. mimetypes asks the machine's own
# tables, which differ, and knows no Parquet.
TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".gif": "image/gif",
    ".json": "application/json",
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".mkv": "video/x-matroska",
    ".webm": "video/webm",
    ".avi": "video/x-msvideo",
    ".parquet": "application/vnd.apache.parquet",
    ".png": "image/png",
}
UNKNOWN = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The recordings' files. Blocking: for a thread."""

    settings: Settings

    def find(self, recording: str, name: str) -> Path:
        """The regular file of that name, no link. Raises NotFound, which does not tell why."""
        places = Places(self.settings.data_dir)
        if name == SOURCE:
            return self._source(places, recording)
        if not NAME.fullmatch(name):
            raise NotFound
        return _regular(places.results(recording) / name)

    def results(self, recording: str) -> list[Path]:
        """All results of a recording that are for people, by name. Raises NotFound where there are none."""
        folder = Places(self.settings.data_dir).results(recording)
        try:
            names = sorted(
                path.name for path in folder.iterdir() if path.name not in OURS and NAME.fullmatch(path.name)
            )
        except OSError as error:
            raise NotFound from error
        return [path for name in names if (path := folder / name).is_file() and not path.is_symlink()]

    def _source(self, places: Places, recording: str) -> Path:
        folder = places.source(recording)
        try:
            there = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
        except OSError:
            there = []
        return _regular(there[0]) if there else self._in_media(places.recording(recording))

    def _in_media(self, folder: Path) -> Path:
        """A video in the server's folder, which the recording's own folder points to."""
        try:
            pointer = json.loads((folder / POINTER).read_text(encoding="utf-8"))
            if self.settings.media_dir is not None:
                return library.resolve(self.settings.media_dir, pointer["media"])
        except (OSError, ValueError, KeyError, TypeError, InputError) as error:
            raise NotFound from error
        raise NotFound


def media_type(path: Path) -> str:
    """What a file is, by its ending."""
    return TYPES.get(path.suffix.lower(), UNKNOWN)


def _regular(path: Path) -> Path:
    try:
        if stat.S_ISREG(path.lstat().st_mode):
            return path
    except OSError as error:
        raise NotFound from error
    raise NotFound
