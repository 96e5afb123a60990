"""The files of a live recording: one size, true times, and for each picture what was seen in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from clips import number_in, numbered_image
from made_up import SIZE, taken

from emotion.live.fit import Fit
from emotion.live.tape import Tape
from emotion.live.values import Marker
from emotion.media.read import open_video
from emotion.report.logbook import story_in
from emotion.store.kept import Kept
from emotion.types import Analysis, Box, Frame

EVEN = [12.5 + index / 20 for index in range(30)]


def tape(folder: Path) -> Tape:
    return Tape(folder / "source" / "live.mp4", Kept(folder / "live"), {"source": "Camera"})


def read(folder: Path) -> list[tuple[float, int]]:
    with open_video(folder / "source" / "live.mp4") as video:
        assert (video.info.width, video.info.height) == SIZE
        return [(frame.time_s, number_in(frame.image)) for frame in video.frames()]


def story(folder: Path) -> list[Analysis]:
    return list(story_in(Kept(folder / "live").seen, frames=10_000))


@pytest.mark.parametrize(
    ("times_s", "kept"),
    [
        pytest.param(EVEN, 30, id="begins in the middle of a session"),
        pytest.param([1.0, 1.05, 1.05, 1.0, 1.1], 3, id="times that stand still or go back"),
        pytest.param([0.0, 0.1, 90.0, 90.1], 4, id="a camera that was covered"),
    ],
)
def test_pictures_and_what_was_seen_have_the_same_times(tmp_path: Path, times_s: list[float], kept: int) -> None:
    entries = taken(times_s)
    with tape(tmp_path) as running:
        assert sum(running.keep(*entry) for entry in entries) == running.frames == kept

    pictures, analyses = read(tmp_path), story(tmp_path)
    assert [time_s for time_s, _ in pictures] == [analysis.time_s for analysis in analyses]
    assert [analysis.index for analysis in analyses] == list(range(kept))
    faces = {frame.index: analysis.faces for frame, analysis in entries}
    assert [analysis.faces for analysis in analyses] == [faces[number] for _, number in pictures]
    assert pictures[-1][0] == pytest.approx(max(times_s) - times_s[0], abs=1e-5)


@pytest.mark.parametrize(
    ("size", "box"),
    [
        pytest.param((320, 240), Box(40, 30, 80, 60), id="twice as large"),
        pytest.param((80, 60), Box(40, 30, 80, 60), id="half as large"),
        pytest.param((320, 120), Box(40, 45, 80, 30), id="wider: bars above and below"),
        pytest.param((120, 240), Box(65, 30, 30, 60), id="upright: bars left and right"),
    ],
)
def test_one_size_although_the_stream_changes_it(tmp_path: Path, size: tuple[int, int], box: Box) -> None:
    with tape(tmp_path) as running:
        for entry in [*taken([0.0, 0.05]), *taken([0.1, 0.15], size=size, first=20), *taken([0.2], first=40)]:
            running.keep(*entry)

    assert len(read(tmp_path)) == 5
    found = story(tmp_path)[2].faces[0].box
    assert (found.x, found.y, found.width, found.height) == (box.x, box.y, box.width, box.height)


@pytest.mark.parametrize("size", [(640, 480), (481, 640), (2, 900), (900, 2), SIZE])
def test_a_picture_lies_inside_and_keeps_its_sides(size: tuple[int, int]) -> None:
    fit = Fit.of(size, SIZE)
    assert fit.left >= 0
    assert fit.top >= 0
    assert fit.left + fit.width <= SIZE[0]
    assert fit.top + fit.height <= SIZE[1]
    assert fit.width == SIZE[0] or fit.height == SIZE[1]
    assert fit.image(numbered_image(9, size)).shape == (SIZE[1], SIZE[0], 3)


def test_the_picture_itself_goes_on_as_it_is() -> None:
    image = numbered_image(9)
    assert Fit.of(SIZE, SIZE).image(image) is image


def test_markers_and_facts(tmp_path: Path) -> None:
    with tape(tmp_path) as running:
        running.mark(Marker(3.0, "too early"))
        for entry in taken(EVEN):
            running.keep(*entry)
        running.mark(Marker(13.0, "sad above 0.6 for 3 s"))
        running.flush()
        running.note(ended="", frames=running.frames)
    kept = Kept(tmp_path / "live")
    assert kept.marks() == [(0.0, "too early"), (0.5, "sad above 0.6 for 3 s")]
    assert kept.facts() == {"source": "Camera", "ended": "", "frames": 30}
    assert kept.last_beat() is not None


def test_half_a_line_and_half_a_file_are_none(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.add_mark((1.0, "whole"))
    with (tmp_path / "marks.jsonl").open("a") as file:
        file.write('[2.0, "hal')
    (tmp_path / "facts.json").write_text('{"sour')
    assert (kept.marks(), kept.facts()) == ([(1.0, "whole")], {})
    assert Kept(tmp_path / "nowhere").last_beat() is None


def test_nothing_came(tmp_path: Path) -> None:
    with tape(tmp_path) as running:
        running.flush()
    assert (running.frames, running.size_bytes) == (0, 0)
    assert not running.mend()
    assert not (tmp_path / "source" / "live.mp4").exists()


def test_what_a_sink_got_is_not_written_to(tmp_path: Path) -> None:
    image = numbered_image(1, (320, 240))
    image.flags.writeable = False
    with tape(tmp_path) as running:
        running.keep(Frame(0, 0.0, numbered_image(0)), Analysis(0, 0.0, ()))
        running.keep(Frame(1, 0.1, image), Analysis(1, 0.1, ()))
