"""Each action of a page asks once more whose the recording is: what a button of an old page would do, as another."""

from __future__ import annotations

import time

import pytest
from shelf import add_done
from streamlit.testing.v1 import AppTest

from emotion.access.values import Identity, Role
from emotion.notes import NoteKind
from emotion.settings import Settings
from emotion.store import notes, recordings, shares
from emotion.store.database import Database
from emotion.store.values import Recording
from emotion.types import Emotion
from emotion.web import seal

ANNA = Identity("proxy:anna", "Anna", Role.MEMBER)
BOB = Identity("proxy:bob", "Bob", Role.MEMBER)
VERA = Identity("proxy:vera", "Vera", Role.VIEWER)
HEAD = Identity("proxy:head", "Head", Role.ADMINISTRATOR)
SHARE = "7" * 32


@pytest.fixture(autouse=True)
def behind_a_proxy(fresh_server: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOTION_AUTH", "proxy")


@pytest.fixture
def annas(database: Database, settings: Settings) -> Recording:
    """A recording of Anna's with a name, a note and a link."""
    made = add_done(database, settings, [Emotion.HAPPY] * 6, [Emotion.SAD] * 6, owner=ANNA.key)
    notes.name(database, made.id, 1, "Konrad")
    notes.add(database, made.id, NoteKind.MARKER, from_s=1.0, text="here he cries")
    shares.make(database, made.id, share_id=SHARE, by=ANNA.key, until_s=time.time() + 3600)
    return made


def act() -> None:
    """One action of a page, as its button would call it; what came of it."""
    import datetime
    from functools import partial

    import streamlit as st

    from emotion.errors import EmotionError
    from emotion.notes import NoteKind
    from emotion.store import notes, shares
    from emotion.web import compare, library, live_source, noting, queue, rights, sharing, state

    number, share_id = st.session_state["number"], st.session_state["share_id"]
    day = datetime.datetime.now(datetime.UTC).date()
    share = shares.Share(share_id, number, state.person(), 0.0, 1.0)
    settings = state.settings()
    actions = {
        "rename": lambda: library._rename(number, "Bob's"),
        "keep": lambda: library._keep(number, None),
        "delete": lambda: library._delete(number),
        "ask about a share": lambda: sharing.ask(number),
        "share": lambda: sharing._make(number, day),
        "revoke": lambda: sharing._revoke(share),
        "cancel": lambda: queue._cancel(number),
        "try again": lambda: queue._retry(number),
        "note": lambda: noting._do(number, partial(notes.add, kind=NoteKind.MARKER, from_s=0.0, text="Bob was here")),
        "split": lambda: noting._do(number, partial(notes.split, person=1, at_s=1.0, above=9)),
        "ungroup": lambda: noting._do(number, notes.ungroup),
        "play live": lambda: live_source._path(f"id:{number}"),
        "compare": lambda: compare.studies([number]),
        "look": lambda: rights.look(number),
        "look by a link": lambda: rights.look(number, share_id),
        "make": lambda: rights.maker(),
        "pick": lambda: __import__("emotion.web.intake", fromlist=["x"])._take_one(settings, "a.mp4"),
    }
    try:
        actions[st.session_state["action"]]()
    except EmotionError as error:
        st.error(str(error))


def acted(action: str, who: Identity, number: str, share_id: str = SHARE) -> str:
    """What the page says to it; empty where it was done."""
    app = AppTest.from_function(act, default_timeout=120)
    app.user = {seal.FIELD: seal.sealed(seal.Visit(who))}
    app.session_state["action"], app.session_state["number"], app.session_state["share_id"] = action, number, share_id
    app.run()
    assert not app.exception
    return " ".join(box.value for box in (*app.error, *app.toast))


CHANGES = ("rename", "keep", "delete", "ask about a share", "share", "cancel", "try again", "note", "split", "ungroup")
LOOKS = ("play live", "compare", "look")


@pytest.mark.parametrize("who", [BOB, VERA, HEAD], ids=lambda who: who.role.value)
def test_no_action_reaches_what_is_anothers(annas: Recording, database: Database, who: Identity) -> None:
    before = standing(database, annas.id)
    for action in (*CHANGES, *LOOKS):
        assert "is not here any more" in acted(action, who, annas.id), action
        assert standing(database, annas.id) == before, action


def test_nobody_ends_anothers_link(annas: Recording, database: Database) -> None:
    before = standing(database, annas.id)
    assert acted("revoke", BOB, annas.id) == ""
    assert standing(database, annas.id) == before
    assert acted("revoke", ANNA, annas.id) == ""
    assert "shows nothing any more" in acted("look by a link", BOB, annas.id)


@pytest.mark.parametrize(
    ("who", "share_id", "sees"),
    [
        pytest.param(BOB, SHARE, True, id="a member"),
        pytest.param(VERA, SHARE, True, id="a viewer"),
        pytest.param(HEAD, SHARE, True, id="an administrator"),
        pytest.param(ANNA, "0" * 32, True, id="its owner, whatever the link"),
        pytest.param(BOB, "0" * 32, False, id="guessed"),
        pytest.param(BOB, "' OR 1=1 --", False, id="words of SQL"),
        pytest.param(HEAD, "0" * 32, False, id="an administrator without one"),
    ],
)
def test_a_link(annas: Recording, who: Identity, share_id: str, sees: bool) -> None:
    said = acted("look by a link", who, annas.id, share_id)
    assert said == "" if sees else "shows nothing any more" in said


def test_its_owner_does_all_of_it(annas: Recording) -> None:
    for action in ("rename", "keep", "note", "share", "split", "compare", "look", "delete"):
        assert acted(action, ANNA, annas.id) == "", action


def test_a_viewer_makes_nothing(annas: Recording, database: Database) -> None:
    for action in ("make", "pick"):
        assert "You may look at what is shared with you" in acted(action, VERA, annas.id)
    assert acted("make", BOB, annas.id) == ""


def test_who_may_only_look_shows_nothing_to_others(database: Database, settings: Settings) -> None:
    """Not even what was theirs before they lost the role."""
    made = add_done(database, settings, [Emotion.HAPPY], owner=VERA.key)
    assert "You may look at what is shared with you" in acted("share", VERA, made.id)
    assert not shares.of_recording(database, made.id, owner=VERA.key)


def standing(database: Database, number: str) -> object:
    """All that is kept of a recording."""
    found = recordings.get(database, number)
    return found, notes.of(database, number), shares.of_recording(database, number, owner=ANNA.key)
