"""Uploads on the disk."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from emotion.errors import OutputError, UploadRefused
from emotion.jobs import inbox as module
from emotion.jobs.inbox import GB, Inbox, in_gb

BODY = b"0123456789"


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path / "uploads", max_bytes=1000, keep_s=3600, spare_bytes=0)


def arrived(inbox: Inbox, body: bytes = BODY, *, finished: bool = True) -> str:
    """An upload whose bytes are there."""
    upload = inbox.create("clip.mp4", len(BODY), "anna")
    inbox.data(upload).write_bytes(body)
    if finished:
        inbox.finish(upload)
    return upload.id


def age(inbox: Inbox, upload_id: str, seconds: float) -> None:
    then = time.time() - seconds
    for path in [*(inbox.folder / upload_id).iterdir(), inbox.folder / upload_id]:
        os.utime(path, (then, then))


def test_a_whole_upload_moves_out(inbox: Inbox, tmp_path: Path) -> None:
    number = arrived(inbox)
    moved = inbox.take(number, "anna", tmp_path / "recording" / "source")
    assert (moved.name, moved.read_bytes()) == ("clip.mp4", BODY)
    assert inbox.find(number) is None
    assert list(inbox.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("body", "finished", "owner", "says"),
    [
        pytest.param(BODY[:4], False, "anna", "not come whole", id="half"),
        pytest.param(BODY, False, "anna", "not come whole", id="not checked yet"),
        pytest.param(BODY, True, "ben", "not here any more", id="of somebody else"),
    ],
)
def test_nothing_else_moves_out(
    inbox: Inbox, tmp_path: Path, body: bytes, finished: bool, owner: str, says: str
) -> None:
    number = arrived(inbox, body, finished=finished)
    with pytest.raises(UploadRefused, match=says):
        inbox.take(number, owner, tmp_path / "source")
    assert inbox.find(number) is not None


@pytest.mark.parametrize(
    ("seconds", "there"),
    [pytest.param(3500, True, id="within its time"), pytest.param(3700, False, id="later")],
)
def test_a_stale_upload_goes(inbox: Inbox, seconds: float, there: bool) -> None:
    number = arrived(inbox, BODY[:4], finished=False)
    age(inbox, number, seconds)
    assert (inbox.find(number) is not None) == there
    assert inbox.tidy() == (0 if there else 1)
    assert (inbox.folder / number).exists() == there


@pytest.mark.parametrize("left", ["about.json", "part"])
def test_what_a_crash_leaves_is_no_upload_and_goes_later(inbox: Inbox, left: str) -> None:
    number = arrived(inbox, finished=False)
    for path in (inbox.folder / number).iterdir():
        if path.name != left:
            path.unlink()
    assert inbox.find(number) is None
    assert inbox.tidy() == 0, "another process may just be making it"
    age(inbox, number, 3700)
    assert inbox.tidy() == 1


@pytest.mark.parametrize(
    ("seconds", "finished", "owner", "found"),
    [
        pytest.param(90, True, "anna", True, id="a minute later"),
        pytest.param(30, True, "anna", False, id="its page may still take it"),
        pytest.param(90, False, "anna", False, id="not complete"),
        pytest.param(90, True, "ben", False, id="of somebody else"),
        pytest.param(3700, True, "anna", False, id="too old"),
    ],
)
def test_what_no_page_took_is_found(inbox: Inbox, seconds: float, finished: bool, owner: str, found: bool) -> None:
    number = arrived(inbox, finished=finished)
    age(inbox, number, seconds)
    assert [upload.id for upload in inbox.forgotten(owner)] == [number] * found
    assert [upload.id for upload in inbox.forgotten()] == [number] * (found or owner != "anna")


def test_files_of_others_stay(inbox: Inbox) -> None:
    inbox.folder.mkdir()
    (inbox.folder / "notes.txt").write_text("mine", encoding="utf-8")
    age_of_all = time.time() - 1e6
    os.utime(inbox.folder / "notes.txt", (age_of_all, age_of_all))
    assert inbox.tidy() == 0
    assert (inbox.folder / "notes.txt").exists()


@pytest.mark.parametrize(
    ("length", "spare", "says"),
    [
        pytest.param(0, 0, "empty", id="empty"),
        pytest.param(1001, 0, "the most that can be uploaded", id="too large"),
        pytest.param(5, 1 << 60, "no room", id="no room"),
    ],
)
def test_refused_before_a_byte_is_sent(tmp_path: Path, length: int, spare: int, says: str) -> None:
    inbox = Inbox(tmp_path, max_bytes=1000, keep_s=3600, spare_bytes=spare)
    with pytest.raises(UploadRefused, match=says):
        inbox.create("clip.mp4", length, "anna")
    assert list(tmp_path.iterdir()) == []


def test_one_person_cannot_fill_the_folder(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "UNFINISHED_PER_PERSON", 2)
    for _ in range(2):
        inbox.create("clip.mp4", 5, "anna")
    with pytest.raises(UploadRefused, match="Too many"):
        inbox.create("clip.mp4", 5, "anna")
    assert inbox.create("clip.mp4", 5, "ben").owner == "ben"


def test_what_is_still_coming_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Inbox, "_free_bytes", lambda self: 1500)
    inbox = Inbox(tmp_path, max_bytes=1000, keep_s=3600, spare_bytes=0)
    inbox.create("one.mp4", 1000, "anna")
    with pytest.raises(UploadRefused, match="no room"):
        inbox.create("two.mp4", 1000, "anna")


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "uploads").write_text("a file", encoding="utf-8")
    with pytest.raises(OutputError):
        Inbox(tmp_path / "uploads", max_bytes=1000, keep_s=3600, spare_bytes=0).create("clip.mp4", 5, "anna")


@pytest.mark.parametrize(
    ("count", "words"),
    [(20 * GB, "20 GB"), (GB * 3 // 2, "1.5 GB"), (1 << 20, "1 MB"), (227_000, "222 KB"), (1, "1 KB")],
)
def test_sizes_as_people_read_them(count: int, words: str) -> None:
    assert in_gb(count) == words
