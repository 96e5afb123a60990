"""The Videos page: what it says of every state that a job can be in."""

from __future__ import annotations

import os
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from shelf import AddRecording, OpenPage, claim

from emotion.jobs.inbox import Inbox
from emotion.settings import Privacy, Settings
from emotion.store import jobs, leases, recordings
from emotion.store.database import Database
from emotion.store.values import JobState, Lease, Recording
from emotion.types import Emotion
from emotion.web import intake, queue


@pytest.fixture(autouse=True)
def no_zone(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What has come through the drop zone; the real one needs a browser."""
    given: list[object] = []
    monkeypatch.setattr(intake, "drop_zone", lambda *, person, privacy: None)
    monkeypatch.setattr(intake, "arrived", lambda *, person: given)
    return given


def test_says_what_to_do_when_empty(open_page: OpenPage) -> None:
    app = open_page("videos.py")
    assert app.title[0].value == "Videos"
    assert "Drop one or more recorded videos" in app.info[0].value
    assert not app.subheader


def test_rows_from_the_database(
    open_page: OpenPage, done: AddRecording, waiting: AddRecording, database: Database
) -> None:
    done([Emotion.SAD] * 3, name="old.mp4")
    waiting("notes.mp4")
    leases.fail(database, claimed(database), "'notes.mp4' is no video that can be read. Choose an mp4 file.")
    waiting("first.mp4")
    waiting("second.mp4")
    app = open_page("videos.py")
    assert [header.value for header in app.subheader] == ["Queue", "Last results"]
    names = [text.value for text in app.markdown if text.value.startswith("**")]
    assert [name.split("**")[1] for name in names] == ["first\\.mp4", "second\\.mp4", "notes\\.mp4", "old\\.mp4"]
    assert "is no video that can be read" in app.error[0].value
    assert any("mostly sad" in text.value for text in app.markdown)
    texts = [bar.proto.text.replace("\\", "") for bar in app.get("progress")]
    assert texts[0] == "Waiting"
    assert texts[1].startswith("Waiting: 1 before this one")


def test_a_part_that_is_drawn_again_looks_again(
    open_page: OpenPage, waiting: AddRecording, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first time it is drawn with what the page has just read; by itself with what there is then."""
    seen: list[list[str]] = []

    def part(known: list[tuple[Recording, ...]]) -> None:
        for _ in range(2):
            drawn(known)
            waiting("second.mp4")

    drawn = queue._rows
    monkeypatch.setattr(queue, "_draw_rows", lambda found, mine: seen.append([one.name for one in found]))
    monkeypatch.setattr(queue, "_rows", part)
    waiting("first.mp4")
    open_page("videos.py")
    assert seen == [["first.mp4"], ["first.mp4", "second.mp4"]]


def claimed(database: Database) -> Lease:
    lease = claim(database)
    assert lease is not None
    return lease


def test_cancel_and_try_again(open_page: OpenPage, waiting: AddRecording, database: Database) -> None:
    number = waiting().id
    app = open_page("videos.py")
    app.button(key=f"cancel-{number}").click().run()
    assert recordings.get(database, number).job.state is JobState.CANCELLED
    assert any("Cancelled" in text.value for text in app.markdown)
    app.button(key=f"retry-{number}").click().run()
    assert not app.exception
    assert recordings.get(database, number).job.state is JobState.WAITING


def test_a_wish_that_came_too_late_gets_a_sentence(
    open_page: OpenPage, waiting: AddRecording, database: Database
) -> None:
    number = waiting().id
    jobs.cancel(database, number)
    app = open_page("videos.py")
    recordings.mark_deleted(database, number)
    app.button(key=f"retry-{number}").click().run()
    assert not app.exception
    assert "is not here any more" in app.toast[0].value


def test_only_the_last_results_are_shown(open_page: OpenPage, done: AddRecording) -> None:
    for number in range(queue.OVER_SHOWN + 2):
        done([Emotion.SAD], name=f"{number}.mp4")
    app = open_page("videos.py")
    names = [text.value for text in app.markdown if text.value.startswith("**")]
    assert len(names) == queue.OVER_SHOWN
    assert names[0].startswith(f"**{queue.OVER_SHOWN + 1}")


def test_nobody_works(
    open_page: OpenPage, waiting: AddRecording, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    waiting()
    assert not open_page("videos.py").warning
    monkeypatch.setattr(queue, "LONELY_S", -1.0)
    assert "Nothing works on the queue" in open_page("videos.py").warning[0].value


def test_an_upload_becomes_a_recording_with_the_options_chosen(
    open_page: OpenPage, no_zone: list[object], settings: Settings, database: Database
) -> None:
    app = open_page("videos.py")
    app.number_input(key="option-every").set_value(5).run()
    app.number_input(key="option-to_s").set_value(60.0).run()
    app.text_input(key="option-region").set_value("10, 20 640x360").run()
    assert "every 5 frames, from 0 s to 1:00 min, a part of the picture" in app.expander[0].label.replace("\\", "")
    no_zone.append(uploaded(settings, "talk.mp4"))
    no_zone.append(SimpleNamespace(id="0" * 32))
    app.run()
    assert not app.exception
    (recording,) = recordings.find(database)
    kept = recording.job.settings
    assert (kept["every"], kept["to_s"], kept["region"]) == (5, 60.0, [10, 20, 640, 360])
    assert "not here any more" in app.toast[0].value


@pytest.mark.parametrize(
    ("age_s", "blurred"),
    [pytest.param(90, "all", id="of a closed page"), pytest.param(0, "none", id="of this page")],
)
def test_what_another_page_left_is_blurred_as_was_chosen_there(
    open_page: OpenPage, no_zone: list[object], settings: Settings, database: Database, age_s: float, blurred: str
) -> None:
    inbox = Inbox.of(settings)
    upload = inbox.create("talk.mp4", 5, "local", privacy=Privacy.ALL)
    inbox.data(upload).write_bytes(b"12345")
    inbox.finish(upload)
    found = inbox.find(upload.id)
    assert found is not None
    done_s = time.time() - age_s
    os.utime(inbox.data(found), (done_s, done_s))
    no_zone.append(inbox.find(upload.id))
    assert not open_page("videos.py").exception
    (recording,) = recordings.find(database)
    assert recording.job.settings["privacy"] == blurred


def uploaded(settings: Settings, name: str) -> SimpleNamespace:
    inbox = Inbox.of(settings)
    upload = inbox.create(name, 5, "local")
    inbox.data(upload).write_bytes(b"12345")
    found = inbox.find(upload.id)
    assert found is not None
    inbox.finish(found)
    return SimpleNamespace(id=upload.id)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        pytest.param("option-region", "left side", "EMOTION_REGION", id="no numbers"),
        pytest.param("option-region", "0, 0, 640", "EMOTION_REGION", id="one is missing"),
        pytest.param("option-region", "0, 0, 0, 0", "width and height", id="an empty one"),
        pytest.param("option-to_s", 5.0, "would end before it begins", id="ends before it begins"),
    ],
)
def test_options_that_cannot_be_get_a_sentence(open_page: OpenPage, key: str, value: str | float, says: str) -> None:
    app = open_page("videos.py")
    app.number_input(key="option-from_s").set_value(10.0).run()
    widget = app.number_input(key=key) if isinstance(value, float) else app.text_input(key=key)
    widget.set_value(value).run()
    assert not app.exception
    assert says in app.error[0].value.replace("\\", "")
    widget.set_value(None if isinstance(value, float) else "").run()
    assert not app.error


def test_videos_of_the_servers_folder(
    open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    shelf = tmp_path / "shelf"
    (shelf / "2026").mkdir(parents=True)
    (shelf / "2026" / "talk.mp4").write_bytes(b"12345")
    (shelf / "letter.txt").write_text("no video")
    monkeypatch.setenv("EMOTION_MEDIA_DIR", str(shelf))
    app = open_page("videos.py")
    picks = app.multiselect[0]
    assert [option.split(" (")[0] for option in picks.options] == ["2026/talk.mp4"]
    picks.set_value(["2026/talk.mp4"]).run()
    next(button for button in app.button if button.label == "Analyse").click().run()
    assert not app.exception
    (recording,) = recordings.find(database)
    assert recording.source == "2026/talk.mp4"
    assert app.multiselect[0].value == []
