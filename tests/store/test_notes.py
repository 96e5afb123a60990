"""Names, who is who, markers and excluded stretches, as people change them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from emotion.errors import InputError, NotFound
from emotion.notes import NoteKind
from emotion.settings import Settings
from emotion.store import notes, recordings
from emotion.store.database import Database
from emotion.store.values import Origin

LAST_FACE = 9
Change = Callable[[Database, str], object]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(Settings.load(data_dir=tmp_path, database_url=None)) as opened:
        yield opened


@pytest.fixture
def recording(database: Database) -> str:
    made = recordings.add(
        database, owner="local", name="talk.mp4", origin=Origin.UPLOAD, source="talk.mp4", size_bytes=1, settings={}
    )
    return made.id


def merge(into: int, other: int) -> Change:
    return lambda database, recording: notes.merge(database, recording, into=into, other=other)


def split(person: int, at_s: float) -> Change:
    return lambda database, recording: notes.split(database, recording, person=person, at_s=at_s, above=LAST_FACE)


def name(person: int, called: str) -> Change:
    return lambda database, recording: notes.name(database, recording, person, called)


@pytest.mark.parametrize(
    ("changes", "who"),
    [
        pytest.param([], {(1, 0.0): 1, (2, 99.0): 2}, id="nobody said anything"),
        pytest.param([merge(1, 2)], {(1, 5.0): 1, (2, 0.0): 1, (2, 99.0): 1}, id="merged"),
        pytest.param([merge(1, 2), merge(3, 1)], {(1, 0.0): 3, (2, 0.0): 3, (3, 0.0): 3}, id="merged twice"),
        pytest.param([split(1, 30.0)], {(1, 29.9): 1, (1, 30.0): 10}, id="split"),
        pytest.param([split(1, 30.0), split(1, 20.0)], {(1, 19.0): 1, (1, 25.0): 11, (1, 35.0): 10}, id="split twice"),
        pytest.param([merge(1, 2), split(1, 30.0)], {(1, 31.0): 10, (2, 29.0): 1, (2, 31.0): 10}, id="split of two"),
        pytest.param([split(1, 30.0), merge(2, 10)], {(1, 29.0): 1, (1, 30.0): 2, (2, 0.0): 2}, id="half goes over"),
        pytest.param([split(1, 30.0), merge(1, 10)], {(1, 29.0): 1, (1, 30.0): 1}, id="split and back"),
        pytest.param(
            [split(1, 30.0), merge(2, 10), split(1, 60.0)], {(1, 29.0): 1, (1, 61.0): 2}, id="split after the last"
        ),
        pytest.param([merge(1, 1)], {(1, 0.0): 1}, id="merged with itself"),
        pytest.param(
            [merge(1, 2), lambda database, recording: notes.ungroup(database, recording)], {(2, 0.0): 2}, id="undone"
        ),
    ],
)
def test_who_is_who(
    database: Database, recording: str, changes: list[Change], who: dict[tuple[int, float], int]
) -> None:
    for change in changes:
        change(database, recording)
    found = notes.of(database, recording)
    assert {at: found.person_of(*at) for at in who} == who


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        pytest.param([name(1, " Ana ")], {1: "Ana"}, id="named"),
        pytest.param([name(1, "Ana"), name(1, "Eva")], {1: "Eva"}, id="named anew"),
        pytest.param([name(1, "Ana"), name(1, " ")], {}, id="no name any more"),
        pytest.param([name(2, "Ana"), merge(1, 2)], {1: "Ana"}, id="a name comes along"),
        pytest.param([name(1, "Ana"), name(2, "Eva"), merge(1, 2)], {1: "Ana"}, id="its own name stays"),
        pytest.param([split(1, 3.0)], {10: "Face 1 (2)"}, id="split of a nameless one"),
        pytest.param([name(1, "Ana"), split(1, 3.0)], {1: "Ana", 10: "Ana (2)"}, id="split of a named one"),
        pytest.param([name(1, "x" * 999)], {1: "x" * 255}, id="much too long"),
    ],
)
def test_names(database: Database, recording: str, changes: list[Change], names: dict[int, str]) -> None:
    for change in changes:
        change(database, recording)
    assert notes.of(database, recording).names == names


def test_notes_stand_in_the_order_of_time(database: Database, recording: str) -> None:
    late = notes.add(database, recording, NoteKind.MARKER, from_s=9.0, text=" he laughs ")
    notes.add(database, recording, NoteKind.EXCLUDED, from_s=2.0, until_s=4.0, text="")
    notes.add(database, recording, NoteKind.EXCLUDED, from_s=3.0, until_s=5.0, text="")
    found = notes.of(database, recording)
    assert [(note.kind, note.from_s, note.text) for note in found.notes] == [
        (NoteKind.EXCLUDED, 2.0, ""),
        (NoteKind.EXCLUDED, 3.0, ""),
        (NoteKind.MARKER, 9.0, "he laughs"),
    ]
    assert found.excluded == ((2.0, 5.0),)
    notes.remove(database, recording, late)
    notes.remove(database, recording, late)
    assert len(notes.of(database, recording).notes) == 2


@pytest.mark.parametrize(
    ("kind", "from_s", "until_s"),
    [
        pytest.param(NoteKind.EXCLUDED, 2.0, None, id="no end"),
        pytest.param(NoteKind.EXCLUDED, 2.0, 2.0, id="no length"),
        pytest.param(NoteKind.MARKER, 2.0, 1.0, id="backwards"),
    ],
)
def test_what_is_no_stretch_gets_a_sentence(
    database: Database, recording: str, kind: NoteKind, from_s: float, until_s: float | None
) -> None:
    with pytest.raises(InputError, match="ends after it begins"):
        notes.add(database, recording, kind, from_s=from_s, until_s=until_s, text="")


def test_notes_go_with_their_recording_and_belong_to_no_other(database: Database, recording: str) -> None:
    with pytest.raises(NotFound):
        notes.name(database, "0" * 32, 1, "Ana")
    number = notes.add(database, recording, NoteKind.MARKER, from_s=1.0, text="")
    notes.name(database, recording, 1, "Ana")
    notes.merge(database, recording, into=1, other=2)
    notes.remove(database, "0" * 32, number)
    assert notes.of(database, recording).notes
    recordings.mark_deleted(database, recording)
    with pytest.raises(NotFound):
        notes.add(database, recording, NoteKind.MARKER, from_s=1.0, text="")
    recordings.forget(database, recording)
    assert notes.of(database, recording) == notes.of(database, "0" * 32)


def test_tables_for_people_who_count(database: Database, recording: str) -> None:
    notes.name(database, recording, 1, "Ana, B.")
    notes.merge(database, recording, into=1, other=2)
    notes.split(database, recording, person=1, at_s=30.0, above=3)
    notes.add(database, recording, NoteKind.MARKER, from_s=1.5, text='a "word"')
    found = notes.of(database, recording)
    assert found.notes_csv().splitlines() == ["kind,from_s,until_s,text", 'marker,1.5,,"a ""word"""']
    assert found.people_csv([3, 1, 2]).splitlines() == [
        "face,from_s,until_s,person,name",
        '1,0.0,30.0,1,"Ana, B."',
        '1,30.0,,4,"Ana, B. (2)"',
        '2,0.0,30.0,1,"Ana, B."',
        '2,30.0,,4,"Ana, B. (2)"',
        "3,0.0,,3,",
    ]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        pytest.param("=cmd()", "'=cmd()", id="a formula"),
        pytest.param("@SUM(A1)", "'@SUM(A1)", id="another"),
        pytest.param("-1+1", "'-1+1", id="a sum"),
        pytest.param("a = b", "a = b", id="plain words"),
    ],
)
def test_no_spreadsheet_runs_what_people_write(database: Database, recording: str, written: str, shown: str) -> None:
    notes.name(database, recording, 1, written)
    notes.add(database, recording, NoteKind.MARKER, from_s=1.5, text=written)
    found = notes.of(database, recording)
    assert list(csv.reader(found.notes_csv().splitlines()))[1] == ["marker", "1.5", "", shown]
    assert list(csv.reader(found.people_csv([1]).splitlines()))[1] == ["1", "0.0", "", "1", shown]
