"""A recording as tasks: whoever does them, and in whatever order, the results are those of one process."""

from __future__ import annotations

import json
import math
import pickle
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from clips import astronaut_frames, changing_faces, even_times, first_beep_s, make_clip, numbered_image
from pieces import in_pieces

from emotion.errors import Cancelled, InputError, OutputError, UnreadableVideo
from emotion.jobs.analyze import analyze_file
from emotion.jobs.artefacts import ANNOTATED_MP4, ARTEFACTS, FACES_CSV, FACES_PARQUET, MERGED_MP4, SUMMARY_JSON
from emotion.jobs.progress import Meter, Progress
from emotion.jobs.see import see
from emotion.jobs.tasks import Step, Task, perform
from emotion.media.read import open_video
from emotion.media.stretch import Range
from emotion.report.faces_parquet import read_faces_parquet
from emotion.report.timeline import Timeline
from emotion.settings import Settings
from emotion.types import Image
from emotion.vision.engine import Engine

COUNT, RATE, SIZE = 48, 8.0, (200, 150)
EVEN = even_times(COUNT, rate=RATE)
UNEVEN = [time_s + 0.05 * (number % 3) for number, time_s in enumerate(EVEN)]
# A keyframe every second, spans of two seconds, six seconds in all.
X264 = {"preset": "fast", "g": "8"}
X265 = {"preset": "ultrafast", "x265-params": "keyint=8:min-keyint=8:open-gop=1:bframes=3:log-level=none"}
SPAN_S = 2.0
# Nearly without loss, so that pictures of two encodings can be compared.
CRF = 4


def one_face() -> list[Image]:
    return changing_faces(COUNT, size=SIZE, face_px=60)


def lying_face() -> list[Image]:
    """As a phone stores what a player turns by 90 degrees."""
    return [np.ascontiguousarray(np.rot90(image)) for image in one_face()]


def odd_face() -> list[Image]:
    return changing_faces(COUNT, size=(201, 151), face_px=60)


def two_scenes() -> list[Image]:
    """A cut on the very border between the first two spans, and black around the second border."""
    left = astronaut_frames(COUNT, size=SIZE, face_px=60, path=lambda index: (60 + index / 4, 70)).images
    right = astronaut_frames(COUNT, size=SIZE, face_px=66, path=lambda index: (130 + index / 9, 80)).images
    grid = numbered_image(90, SIZE)
    images = [
        np.where(image == 96, grid, image) if index < 16 else image
        for index, image in enumerate((*left[:16], *right[16:]))
    ]
    return [np.zeros_like(image) if 30 <= index < 34 else image for index, image in enumerate(images)]


def settings(**changes: Any) -> Settings:
    return Settings.load(**{"segment_s": SPAN_S, **changes})


@pytest.mark.parametrize(
    ("name", "options", "changes", "segments"),
    [
        pytest.param("a.mp4", {"codec_options": X264}, {}, 3, id="mp4 with B-frames"),
        pytest.param("a.mp4", {"codec_options": X264, "times_s": UNEVEN}, {}, 3, id="variable rate"),
        pytest.param("a.mp4", {"codec_options": {**X264, "x264-params": "open-gop=1"}}, {}, 3, id="open groups"),
        pytest.param("a.mp4", {"codec": "libx265", "codec_options": X265}, {}, 3, id="HEVC, open groups"),
        pytest.param("a.mp4", {"codec_options": X264, "images": lying_face, "rotation": 90}, {}, 3, id="turned"),
        pytest.param("a.mp4", {"codec_options": X264, "images": odd_face}, {}, 3, id="odd size"),
        pytest.param("a.mkv", {"codec_options": X264, "sound": "opus"}, {}, 3, id="mkv"),
        pytest.param("a.webm", {"codec": "libvpx-vp9", "sound": "opus"}, {}, None, id="webm"),
        pytest.param("a.mov", {"codec": "mjpeg", "pix_fmt": "yuvj420p", "sound": "pcm"}, {}, 3, id="only keyframes"),
        pytest.param("a.mp4", {"codec_options": X264, "images": two_scenes}, {}, 3, id="cut and black at borders"),
        pytest.param("a.mp4", {"codec_options": X264}, {"every": 5}, 3, id="every fifth"),
        pytest.param("a.mp4", {"codec_options": X264}, {"every": 30}, 3, id="one in a span, or none"),
        pytest.param("a.mp4", {"codec_options": X264}, {"from_s": 1.3, "to_s": 5.2}, 2, id="a range"),
        pytest.param("a.mp4", {"codec_options": X264}, {"region": (20, 10, 150, 140)}, 3, id="a region"),
        pytest.param("a.mp4", {"codec_options": {**X264, "g": "999"}}, {}, 2, id="a single keyframe"),
        pytest.param("a.avi", {"codec": "mpeg4", "sound": "pcm"}, {}, 1, id="no stamps: one piece"),
        pytest.param("a.ts", {"codec_options": X264}, {}, 1, id="a clock that may wrap: one piece"),
    ],
)
def test_pieces_see_what_the_whole_sees(
    tmp_path: Path, name: str, options: dict[str, Any], changes: dict[str, Any], segments: int | None
) -> None:
    images = options.get("images", one_face)()
    size = images[0].shape[1], images[0].shape[0]
    source = make_clip(tmp_path / name, **{"times_s": EVEN, **options, "images": images, "size": size})
    chosen = settings(**changes)
    whole = _seen_in_one_go(source, chosen)
    planned = _seen_in_pieces(source, tmp_path / "recording", chosen)
    folder = tmp_path / "recording" / "work" / "remembered"
    assert segments is None or planned == segments
    whole.save(tmp_path / FACES_CSV)
    assert (folder / FACES_CSV).read_bytes() == (tmp_path / FACES_CSV).read_bytes()
    pieces = read_faces_parquet(folder / FACES_PARQUET)
    assert np.array_equal(pieces.faces[:, :21], whole.columns.faces[:, :21])
    assert whole.frames_with_face > 0.5 * whole.frames > 0


def _seen_in_one_go(source: Path, chosen: Settings) -> Timeline:
    with open_video(source, Range(chosen.from_s, chosen.to_s or math.inf)) as video:
        return Timeline.of(see(video, Engine.create(chosen), Meter(), every=chosen.every).story)


def _seen_in_pieces(source: Path, folder: Path, chosen: Settings) -> int:
    planned = perform(Task(Step.PLAN, source, folder, chosen))
    assert planned is not None
    for number in reversed(range(planned.segments)):
        perform(Task(Step.SEE, source, folder, chosen, number))
    perform(Task(Step.REMEMBER, source, folder, chosen))
    return planned.segments


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("source") / "interview.mp4"
    return make_clip(path, times_s=EVEN, size=SIZE, images=one_face(), codec_options=X264)


@pytest.fixture(scope="module")
def recording(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a recording that was analysed in pieces."""
    folder = tmp_path_factory.mktemp("recording")
    in_pieces(source, folder, settings(video_crf=CRF), seed=1)
    return folder


def test_results_are_those_of_one_process(source: Path, recording: Path, tmp_path: Path) -> None:
    analyze_file(source, tmp_path, settings(video_crf=CRF))
    results = recording / "results"
    assert sorted(path.name for path in recording.iterdir()) == ["results"]
    assert sorted(path.name for path in results.iterdir()) == sorted(ARTEFACTS)
    for name in (FACES_CSV, "bars.gif", "cumulative.png"):
        assert (results / name).read_bytes() == (tmp_path / name).read_bytes()
    ours, theirs = (json.loads((folder / SUMMARY_JSON).read_text()) for folder in (results, tmp_path))
    assert ours.pop("seconds_taken") > 0 < theirs.pop("seconds_taken")
    assert ours == theirs


@pytest.mark.parametrize("name", [ANNOTATED_MP4, MERGED_MP4])
def test_videos_show_no_seam(source: Path, recording: Path, tmp_path: Path, name: str) -> None:
    analyze_file(source, tmp_path, settings(video_crf=CRF))
    joined, whole = list(_pictures(recording / "results" / name)), list(_pictures(tmp_path / name))
    assert [time_s for time_s, _ in joined] == [time_s for time_s, _ in whole] == pytest.approx(EVEN, abs=2e-5)
    for (_, mine), (_, theirs) in zip(joined, whole, strict=True):
        assert np.abs(mine.astype(int) - theirs).mean() < 0.5
    assert first_beep_s(recording / "results" / name) == pytest.approx(first_beep_s(tmp_path / name), abs=1e-4)


def _pictures(path: Path) -> Iterator[tuple[float, Image]]:
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            yield frame.time, frame.to_ndarray(format="rgb24")


def test_what_is_there_is_not_computed_again(source: Path, tmp_path: Path) -> None:
    chosen = settings()
    planned = perform(Task(Step.PLAN, source, tmp_path, chosen))
    assert perform(Task(Step.PLAN, source, tmp_path, chosen)) == planned
    perform(Task(Step.SEE, source, tmp_path, chosen, 1))
    seen = tmp_path / "work" / "seen-0001.npz"
    before = seen.stat()
    heard: list[Progress] = []
    perform(Task(Step.SEE, source, tmp_path, chosen, 1), on_progress=heard.append)
    assert heard == []
    assert seen.stat() == before


def test_finished_is_finished(source: Path, recording: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in (recording / "results").iterdir()}
    for step in (Step.SEE, Step.REMEMBER, Step.RENDER, Step.JOIN):
        perform(Task(step, source, recording, settings(video_crf=CRF)))
    assert {path.name: path.stat().st_mtime_ns for path in (recording / "results").iterdir()} == before
    assert sorted(path.name for path in recording.iterdir()) == ["results"]


def test_other_settings_begin_anew(source: Path, tmp_path: Path) -> None:
    perform(Task(Step.PLAN, source, tmp_path, settings()))
    perform(Task(Step.SEE, source, tmp_path, settings(), 0))
    perform(Task(Step.PLAN, source, tmp_path, settings(detector="haar")))
    assert [path.name for path in (tmp_path / "work").iterdir()] == ["plan.json"]


@pytest.mark.parametrize("step", [Step.PLAN, Step.SEE, Step.REMEMBER, Step.RENDER, Step.JOIN])
def test_cancelling_leaves_nothing_half_written(source: Path, tmp_path: Path, step: Step) -> None:
    def stop(_: Progress) -> None:
        raise Cancelled

    chosen = settings(detector="haar", segment_s=3)
    tasks = [Task(each, source, tmp_path, chosen, number) for each, number in _order(2)]
    before: set[Path] = set()
    for task in tasks:
        if task.step is step:
            break
        perform(task)
        before = set(tmp_path.rglob("*"))
    with pytest.raises(Cancelled):
        perform(Task(step, source, tmp_path, chosen), on_progress=stop)
    assert {path for path in tmp_path.rglob("*") if path.name != "work"} == before - {tmp_path / "work"}


def _order(segments: int) -> Iterator[tuple[Step, int]]:
    for step in Step:
        for number in range(segments) if step in (Step.SEE, Step.RENDER) else [0]:
            yield step, number


def test_progress_counts_the_frames_of_the_task(source: Path, tmp_path: Path) -> None:
    heard: dict[Step, list[Progress]] = {step: [] for step in Step}
    for step, number in _order(3):
        perform(Task(step, source, tmp_path, settings(), number), on_progress=heard[step].append)
    assert all(heard.values())
    assert [one.frames_done for one in heard[Step.SEE]] == [*range(1, 17)] * 3
    assert {one.frames_total for one in heard[Step.SEE]} == {16}
    assert [one.frames_done for one in heard[Step.RENDER]] == [*range(1, 17)] * 3
    assert heard[Step.REMEMBER][COUNT - 1].frames_done == COUNT
    assert heard[Step.JOIN][-1].frames_done == 2 * COUNT


def test_a_task_can_be_sent(source: Path, tmp_path: Path) -> None:
    task = Task(Step.SEE, source, tmp_path, settings(region=(0, 0, 50, 50)), 2)
    assert pickle.loads(pickle.dumps(task)) == task  # noqa: S301 - our own


@pytest.mark.parametrize(
    ("step", "number", "error"),
    [
        pytest.param(Step.SEE, 0, OutputError, id="no plan yet"),
        pytest.param(Step.REMEMBER, 0, OutputError, id="nothing seen yet"),
        pytest.param(Step.RENDER, 0, OutputError, id="nothing remembered yet"),
        pytest.param(Step.JOIN, 0, OutputError, id="nothing drawn yet"),
    ],
)
def test_out_of_order(source: Path, tmp_path: Path, step: Step, number: int, error: type[Exception]) -> None:
    if step is not Step.SEE:
        perform(Task(Step.PLAN, source, tmp_path, settings()))
    with pytest.raises(error, match=r"missing on the disk.*\.$"):
        perform(Task(step, source, tmp_path, settings(), number))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"from_s": 100}, "no pictures from 100 to its end seconds", id="range after the end"),
        pytest.param({"from_s": 1.01, "to_s": 1.02}, "no pictures from 1.01 to 1.02 seconds", id="range between two"),
        pytest.param({"region": (0, 0, 201, 10)}, "200 x 150", id="region beyond the picture"),
    ],
)
def test_impossible_options_get_a_sentence(source: Path, tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        perform(Task(Step.PLAN, source, tmp_path / "a", settings(**changes)))
    with pytest.raises(InputError, match=words):
        analyze_file(source, tmp_path / "b", settings(**changes))


def test_a_part_that_is_none(source: Path, tmp_path: Path) -> None:
    perform(Task(Step.PLAN, source, tmp_path, settings()))
    with pytest.raises(InputError, match="no part 3"):
        perform(Task(Step.SEE, source, tmp_path, settings(), 3))


def test_a_source_that_vanishes(source: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copy(source, tmp_path / "copy.mp4"))
    perform(Task(Step.PLAN, copy, tmp_path / "recording", settings()))
    copy.unlink()
    with pytest.raises(UnreadableVideo, match="does not exist"):
        perform(Task(Step.SEE, copy, tmp_path / "recording", settings(), 0))


def test_a_range_has_its_own_time_and_its_own_sound(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "a.mp4", times_s=EVEN, size=SIZE, images=one_face(), codec_options=X264)
    chosen = settings(from_s=2.25, to_s=5.0, detector="haar")
    in_pieces(source, tmp_path / "recording", chosen)
    analyze_file(source, tmp_path / "whole", chosen)
    for folder in (tmp_path / "recording" / "results", tmp_path / "whole"):
        times = [time_s for time_s, _ in _pictures(folder / MERGED_MP4)]
        assert times == pytest.approx([time_s - 2.25 for time_s in EVEN if 2.25 <= time_s < 5], abs=2e-5)
        # A beep every half second: the first after 2.25 is at 2.5. AAC's frames are 21 milliseconds.
        assert first_beep_s(folder / MERGED_MP4) == pytest.approx(0.25, abs=0.022)
        facts = json.loads((folder / SUMMARY_JSON).read_text())
        assert facts["source"]["duration_s"] == pytest.approx(2.75)
        assert facts["source"]["frames"] == 22


ON_A_SMALL_DISK = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from pieces import in_pieces
from emotion.errors import DiskFull
from emotion.settings import Settings
try:
    in_pieces(Path(sys.argv[2]), Path(sys.argv[3]), Settings.load(segment_s=2, detector="haar"))
except DiskFull as error:
    left = sorted(path.relative_to(sys.argv[3]).as_posix() for path in Path(sys.argv[3]).rglob("*"))
    print(*left, sep="\\n")
"""


@pytest.mark.parametrize(
    ("kilobytes", "kept"),
    [
        pytest.param(8, ["work"], id="no room for a plan"),
        pytest.param(100, ["work", "work/plan.json", "work/seen-0000.npz"], id="no room for all that is seen"),
        pytest.param(240, [f"work/seen-000{number}.npz" for number in range(3)], id="no room for the tables"),
    ],
)
def test_a_full_disk_keeps_what_is_whole(source: Path, tmp_path: Path, kilobytes: int, kept: list[str]) -> None:
    if subprocess.run(["unshare", "--map-root-user", "--mount", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system lets nobody mount a small disk")
    script = f'mount -t tmpfs -o size={kilobytes}k tmpfs "$1" && shift && exec "$@"'
    worker = [sys.executable, "-c", ON_A_SMALL_DISK, str(Path(__file__).parents[1]), str(source), str(tmp_path)]
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh", str(tmp_path), *worker]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    left = done.stdout.split()
    assert set(kept) <= set(left), left
    assert not [name for name in left if Path(name).name.startswith(".")]
    assert not [name for name in left if name.startswith("results")]
