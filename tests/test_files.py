"""Nothing half-written under its final name, and no name that leaves its folder."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion.errors import OutputError
from emotion.files import NAME_LENGTH, output_error, safe_name, staged_file, staged_folder, whole_folder


def write_and_fail(folder: Path) -> None:
    with staged_folder(folder) as staging:
        (staging / "a.txt").write_text("half")
        raise RuntimeError


def test_files_appear_together(tmp_path: Path) -> None:
    final = tmp_path / "result"
    with staged_folder(final) as staging:
        (staging / "a.txt").write_text("a")
        assert not final.exists()
    assert (final / "a.txt").read_text() == "a"
    assert [path.name for path in tmp_path.iterdir()] == ["result"]


def test_a_failure_leaves_everything_as_it_was(tmp_path: Path) -> None:
    final = tmp_path / "result"
    final.mkdir()
    (final / "a.txt").write_text("before")
    with pytest.raises(RuntimeError):
        write_and_fail(final)
    assert (final / "a.txt").read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["result"]


def test_one_file(tmp_path: Path) -> None:
    with staged_file(tmp_path / "new" / "table.csv") as path:
        assert path.suffix == ".csv"
        path.write_text("x")
    assert (tmp_path / "new" / "table.csv").read_text() == "x"


def test_one_file_needs_nothing_beside_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    with staged_file(folder / "table.csv") as path:
        assert path.parent == folder
        path.write_text("x")
    assert [path.name for path in folder.iterdir()] == ["table.csv"]


def test_one_file_that_fails_leaves_the_old_one(tmp_path: Path) -> None:
    final = tmp_path / "table.csv"
    final.write_text("before")

    def fail() -> None:
        with staged_file(final) as path:
            path.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert final.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]


def test_a_file_where_a_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(OutputError, match="taken"):
        write_and_fail(tmp_path / "taken")
    with pytest.raises(OutputError, match="Cannot write"):
        write_and_fail(tmp_path / "taken" / "below")


@pytest.mark.parametrize(
    ("code", "says"),
    [
        pytest.param(errno.ENOSPC, "disk is full", id="full"),
        pytest.param(errno.EACCES, "Cannot write to the folder 'out'", id="forbidden"),
        pytest.param(errno.EIO, "Check the disk", id="broken"),
    ],
)
def test_refusals_in_words(code: int, says: str) -> None:
    assert says in str(output_error(OSError(code, "x"), Path("out")))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("clip.mp4", "clip.mp4", id="plain"),
        pytest.param("../../etc/passwd", "passwd", id="path"),
        pytest.param("..\\..\\boot.ini", "boot.ini", id="path of another system"),
        pytest.param("..", "video", id="nothing but dots"),
        pytest.param("", "video", id="empty"),
        pytest.param(".hidden", "hidden", id="hidden"),
        pytest.param("a\nb\0c.mp4", "abc.mp4", id="control characters"),
        pytest.param("день 😀.mp4", "день 😀.mp4", id="other scripts and emoji stay"),
        pytest.param("x" * 300, "x" * NAME_LENGTH, id="long"),
    ],
)
def test_safe_name(name: str, expected: str) -> None:
    assert safe_name(name) == expected


@given(st.text())
def test_a_safe_name_is_one_visible_file_in_its_folder(name: str) -> None:
    safe = safe_name(name)
    assert Path("folder", safe).resolve().parent == Path("folder").resolve()
    assert safe
    assert not safe.startswith(".")
    assert safe_name(safe) == safe


def test_a_folder_appears_whole(tmp_path: Path) -> None:
    final = tmp_path / "deep" / "results"
    with whole_folder(final) as staging:
        (staging / "a.txt").write_text("a")
        assert not final.exists()
    assert (final / "a.txt").read_text() == "a"
    assert [path.name for path in final.parent.iterdir()] == ["results"]


def test_a_folder_that_failed_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), whole_folder(tmp_path / "results"):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_whoever_is_first_stays(tmp_path: Path) -> None:
    final = tmp_path / "results"
    with whole_folder(final) as slow:
        (slow / "a.txt").write_text("slow")
        with whole_folder(final) as fast:
            (fast / "a.txt").write_text("fast")
    assert (final / "a.txt").read_text() == "fast"
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_a_lasting_file_is_the_same_file(tmp_path: Path) -> None:
    with staged_file(tmp_path / "a.txt", lasting=True) as staged:
        staged.write_text("a")
    assert (tmp_path / "a.txt").read_text() == "a"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
