"""What a person adds to a recording: who is who, markers, and stretches that shall not count.

The analysis numbers faces by what the video shows: after a cut or a long absence the same person gets a new number. A
*person* gathers such faces. Unless somebody said otherwise, each face is a person of its own, with the face's number.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

# What a spreadsheet takes for the begin of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

Span = tuple[float, float]
"""From, until; in seconds of the recording."""


class NoteKind(StrEnum):
    """What a note does."""

    MARKER = "marker"
    """Something happens here."""
    EXCLUDED = "excluded"
    """Shares and means leave this stretch out."""


@dataclass(frozen=True, slots=True)
class Turn:
    """From a moment on a face belongs to a person."""

    face: int
    from_s: float
    person: int


@dataclass(frozen=True, slots=True)
class Note:
    """A moment or a stretch with a person's words."""

    id: int
    kind: NoteKind
    from_s: float
    until_s: float | None
    """None for a moment."""
    text: str


@dataclass(frozen=True, slots=True)
class Notes:
    """Everything that people added to one recording."""

    names: Mapping[int, str] = field(default_factory=dict)
    """Person -> name, for those that have one."""
    turns: tuple[Turn, ...] = ()
    """By face, then by time."""
    notes: tuple[Note, ...] = ()
    """By time."""

    @property
    def excluded(self) -> tuple[Span, ...]:
        """What shall not count, in order and without overlaps."""
        spans = sorted(
            (note.from_s, note.until_s)
            for note in self.notes
            if note.kind is NoteKind.EXCLUDED and note.until_s is not None
        )
        return tuple(_joined(spans))

    def person_of(self, face: int, time_s: float) -> int:
        """Who a face is at a time."""
        said = [turn.person for turn in self.turns if turn.face == face and turn.from_s <= time_s]
        return said[-1] if said else face

    def called(self, person: int) -> str:
        """The person's name, or "Face 3"."""
        return self.names.get(person) or f"Face {person}"

    def notes_csv(self) -> str:
        """``kind,from_s,until_s,text``, a row per note."""
        rows = [(note.kind.value, note.from_s, _or_empty(note.until_s), note.text) for note in self.notes]
        return _csv(("kind", "from_s", "until_s", "text"), rows)

    def people_csv(self, faces: Iterable[int]) -> str:
        """``face,from_s,until_s,person,name``: who each of ``faces``, as numbered in faces.csv, is and for how long."""
        rows: list[tuple[object, ...]] = []
        for face in sorted(faces):
            said = [turn for turn in self.turns if turn.face == face]
            turns = said if said and said[0].from_s <= 0 else [Turn(face, 0.0, face), *said]
            ends = [*(turn.from_s for turn in turns[1:]), None]
            rows += [
                (face, turn.from_s, _or_empty(end), turn.person, self.names.get(turn.person, ""))
                for turn, end in zip(turns, ends, strict=True)
            ]
        return _csv(("face", "from_s", "until_s", "person", "name"), rows)


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for begin, end in spans:
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return joined


def _or_empty(value: float | None) -> float | str:
    return "" if value is None else value


def _csv(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return file.getvalue()


def harmless(cell: object) -> object:
    """A cell of a CSV file that no spreadsheet takes for a formula: words that begin like one get an apostrophe before
    them, which spreadsheets do not show (OWASP, CSV Injection). Numbers stay what they are."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
