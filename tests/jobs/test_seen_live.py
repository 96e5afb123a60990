"""From a live recording to its results: what was shown live is what stands in them, and nothing is computed again."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from made_up import SIZE, taken
from pieces import in_pieces

from emotion.jobs.artefacts import ANNOTATED_MP4, ARTEFACTS, FACES_CSV, MERGED_MP4, NOTES_CSV, SUMMARY_JSON
from emotion.jobs.seen_live import BROKE_OFF
from emotion.jobs.tasks import Step, Task, perform
from emotion.live.tape import Tape
from emotion.live.values import Marker
from emotion.media.fragments import cut_to_whole_fragments
from emotion.media.read import open_video
from emotion.report.faces_csv import HEADER
from emotion.report.timeline import Timeline
from emotion.settings import Settings
from emotion.store.kept import Kept
from emotion.types import Analysis

# Two spans, with a pause in the second.
TIMES = [*(index / 15 for index in range(80)), *(9.0 + index / 15 for index in range(20))]


def settings() -> Settings:
    return Settings.load(segment_s=3, video_preset="ultrafast")


def record(folder: Path, *, markers: tuple[Marker, ...] = ()) -> list[Analysis]:
    """A live recording of 100 pictures; what was seen in them."""
    entries = taken(TIMES)
    with Tape(folder / "source" / "live.mp4", Kept(folder / "live"), {"source": "Camera", "consent": None}) as tape:
        for entry in entries:
            tape.keep(*entry)
        for marker in markers:
            tape.mark(marker)
        tape.note(ended="", frames=tape.frames, lost=2)
    return [analysis for _, analysis in entries]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Analysis]]:
    folder = tmp_path_factory.mktemp("whole")
    seen = record(folder, markers=(Marker(2.0, "laughs"), Marker(1.0, "sits down")))
    planned = in_pieces(folder / "source" / "live.mp4", folder, settings(), seed=3)
    assert planned.segments == 3
    assert planned.frames == len(TIMES)
    return folder, seen


def frame_times(path: Path) -> list[float]:
    with open_video(path) as video:
        return [frame.time_s for frame in video.frames()]


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "results" / FACES_CSV).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def facts(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "results" / SUMMARY_JSON).read_text(encoding="utf-8"))
    return found


def test_everything_is_there(whole: tuple[Path, list[Analysis]]) -> None:
    folder, _ = whole
    assert {path.name for path in (folder / "results").iterdir()} == {*ARTEFACTS, NOTES_CSV}
    assert not (folder / "work").exists()


def test_the_table_says_what_was_shown_at_the_times_of_the_video(whole: tuple[Path, list[Analysis]]) -> None:
    folder, seen = whole
    timeline = Timeline.load(folder / "results" / FACES_CSV)
    times = frame_times(folder / "source" / "live.mp4")
    assert timeline.columns.times_s.tolist() == pytest.approx(times, abs=1e-6)
    assert len(times) == len(TIMES)
    assert timeline.columns.counts.tolist() == [len(analysis.faces) for analysis in seen]
    found = [row for row in rows(folder) if row["face"]]
    shown = [face for analysis in seen for face in analysis.faces]
    assert len(found) == len(shown)
    for row, face in zip(found, shown, strict=True):
        assert (int(row["face"]), row["label"]) == (face.track, face.label)
        assert float(row["x"]) == pytest.approx(face.box.x, abs=0.01)
        assert [float(row[name]) for name in ("happy", "raw_sad", "raw_fear")] == pytest.approx(
            [face.scores.values[3], 0.7, 0.3], abs=1e-4
        )
    assert set(found[0]) == set(HEADER)


@pytest.mark.parametrize("name", [ANNOTATED_MP4, MERGED_MP4])
def test_the_videos_have_true_times(whole: tuple[Path, list[Analysis]], name: str) -> None:
    folder, _ = whole
    assert frame_times(folder / "results" / name) == pytest.approx(
        frame_times(folder / "source" / "live.mp4"), abs=1e-4
    )


def test_boxes_are_drawn_where_faces_were_seen(whole: tuple[Path, list[Analysis]]) -> None:
    folder, seen = whole
    with open_video(folder / "source" / "live.mp4") as plain, open_video(folder / "results" / ANNOTATED_MP4) as drawn:
        for analysis, before, after in zip(seen, plain.frames(), drawn.frames(), strict=True):
            changed = abs(before.image.astype(int) - after.image.astype(int)).max() > 60
            assert changed == bool(analysis.faces), f"picture {analysis.index}"


def test_the_summary_says_how_it_was_made(whole: tuple[Path, list[Analysis]]) -> None:
    folder, seen = whole
    found = facts(folder)
    assert found["live"] == {
        "source": "Camera",
        "consent": None,
        "ended": "",
        "frames": len(seen),
        "lost": 2,
        "markers": 2,
    }
    assert found["source"]["damage"] == ""
    assert found["source"]["frames"] == found["frames_analysed"] == len(seen)
    assert found["source"]["duration_s"] == pytest.approx(TIMES[-1] + 1 / 20, abs=0.1)
    assert (found["source"]["width"], found["source"]["height"]) == SIZE
    notes = (folder / "results" / NOTES_CSV).read_text(encoding="utf-8").splitlines()
    assert notes == ["kind,from_s,until_s,text", "marker,1.0,,sits down", "marker,2.0,,laughs"]


def lose_the_end_of_the_video(folder: Path) -> None:
    video = folder / "source" / "live.mp4"
    video.write_bytes(video.read_bytes()[: video.stat().st_size * 2 // 3])
    assert cut_to_whole_fragments(video)


def lose_the_end_of_what_was_seen(folder: Path) -> None:
    seen = Kept(folder / "live").seen
    seen.write_bytes(seen.read_bytes()[: seen.stat().st_size * 2 // 3])


def lose_all_that_was_seen(folder: Path) -> None:
    Kept(folder / "live").seen.write_bytes(b"")


@pytest.mark.slow
@pytest.mark.parametrize("harm", [lose_the_end_of_the_video, lose_the_end_of_what_was_seen, lose_all_that_was_seen])
def test_broken_off_still_has_results(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    seen = record(tmp_path)
    harm(tmp_path)
    kept = Kept(tmp_path / "live")
    kept.write_facts({**kept.facts(), "ended": BROKE_OFF})
    in_pieces(tmp_path / "source" / "live.mp4", tmp_path, settings())

    times = frame_times(tmp_path / "source" / "live.mp4")
    found = facts(tmp_path)
    assert found["source"]["damage"] == BROKE_OFF
    assert len(frame_times(tmp_path / "results" / MERGED_MP4)) == len(times) == found["source"]["frames"]
    said = Timeline.load(tmp_path / "results" / FACES_CSV).columns
    assert said.times_s.tolist() == pytest.approx(times[: len(said.times_s)], abs=1e-6)
    if harm is not lose_all_that_was_seen:
        assert said.counts.tolist() == [len(one.faces) for one in seen[: len(said.times_s)]]


def test_seeing_is_nothing_to_do(tmp_path: Path) -> None:
    record(tmp_path)
    source = tmp_path / "source" / "live.mp4"
    for step in (Step.PLAN, Step.SEE):
        perform(Task(step, source, tmp_path, settings()))
    assert {path.name for path in (tmp_path / "work").iterdir()} == {"plan.json"}
