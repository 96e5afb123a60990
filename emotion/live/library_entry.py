"""A live recording in the library: there from its first moment, released to the workers at its end, or gone."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from emotion.errors import DiskFull, NotFound
from emotion.files import output_error, safe_name
from emotion.live.limits import short_of_room
from emotion.live.tape import Tape
from emotion.settings import Privacy, Settings
from emotion.store import recordings, taping
from emotion.store.database import Database
from emotion.store.kept import Kept
from emotion.store.places import PRIVATE, Places
from emotion.store.recordings import new_id

GONE = "This recording was deleted while it was being made. Press Record to begin another."
RELEASED = (
    "This recording was taken for broken off, because its server was silent for half a minute. What came up to then is "
    "in the library. Press Record to begin another."
)


@dataclass(frozen=True, slots=True)
class LibraryEntry:
    """The row and the folder of one recording that is being made. Any thread; each call asks the database."""

    database: Database
    settings: Settings
    """Those of the session."""
    number: str
    name: str

    @classmethod
    def begin(
        cls, database: Database, settings: Settings, *, owner: str, name: str, facts: Mapping[str, object]
    ) -> tuple[Self, Tape]:
        """The entry, and the open files of its pictures, beside which ``facts`` are written.

        Where something fails nothing is left behind. Raises DiskFull, OutputError, StoreError.
        """
        if short_of_room(settings):
            raise DiskFull("The server's disk is nearly full. Delete recordings that nobody needs, then press Record.")
        places, number = Places(settings.data_dir), new_id()
        places.make()
        file = f"{safe_name(name)}.mp4"
        now = {"started_s": time.time(), "settings": settings.for_the_record()}
        with _undone_where_it_fails(places.recording(number), settings) as opened:
            tape = opened.enter_context(Tape(places.source(number) / file, Kept(places.live(number)), {**facts, **now}))
            entry = cls(database, settings, number, name)
            taping.begin(
                database,
                recording_id=number,
                owner=owner,
                name=name,
                source=file,
                settings=_of_the_job(settings).for_a_job(),
                keep_s=entry._keep_s,
            )
        return entry, tape

    def unwanted(self) -> str:
        """Why nobody wants more of it; empty where it goes on. Raises StoreError where nobody can tell."""
        if taping.goes_on(self.database, self.number):
            return ""
        try:
            recordings.get(self.database, self.number)
        except NotFound:
            return GONE
        return RELEASED

    def discard(self) -> None:
        """Not one picture came: it was never there. Raises StoreError, DiskFull."""
        if taping.discard(self.database, self.number):
            shutil.rmtree(self._kept.folder.parent, ignore_errors=True)

    def release(self, *, size_bytes: int) -> bool:
        """It is complete, and goes to the workers. False where somebody else said so, or deleted it. Raises
        StoreError, DiskFull."""
        marks = self._kept.marks()
        return taping.release(self.database, self.number, size_bytes=size_bytes, marks=marks, keep_s=self._keep_s)

    @property
    def _kept(self) -> Kept:
        return Kept(Places(self.settings.data_dir).live(self.number))

    @property
    def _keep_s(self) -> float | None:
        return self.settings.keep_hours * 3600 or None


def _of_the_job(settings: Settings) -> Settings:
    """What the results are made with: all of the video, of which every picture was looked at, and blurred, already."""
    return settings.but(every=1, from_s=0.0, to_s=None, region=None, privacy=Privacy.NONE)


@contextlib.contextmanager
def _undone_where_it_fails(folder: Path, settings: Settings) -> Iterator[contextlib.ExitStack]:
    """Makes the folder; where the block fails closes what was opened in it, and deletes it."""
    with contextlib.ExitStack() as opened:
        opened.callback(shutil.rmtree, folder, ignore_errors=True)
        try:
            folder.mkdir(mode=PRIVATE)
            yield opened
        except OSError as error:
            raise output_error(error, settings.data_dir) from error
        opened.pop_all()
