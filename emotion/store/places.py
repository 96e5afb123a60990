"""Where what lies in the data folder.

::

    data_dir/emotion.db                            unless EMOTION_DATABASE_URL says otherwise
    data_dir/recordings/<id>/source/<name>         the video as it came
    data_dir/recordings/<id>/live/                 of a live session: what was seen while it ran, and how it was made
    data_dir/recordings/<id>/work/                 half-done work, deleted when it is done
    data_dir/recordings/<id>/results/              what people get; appears whole
    data_dir/uploads/                              uploads that are not complete yet
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from emotion.errors import NotFound, OutputError

# Faces are nobody's business but the server's.
PRIVATE = 0o700
ID = re.compile("[0-9a-f]{32}")
# In the recording's folder where its video lies in the server's: tells where, to whoever does not ask the database.
POINTER = "source.json"
# The folder of a recording's own folder that only those made live have.
LIVE = "live"


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of one data folder."""

    data_dir: Path

    def make(self) -> None:
        """Makes what is missing, open to this user only. Raises OutputError."""
        try:
            # Parents that mkdir makes along the way would be open to all.
            for folder in (self.data_dir, self.recordings, self.uploads):
                folder.mkdir(mode=PRIVATE, parents=folder is self.data_dir, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"The data folder cannot be written ({error.strerror}). Set EMOTION_DATA_DIR to another folder."
            ) from error

    @property
    def database(self) -> Path:
        return self.data_dir / "emotion.db"

    @property
    def recordings(self) -> Path:
        return self.data_dir / "recordings"

    @property
    def uploads(self) -> Path:
        return self.data_dir / "uploads"

    def recording(self, recording_id: str) -> Path:
        """The folder of a recording. Raises NotFound for what is no id: no path leads out of here."""
        if not ID.fullmatch(recording_id):
            raise NotFound
        return self.recordings / recording_id

    def source(self, recording_id: str) -> Path:
        return self.recording(recording_id) / "source"

    def live(self, recording_id: str) -> Path:
        return self.recording(recording_id) / LIVE

    def work(self, recording_id: str) -> Path:
        return self.recording(recording_id) / "work"

    def results(self, recording_id: str) -> Path:
        return self.recording(recording_id) / "results"
