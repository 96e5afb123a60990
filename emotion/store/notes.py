"""What people add to a recording, kept: see :mod:`emotion.notes` for what it means."""

from __future__ import annotations

import math
from collections.abc import Iterator

import sqlalchemy as sa

from emotion.errors import InputError, NotFound
from emotion.notes import Note, NoteKind, Notes, Turn
from emotion.store.database import Database
from emotion.store.schema import faces, notes, persons, recordings

NAME_LENGTH = 255
TEXT_LENGTH = 2000


def of(database: Database, recording_id: str) -> Notes:
    """Everything that was added; empty for a recording that is not there."""
    with database.reading() as connection:
        named = connection.execute(sa.select(persons).where(persons.c.recording_id == recording_id)).all()
        turns = _turns(connection, recording_id)
        query = sa.select(notes).where(notes.c.recording_id == recording_id).order_by(notes.c.from_s, notes.c.id)
        noted = connection.execute(query).all()
    return Notes(
        names={row.person: row.name for row in named},
        turns=turns,
        notes=tuple(Note(row.id, NoteKind(row.kind), row.from_s, row.until_s, row.text) for row in noted),
    )


def name(database: Database, recording_id: str, person: int, called: str) -> None:
    """What the person is called from now on; an empty name is none. Raises NotFound."""
    with database.writing() as connection:
        _must_exist(connection, recording_id)
        _name(connection, recording_id, person, called.strip()[:NAME_LENGTH])


def merge(database: Database, recording_id: str, *, into: int, other: int) -> None:
    """``other`` is the person ``into`` at all times, and takes its name where that one has none. Raises NotFound."""
    if into == other:
        return
    with database.writing() as connection:
        _must_exist(connection, recording_id)
        if _by_itself(_turns(connection, recording_id), other):
            _turn(connection, recording_id, other, 0.0, into)
        same = (faces.c.recording_id == recording_id) & (faces.c.person == other)
        connection.execute(faces.update().where(same).values(person=into))
        names = _names(connection, recording_id)
        _name(connection, recording_id, into, names.get(into) or names.get(other, ""))
        _name(connection, recording_id, other, "")


def split(database: Database, recording_id: str, *, person: int, at_s: float, above: int) -> int:
    """From ``at_s`` on the person is another one, whose number is returned: higher than all, and than ``above``.

    ``above`` is the highest number of a face in the recording. Raises NotFound.
    """
    with database.writing() as connection:
        _must_exist(connection, recording_id)
        fresh = _highest(connection, recording_id, above) + 1
        for face, from_s, until_s in _stretches(_turns(connection, recording_id), person):
            if until_s > at_s:
                _turn(connection, recording_id, face, max(at_s, from_s), fresh)
        called = _names(connection, recording_id).get(person) or f"Face {person}"
        _name(connection, recording_id, fresh, f"{called} (2)"[-NAME_LENGTH:])
        return fresh


def ungroup(database: Database, recording_id: str) -> None:
    """Each face is a person of its own again, and keeps its name."""
    with database.writing() as connection:
        connection.execute(faces.delete().where(faces.c.recording_id == recording_id))


def add(
    database: Database, recording_id: str, kind: NoteKind, *, from_s: float, until_s: float | None = None, text: str
) -> int:
    """A new note; its number. Raises NotFound, InputError where an excluded stretch has no length."""
    if (until_s is not None and until_s <= from_s) or (kind is NoteKind.EXCLUDED and until_s is None):
        raise InputError("A stretch ends after it begins. Mark it in the chart, or correct its times.")
    values = {"kind": kind, "from_s": max(from_s, 0.0), "until_s": until_s, "text": text.strip()[:TEXT_LENGTH]}
    with database.writing() as connection:
        _must_exist(connection, recording_id)
        made = connection.execute(notes.insert().values(recording_id=recording_id, **values).returning(notes.c.id))
        return int(made.scalar_one())


def remove(database: Database, recording_id: str, note_id: int) -> None:
    """It is gone; one that is gone already is no mistake."""
    with database.writing() as connection:
        connection.execute(notes.delete().where(notes.c.recording_id == recording_id, notes.c.id == note_id))


def _must_exist(connection: sa.Connection, recording_id: str) -> None:
    there = sa.select(recordings.c.id).where(recordings.c.id == recording_id, recordings.c.deleted_s.is_(None))
    if connection.scalar(there) is None:
        raise NotFound


def _turns(connection: sa.Connection, recording_id: str) -> tuple[Turn, ...]:
    query = sa.select(faces).where(faces.c.recording_id == recording_id).order_by(faces.c.face, faces.c.from_s)
    return tuple(Turn(row.face, row.from_s, row.person) for row in connection.execute(query))


def _names(connection: sa.Connection, recording_id: str) -> dict[int, str]:
    query = sa.select(persons.c.person, persons.c.name).where(persons.c.recording_id == recording_id)
    return {row.person: row.name for row in connection.execute(query)}


def _by_itself(turns: tuple[Turn, ...], face: int) -> bool:
    """Whether nobody said who the face is when it first appears."""
    return not any(turn.face == face and turn.from_s <= 0 for turn in turns)


def _stretches(turns: tuple[Turn, ...], person: int) -> Iterator[tuple[int, float, float]]:
    """When which face is this person: face, from, until."""
    own = (Turn(person, 0.0, person),) if _by_itself(turns, person) else ()
    everything = sorted((*own, *turns), key=lambda turn: (turn.face, turn.from_s))
    for turn, after in zip(everything, (*everything[1:], None), strict=True):
        if turn.person == person:
            yield turn.face, turn.from_s, after.from_s if after and after.face == turn.face else math.inf


def _turn(connection: sa.Connection, recording_id: str, face: int, from_s: float, person: int) -> None:
    at = (faces.c.recording_id == recording_id) & (faces.c.face == face) & (faces.c.from_s == from_s)
    connection.execute(faces.delete().where(at))
    connection.execute(faces.insert().values(recording_id=recording_id, face=face, from_s=from_s, person=person))


def _name(connection: sa.Connection, recording_id: str, person: int, called: str) -> None:
    same = (persons.c.recording_id == recording_id) & (persons.c.person == person)
    connection.execute(persons.delete().where(same))
    if called:
        connection.execute(persons.insert().values(recording_id=recording_id, person=person, name=called))


def _highest(connection: sa.Connection, recording_id: str, above: int) -> int:
    said = sa.select(sa.func.max(faces.c.person)).where(faces.c.recording_id == recording_id)
    called = sa.select(sa.func.max(persons.c.person)).where(persons.c.recording_id == recording_id)
    return max(above, connection.scalar(said) or 0, connection.scalar(called) or 0)
