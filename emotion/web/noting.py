"""What a person adds to a recording, on its page: names, who is who, markers, stretches that shall not count."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import streamlit as st

from emotion.jobs.noted import save_notes
from emotion.notes import Note, NoteKind
from emotion.report.people import MAIN
from emotion.store import notes
from emotion.store.database import Database
from emotion.web import rights, state
from emotion.web.study import Study
from emotion.web.telling import attempt
from emotion.web.text import plain

ICONS = {NoteKind.MARKER: ":material/flag:", NoteKind.EXCLUDED: ":material/visibility_off:"}
Span = tuple[float, float]


def people(study: Study, person: int, at_s: float) -> None:
    """What can be said about the chosen person: a name, who else it is, from when on it is another."""
    st.subheader("People")
    if person == MAIN:
        st.caption("Choose a face above to name it, to merge it with another, or to split it in two.")
        return
    number, called = study.recording.id, study.said.called(person)
    key = f"{number}-{person}"
    st.text_input(
        "Name",
        value=study.said.names.get(person, ""),
        placeholder=called,
        key=f"name-{key}",
        max_chars=notes.NAME_LENGTH,
        on_change=_rename,
        args=(number, person, f"name-{key}"),
    )
    others = [other for other in study.people() if other != person]
    same = st.selectbox(
        "Is the same person as",
        others,
        index=None,
        format_func=study.said.called,
        placeholder="Choose another face" if others else "There is no other face",
        disabled=not others,
        key=f"same-{key}",
    )
    with st.container(horizontal=True):
        merge = partial(notes.merge, into=person, other=same or MAIN)
        _button("Merge", ":material/merge:", f"merge-{key}", number, merge, disabled=same is None)
        split = partial(notes.split, person=person, at_s=at_s, above=study.facts["faces"]["highest"])
        _button(f"Split at {clock(at_s)}", ":material/call_split:", f"split-{key}", number, split, disabled=at_s <= 0)
        if study.said.turns:
            _button("Undo all", ":material/undo:", f"ungroup-{key}", number, notes.ungroup)


def add_note(study: Study, at_s: float, span: Span | None) -> None:
    """A marker where the video stands, or an excluded stretch that was brushed in the chart."""
    st.subheader("Notes")
    number = study.recording.id
    key = f"note-{number}"
    st.text_input("Note", key=key, placeholder="What happens here", max_chars=notes.TEXT_LENGTH)
    from_s, until_s = span or (0.0, 0.0)
    marker = partial(_add, key=key, kind=NoteKind.MARKER)
    exclude = partial(_add, key=key, kind=NoteKind.EXCLUDED, from_s=from_s, until_s=until_s)
    with st.container(horizontal=True):
        _button(f"Mark {clock(at_s)}", ICONS[NoteKind.MARKER], "mark", number, partial(marker, from_s=at_s))
        if span:
            stretch = partial(marker, from_s=from_s, until_s=until_s)
            _button(f"Mark {_in_words(*span)}", ":material/width:", "mark-span", number, stretch)
        label = f"Exclude {_in_words(*span)}" if span else "Exclude a stretch"
        meaning = "Shares, means and sums leave it out. Drag over the curves to choose a stretch."
        _button(label, ICONS[NoteKind.EXCLUDED], "exclude", number, exclude, disabled=not span, help=meaning)


def note_rows(study: Study, *, own: bool) -> None:
    """All notes by time: a click on the time goes there. Only whose ``own`` they are deletes them."""
    for note in study.said.notes:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                _when(note),
                icon=ICONS[note.kind],
                key=f"go-{note.id}",
                type="tertiary",
                help="Go there",
                on_click=state.session().go_to,
                args=(study.recording.id, note.from_s),
            )
            what = note.text or ("Does not count" if note.kind is NoteKind.EXCLUDED else "Marker")
            st.markdown(plain(what), width="stretch")
            if not own:
                continue
            remove = partial(notes.remove, note_id=note.id)
            _button("", ":material/delete:", f"gone-{note.id}", study.recording.id, remove, help="Delete", quiet=True)


def _add(database: Database, number: str, *, key: str, **values: Any) -> None:
    """With the words of the text box, which is empty then."""
    notes.add(database, number, text=st.session_state[key], **values)
    st.session_state[key] = ""


def _rename(number: str, person: int, key: str) -> None:
    _do(number, partial(notes.name, person=person, called=st.session_state[key]))


def _when(note: Note) -> str:
    return clock(note.from_s) if note.until_s is None else _in_words(note.from_s, note.until_s)


def _in_words(from_s: float, until_s: float) -> str:
    return f"{clock(from_s)} – {clock(until_s)}"


def clock(time_s: float) -> str:
    """A place in a video, to a tenth of a second: ``0:07.5``, ``1:02:03.0``."""
    minutes, tenths = divmod(round(time_s * 10), 600)
    hours, minutes = divmod(minutes, 60)
    rest = f"{minutes:02d}:{tenths / 10:04.1f}" if hours else f"{minutes}:{tenths / 10:04.1f}"
    return f"{hours}:{rest}" if hours else rest


def _button(
    label: str,
    icon: str,
    key: str,
    number: str,
    change: Callable[..., object],
    *,
    disabled: bool = False,
    help: str | None = None,
    quiet: bool = False,
) -> None:
    """A button that changes what is kept of a recording, before the page is drawn anew."""
    kind: Literal["tertiary", "secondary"] = "tertiary" if quiet else "secondary"
    args = (number, change, key)
    st.button(label, icon=icon, key=key, disabled=disabled, help=help, type=kind, on_click=_do_once, args=args)


def _do_once(number: str, change: Callable[..., object], button: str) -> None:
    if state.session().is_new_click(f"{button} of {number}"):
        _do(number, change)


def _do(number: str, change: Callable[..., object]) -> None:
    """Changes what is kept, and the files that say the same."""

    def both() -> None:
        change(state.database(), rights.mine(number).id)
        save_notes(state.database(), state.settings(), number)

    attempt(both)
