"""A recording in, a folder of results out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pandas as pd
import pytest
from clips import even_times, make_clip
from PIL import Image

import emotion
from emotion.errors import Cancelled
from emotion.jobs.analyze import ANNOTATED_MP4, ARTEFACTS, MERGED_MP4, analyze_file
from emotion.jobs.progress import Progress, Stage
from emotion.settings import Settings
from emotion.types import EMOTIONS, Box

FRAMES = 24
RATE = 12.0
FIRST_COLUMNS = ["frame", "time_s", "face", "x", "y", "width", "height", "confidence", *EMOTIONS, "dominant"]
COLUMNS = [*FIRST_COLUMNS, "label", "quality", *(f"raw_{emotion}" for emotion in EMOTIONS)]


def times_in(path: Path) -> list[float]:
    with av.open(path) as container:
        return [float(frame.time) for frame in container.decode(video=0) if frame.time is not None]


def sound_in(path: Path) -> list[str]:
    with av.open(path) as container:
        return [stream.codec_context.name for stream in container.streams.audio]


def test_every_artefact_is_there_and_nothing_else(analysed: Any) -> None:
    assert {path.name for path in analysed.folder.iterdir()} == set(ARTEFACTS)
    assert {path.name for path in analysed.folder.parent.iterdir()} == {"astronaut.mp4", "out"}


def test_the_table_has_every_frame_and_the_face_where_it_is(analysed: Any) -> None:
    table = pd.read_csv(analysed.folder / "faces.csv")
    assert list(table.columns) == COLUMNS
    assert list(table["frame"]) == list(range(FRAMES))
    assert set(table["face"]) == {1}
    assert table["time_s"].to_list() == pytest.approx(even_times(FRAMES, rate=RATE), abs=1e-3)
    assert table[list(EMOTIONS)].sum(axis=1).to_list() == pytest.approx([1.0] * FRAMES, abs=1e-3)
    for row, truth in zip(table.itertuples(), analysed.truth.boxes, strict=True):
        # A detector's idea of a face reaches from the chin to the hair or to the brow: centres agree, sizes less so.
        assert Box(row.x, row.y, row.width, row.height).overlap(truth) > 0.4


@pytest.mark.parametrize("name", [ANNOTATED_MP4, MERGED_MP4])
def test_videos_have_every_frame_at_its_time_and_the_sound(analysed: Any, name: str) -> None:
    assert times_in(analysed.folder / name) == pytest.approx(times_in(analysed.source), abs=1e-3)
    assert sound_in(analysed.folder / name) == ["aac"]


def test_the_face_is_marked(analysed: Any) -> None:
    with av.open(analysed.folder / ANNOTATED_MP4) as container:
        annotated = next(container.decode(video=0)).to_ndarray(format="rgb24").astype(int)
    difference = abs(annotated - analysed.truth.images[0]).max(axis=2)
    assert (difference > 60).sum() > 300


def test_pictures(analysed: Any) -> None:
    with Image.open(analysed.folder / "bars.gif") as gif:
        assert gif.n_frames == round(FRAMES / RATE * 10)
    with Image.open(analysed.folder / "cumulative.png") as png:
        assert png.width >= 1200


def test_the_summary_is_what_was_returned_and_true(analysed: Any) -> None:
    facts = json.loads((analysed.folder / "summary.json").read_text(encoding="utf-8"))
    assert facts == analysed.facts
    assert facts["source"]["sha256"] == hashlib.sha256(analysed.source.read_bytes()).hexdigest()
    assert facts["source"]["frames"] == facts["frames_analysed"] == facts["frames_with_face"] == FRAMES
    assert facts["source"]["duration_s"] == pytest.approx(FRAMES / RATE, abs=0.01)
    assert facts["versions"]["fer"] == "22.4.0"
    assert sum(emotion["share_of_time"] for emotion in facts["emotions"].values()) == pytest.approx(1, abs=1e-3)


def test_progress_counts_both_stages(analysed: Any) -> None:
    shares = [moment.share for moment in analysed.progress]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert {moment.stage for moment in analysed.progress} == set(Stage)


def test_every_fifth_frame(analyse: Callable[..., Any]) -> None:
    result = analyse(every=5, detector="haar")
    table = pd.read_csv(result.folder / "faces.csv")
    assert list(table["frame"].unique()) == list(range(0, FRAMES, 5))
    assert len(times_in(result.folder / ANNOTATED_MP4)) == FRAMES
    assert result.facts["source"]["frames"] == FRAMES
    assert result.facts["settings"]["every"] == 5


@pytest.mark.parametrize(
    ("count", "size", "sound", "rate"),
    [
        pytest.param(1, (160, 120), None, 25.0, id="a single frame, no sound"),
        pytest.param(5, (161, 121), "aac", 25.0, id="odd size"),
        pytest.param(4, (120, 240), "aac", 5.0, id="portrait"),
        pytest.param(3, (16, 16), None, 1.0, id="tiny and slow"),
    ],
)
def test_unusual_videos(tmp_path: Path, count: int, size: tuple[int, int], sound: str | None, rate: float) -> None:
    source = tmp_path / "clip.mkv"
    make_clip(source, times_s=even_times(count, rate=rate), size=size, sound=sound)
    facts = analyze_file(source, tmp_path / "out", Settings.load())
    assert facts["source"]["frames"] == count
    assert "no face to speak of" in facts["in_words"]
    for name in (ANNOTATED_MP4, MERGED_MP4):
        assert len(times_in(tmp_path / "out" / name)) == count


@pytest.mark.slow
def test_a_frame_of_8k(tmp_path: Path) -> None:
    source = tmp_path / "huge.mp4"
    make_clip(source, times_s=[0.0], size=(7680, 4320), sound=None)
    facts = analyze_file(source, tmp_path / "out", Settings.load())
    assert facts["source"]["frames"] == 1
    with av.open(tmp_path / "out" / MERGED_MP4) as container:
        assert container.streams.video[0].width <= 4096


def test_cancelling_leaves_nothing(analysed: Any, tmp_path: Path) -> None:
    def stop(progress: Progress) -> None:
        if progress.stage is Stage.DRAWING:
            raise Cancelled

    with pytest.raises(Cancelled):
        analyze_file(analysed.source, tmp_path / "out", Settings.load(), on_progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_three_lines_of_python(analysed: Any, tmp_path: Path) -> None:
    with emotion.open_video(analysed.source) as video:
        timeline = emotion.Timeline.of(emotion.analyze(video, emotion.Engine.create(emotion.Settings.load())))
    timeline.save(tmp_path / "faces.csv")
    assert (tmp_path / "faces.csv").read_bytes() == (analysed.folder / "faces.csv").read_bytes()
