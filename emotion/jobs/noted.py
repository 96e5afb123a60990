"""What people added to a recording, as files beside its results: so every download holds it.

``notes.csv`` holds markers and excluded stretches, ``people.csv`` says who each face of ``faces.csv`` is. What
counts lies in the database; the files are written anew after each change.
"""

from __future__ import annotations

from pathlib import Path

from emotion.files import staged_file
from emotion.jobs.artefacts import FACES_PARQUET, NOTES_CSV
from emotion.notes import Notes
from emotion.report.faces_parquet import faces_in
from emotion.settings import Settings
from emotion.store import notes
from emotion.store.database import Database
from emotion.store.places import Places

PEOPLE_CSV = "people.csv"


def save_notes(database: Database, settings: Settings, recording_id: str) -> None:
    """Writes both files, or removes them where nothing is noted. Raises OutputError, InputError, StoreError."""
    folder = Places(settings.data_dir).results(recording_id)
    if not folder.is_dir():
        return
    said = notes.of(database, recording_id)
    _put(folder / NOTES_CSV, said.notes_csv() if said.notes else "")
    _put(folder / PEOPLE_CSV, _people(said, folder) if said.names or said.turns else "")


def _people(said: Notes, folder: Path) -> str:
    return said.people_csv(faces_in(folder / FACES_PARQUET))


def _put(path: Path, text: str) -> None:
    if not text:
        path.unlink(missing_ok=True)
        return
    with staged_file(path) as staged:
        staged.write_text(text, encoding="utf-8", newline="")
