"""What lies beside a recording that was made live: how it was made, its markers, and a sign of life.

::

    recordings/<id>/source/<name>.mp4    the pictures, in fragments
    recordings/<id>/live/seen.bin        what was seen in them (emotion.report.logbook)
    recordings/<id>/live/facts.json      how it was made; written at the start and again at the end
    recordings/<id>/live/marks.jsonl     a line for each marker
    recordings/<id>/live/beat            touched every second by whoever records

All of it grows as the session goes on, and what is on the disk at any moment can be read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emotion.files import staged_file
from emotion.store.values import Mark

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """The folder ``live`` of one recording."""

    folder: Path

    @property
    def seen(self) -> Path:
        return self.folder / "seen.bin"

    @property
    def exists(self) -> bool:
        """Whether the recording was made live."""
        return self.folder.is_dir()

    def write_facts(self, facts: Mapping[str, object]) -> None:
        """Raises OutputError."""
        with staged_file(self._facts, lasting=True) as staged:
            staged.write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")

    def facts(self) -> Facts:
        """What was written last; empty where it cannot be read."""
        try:
            found = json.loads(self._facts.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def add_mark(self, mark: Mark) -> None:
        """Raises OSError."""
        with self._marks.open("a", encoding="utf-8") as file:
            file.write(json.dumps(mark) + "\n")

    def marks(self) -> list[Mark]:
        """In the order in which they were set; a line that was not written to its end is left out."""
        try:
            lines = self._marks.read_bytes().split(b"\n")
        except OSError:
            return []
        return [mark for line in lines if (mark := _mark(line)) is not None]

    def beat(self) -> None:
        """Somebody records. Raises OSError."""
        self._beat.touch()

    def last_beat(self) -> int | None:
        """When somebody did, by that machine's clock, in ns; None where nobody ever did.

        Only whether it changes says anything: the clock may be another machine's, or be set meanwhile.
        """
        try:
            return self._beat.stat().st_mtime_ns
        except OSError:
            return None

    @property
    def _facts(self) -> Path:
        return self.folder / "facts.json"

    @property
    def _marks(self) -> Path:
        return self.folder / "marks.jsonl"

    @property
    def _beat(self) -> Path:
        return self.folder / "beat"


def _mark(line: bytes) -> Mark | None:
    try:
        time_s, text = json.loads(line)
        return float(time_s), str(text)
    except (ValueError, TypeError):
        return None
