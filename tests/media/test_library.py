"""The server's folder of videos: what is listed, and that no path leads out of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from emotion.errors import InputError
from emotion.media import library


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    folder = tmp_path / "videos"
    (folder / "2026" / "день").mkdir(parents=True)
    (folder / "b.mp4").write_bytes(b"12345")
    (folder / "A.MOV").touch()
    (folder / "2026" / "день" / "clip.webm").touch()
    (folder / "notes.txt").touch()
    (folder / ".hidden.mp4").touch()
    (folder / "folder.mp4").mkdir()
    (tmp_path / "outside.mp4").write_bytes(b"not yours")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "private.mp4").touch()
    (folder / "escape.mp4").symlink_to(tmp_path / "outside.mp4")
    (folder / "escape").symlink_to(tmp_path / "elsewhere")
    (folder / "circle").symlink_to(folder)
    (folder / "loop.mp4").symlink_to(folder / "loop.mp4")
    (folder / "inside.mp4").symlink_to(folder / "b.mp4")
    os.mkfifo(folder / "endless.mp4")
    return folder


def test_lists_videos_by_path(shelf: Path) -> None:
    found = library.videos(shelf)
    assert [video.path for video in found] == ["2026/день/clip.webm", "A.MOV", "b.mp4", "inside.mp4"]
    assert found[2].size_bytes == 5


def test_what_is_listed_can_be_opened(shelf: Path) -> None:
    for video in library.videos(shelf):
        assert library.resolve(shelf, video.path).is_file()


@pytest.mark.parametrize(
    "path",
    [
        "../outside.mp4",
        "2026/../../outside.mp4",
        "escape.mp4",
        "escape/private.mp4",
        "loop.mp4",
        "folder.mp4",
        "endless.mp4",
        "notes.txt",
        "missing.mp4",
        "/etc/passwd",
        "..\\outside.mp4",
        "b.mp4\0.txt",
        "",
        ".",
        "x" * 5000 + ".mp4",
    ],
)
def test_no_path_leads_out(shelf: Path, path: str) -> None:
    with pytest.raises(InputError, match="Choose one of its list"):
        library.resolve(shelf, path)


def test_an_absolute_path_leads_nowhere_even_inside(shelf: Path) -> None:
    with pytest.raises(InputError):
        library.resolve(shelf, str(shelf / "b.mp4"))


def test_a_link_to_the_folder_itself_is_fine(shelf: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(shelf)
    assert library.resolve(tmp_path / "link", "b.mp4").read_bytes() == b"12345"


@pytest.mark.parametrize("name", ["missing", "outside.mp4"])
def test_a_wrong_folder_is_a_sentence(tmp_path: Path, shelf: Path, name: str) -> None:
    with pytest.raises(InputError, match="EMOTION_MEDIA_DIR"):
        library.videos(tmp_path / name)
