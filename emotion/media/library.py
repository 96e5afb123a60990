"""The folder on the server whose videos can be picked without uploading (``EMOTION_MEDIA_DIR``).

Its videos are named by their relative path, with ``/``. No such path leads out of the folder, whatever it says and
whatever links lie inside: both ends are resolved before they are compared.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from emotion.errors import InputError

VIDEO_ENDINGS = frozenset(
    (
        *(".mp4", ".m4v", ".mov", ".3gp", ".mkv", ".webm", ".avi", ".wmv", ".flv", ".ogv"),
        *(".mpg", ".mpeg", ".ts", ".mts", ".m2ts", ".mxf", ".y4m"),
    )
)
# A list that nobody scrolls to the end of; looking through a whole archive would take minutes.
MOST = 10_000
DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Shelved:
    """A video in the folder."""

    path: str
    """Relative to the folder, with ``/``; what :func:`resolve` takes."""
    size_bytes: int
    changed_s: float
    """Seconds since 1970."""


def videos(folder: Path) -> list[Shelved]:
    """The videos in ``folder`` and below it, by path, at most :data:`MOST`. Raises InputError if it cannot be read."""
    root = _root(folder)
    found: list[Shelved] = []
    for path in _files(root, DEEPEST):
        if (shelved := _shelved(root, path)) is not None:
            found.append(shelved)
        if len(found) == MOST:
            break
    return sorted(found, key=lambda video: video.path.casefold())


def resolve(folder: Path, relative: str) -> Path:
    """The video of that relative path. Raises InputError for what is none, or not inside ``folder``."""
    root = _root(folder)
    refused = InputError("There is no such video in the server's folder. Choose one of its list.")
    if "\0" in relative or "\\" in relative or Path(relative).is_absolute():
        raise refused
    try:
        path = (root / relative).resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise refused from error
    if not path.is_relative_to(root) or not _is_video(path) or not path.is_file():
        raise refused
    return path


def _root(folder: Path) -> Path:
    try:
        root = folder.resolve(strict=True)
        with os.scandir(root):
            return root
    except (OSError, RuntimeError) as error:
        raise InputError(
            "The server's folder of videos cannot be read. Tell the administrator (EMOTION_MEDIA_DIR)."
        ) from error


def _files(folder: Path, depth: int) -> Iterator[Path]:
    """Files first, then the folders, each in order; folders that are links are left out, for they may go in circles."""
    try:
        with os.scandir(folder) as entries:
            here = sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda entry: entry.name)
    except OSError:
        return
    yield from (Path(entry.path) for entry in here if not entry.is_dir(follow_symlinks=False))
    if depth:
        for entry in here:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(Path(entry.path), depth - 1)


def _shelved(root: Path, path: Path) -> Shelved | None:
    """None for what is no video, cannot be read, or is a link that leads out."""
    relative = path.relative_to(root).as_posix()
    if not _is_video(path):
        return None
    try:
        facts = resolve(root, relative).stat()
        relative.encode()
    except (OSError, InputError, UnicodeEncodeError):
        return None
    return Shelved(relative, facts.st_size, facts.st_mtime)


def _is_video(path: Path) -> bool:
    return path.suffix.lower() in VIDEO_ENDINGS
