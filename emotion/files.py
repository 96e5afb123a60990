"""Writing so that nothing half-written ever stands under its final name."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from emotion.errors import DiskFull, NotWritable, OutputError

# Some systems refuse longer names; 80 characters leave room for endings and a number.
NAME_LENGTH = 80


def output_error(error: OSError, folder: Path) -> OutputError:
    """What an operating system's refusal to write means, in a sentence."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull("The disk is full. Free some space and try again; nothing half-written was kept.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.EEXIST, errno.ENOTDIR):
        kind = OutputError if error.errno in (errno.EEXIST, errno.ENOTDIR) else NotWritable
        return kind(f"Cannot write to the folder '{folder.name or folder}'. Choose another or change its permissions.")
    return OutputError(f"Writing the results failed: {error.strerror or error}. Check the disk and try again.")


@contextlib.contextmanager
def staged_folder(final: Path) -> Iterator[Path]:
    """A fresh folder beside ``final`` to write into; its files move to ``final`` only if the block succeeds.

    Files of the same name in ``final`` are replaced, others stay. On any exception the staged files are removed and
    ``final`` is as it was. Raises :class:`OutputError` where the system does not let us write.
    """
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        if final.exists() and not final.is_dir():
            raise OutputError(f"'{final.name}' exists and is no folder. Choose another output folder.")
        staging = Path(tempfile.mkdtemp(prefix=f".{final.name[:40]}-", dir=final.parent))
    except OSError as error:
        raise output_error(error, final.parent) from error
    try:
        yield staging
        final.mkdir(exist_ok=True)
        for staged in staging.iterdir():
            staged.replace(final / staged.name)
    except OSError as error:
        raise output_error(error, final.parent) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


@contextlib.contextmanager
def staged_file(final: Path, *, lasting: bool = False) -> Iterator[Path]:
    """The same for one file: a path in the same folder, with the same ending, that becomes ``final`` at the end.

    ``lasting``: what stands under the final name is whole even after the power went.
    """
    staged = final.parent / f".{secrets.token_hex(4)}-{final.name}"
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        yield staged
        if lasting:
            flush(staged)
        staged.replace(final)
        if lasting:
            flush(final.parent)
    except OSError as error:
        raise output_error(error, final.parent) from error
    finally:
        with contextlib.suppress(OSError):
            staged.unlink()


@contextlib.contextmanager
def whole_folder(final: Path) -> Iterator[Path]:
    """A fresh folder beside ``final`` that becomes ``final`` in one step if the block succeeds, and lasts.

    Where somebody else was faster, theirs stays. Raises :class:`OutputError` where the system does not let us write.
    """
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{final.name}-", dir=final.parent))
    except OSError as error:
        raise output_error(error, final.parent) from error
    try:
        yield staging
        for path in (*staging.iterdir(), staging):
            flush(path)
        if not final.exists():
            staging.rename(final)
            flush(final.parent)
    except OSError as error:
        if not final.exists():
            raise output_error(error, final.parent) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def flush(path: Path) -> None:
    """Waits until the file, or the list of names in the folder, is on the disk."""
    if path.is_dir() and not hasattr(os, "O_DIRECTORY"):
        return  # Windows does not open folders; its file system keeps their names safe by itself
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def safe_name(name: str) -> str:
    """A file name for whatever a person called their video: no path, no control characters, never empty or hidden."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(character for character in last if character.isprintable() and character not in '<>:"|?*')
    return kept.strip(". ")[:NAME_LENGTH].strip(". ") or "video"
