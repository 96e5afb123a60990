"""The server's data folder: uploads that are gone when they are analysed, results that are gone after a time.

::

    data_dir/uploads/<server>/<upload>/video.mp4      deleted when its job is over, or its server is
    data_dir/results/<result>/<video>/merged.mp4      deleted keep_hours after it was made

A server that ends without a word (SIGKILL, power) cannot tidy up. Each touches its folder of uploads once a minute, and
deletes those of others that were not touched for long, so that several servers may share a data folder.
"""

from __future__ import annotations

import secrets
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from emotion.errors import OutputError

ROUND_S = 60.0
# Much longer than a round: a busy machine is no reason to lose an upload.
SILENT_S = 15 * ROUND_S
# Faces are nobody's business but the server's.
PRIVATE = 0o700


class Housekeeper:
    """Owns the uploads of one server process and deletes what nobody needs any more. Any thread may use it."""

    def __init__(self, data_dir: Path, *, keep_hours: float) -> None:
        """Raises OutputError where the data folder cannot be written."""
        self._data_dir = data_dir
        self._keep_s = keep_hours * 3600
        self._uploads = data_dir / "uploads" / secrets.token_hex(8)
        self._gone = threading.Event()
        try:
            # Parents that mkdir makes along the way would be open to all.
            for folder in (data_dir, data_dir / "results", self._uploads.parent, self._uploads):
                folder.mkdir(mode=PRIVATE, parents=folder is data_dir, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"The data folder cannot be written ({error.strerror}). Set EMOTION_DATA_DIR to another folder."
            ) from error

    def start(self) -> None:
        """Tidies up now, and from now on once a minute."""
        self.tidy()
        threading.Thread(target=self._keep_tidy, name="housekeeping", daemon=True).start()

    def close(self) -> None:
        """Deletes this server's uploads."""
        self._gone.set()
        shutil.rmtree(self._uploads, ignore_errors=True)

    def upload_folder(self) -> Path:
        """A place for one upload, not made yet."""
        return self._uploads / secrets.token_hex(8)

    def result_folder(self, name: str) -> Path:
        """A place for the results of one recording, not made yet; its last part is ``name``."""
        return self._data_dir / "results" / secrets.token_hex(16) / name

    def tidy(self, now: float | None = None) -> None:
        """Deletes results that are too old and uploads of servers that are gone."""
        now = time.time() if now is None else now
        for folder in _older(self._data_dir / "results", now - self._keep_s):
            shutil.rmtree(folder, ignore_errors=True)
        for folder in _older(self._data_dir / "uploads", now - SILENT_S):
            if folder != self._uploads:
                shutil.rmtree(folder, ignore_errors=True)

    def _keep_tidy(self) -> None:
        while not self._gone.wait(ROUND_S):
            if self._uploads.exists():
                self._uploads.touch()
            self.tidy()


def _older(parent: Path, than: float) -> Iterator[Path]:
    """Folders that were last changed before a time; others may be deleting them too."""
    for folder in list(parent.glob("*")):
        try:
            changed = folder.stat().st_mtime
        except OSError:
            continue
        if changed < than:
            yield folder
