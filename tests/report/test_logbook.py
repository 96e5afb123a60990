"""What is seen live is written as it comes, and read up to where it broke off."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emotion.report.logbook import Logbook, story_in
from emotion.types import EMOTIONS, Analysis, Box, Emotion, Face, Scores

SCORES = Scores.of({Emotion.HAPPY: 0.6, Emotion.NEUTRAL: 0.4})
RAW = Scores.of({Emotion.SAD: 0.7, Emotion.FEAR: 0.3})


def face(number: int) -> Face:
    marks = ((1.0, 2.5), (3.0, 4.0)) if number % 2 else ()
    return Face(number, Box(number, 2, 30.5, 40), 0.9, SCORES, RAW, EMOTIONS[number % 7].value, 0.75, marks)


def seen(frames: int) -> list[Analysis]:
    return [Analysis(index, index / 20, tuple(map(face, range(1, 1 + index % 4)))) for index in range(frames)]


def write(path: Path, analyses: list[Analysis]) -> None:
    with Logbook(path) as logbook:
        for analysis in analyses:
            logbook.append(analysis)


@pytest.mark.parametrize(
    ("written", "asked", "read"),
    [
        pytest.param(0, 9, 0, id="nothing"),
        pytest.param(40, 40, 40, id="all of it"),
        pytest.param(40, 25, 25, id="the video broke off before"),
        pytest.param(25, 40, 25, id="the video goes on"),
    ],
)
def test_gives_back_what_was_written(tmp_path: Path, written: int, asked: int, read: int) -> None:
    write(tmp_path / "seen.bin", seen(written))
    assert list(story_in(tmp_path / "seen.bin", frames=asked)) == seen(read)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(end=st.floats(0, 1), harm=st.none() | st.floats(0, 1))
def test_broken_off_or_damaged_anywhere(tmp_path: Path, end: float, harm: float | None) -> None:
    """What comes out are the first records as they were, up to the place of the damage."""
    path = tmp_path / "broken.bin"
    path.unlink(missing_ok=True)
    write(path, seen(30))
    whole = path.read_bytes()
    cut = bytearray(whole[: int(len(whole) * end)])
    if harm is not None and cut:
        cut[int((len(cut) - 1) * harm)] ^= 0x5A
    path.write_bytes(cut)

    found = list(story_in(path, frames=1000))
    assert found == seen(30)[: len(found)]
    if harm is None:
        lost = len(cut) - _bytes(tmp_path, len(found))
        assert 0 <= lost < 1000


def _bytes(folder: Path, frames: int) -> int:
    path = folder / "measure.bin"
    path.unlink(missing_ok=True)
    write(path, seen(frames))
    return path.stat().st_size


def test_flushed_is_readable_while_it_is_open(tmp_path: Path) -> None:
    with Logbook(tmp_path / "seen.bin") as logbook:
        for analysis in seen(10):
            logbook.append(analysis)
        logbook.flush()
        assert list(story_in(tmp_path / "seen.bin", frames=1000)) == seen(10)
