"""One recording in, one folder of results out: the same for the command line, the pages and Python."""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emotion.files import staged_folder
from emotion.jobs.between import Between
from emotion.jobs.overlap import ahead, behind
from emotion.jobs.progress import OnProgress, Progress, Stage, ignore
from emotion.media.probe import VideoInfo
from emotion.media.read import Video, open_video
from emotion.media.write import VideoWriter
from emotion.report.figures import write_cumulative_png
from emotion.report.moving_bars import write_bars_gif
from emotion.report.overlay import Overlay
from emotion.report.panels import MergedVideo
from emotion.report.summary import summary
from emotion.report.timeline import Timeline
from emotion.settings import Settings
from emotion.types import Analysis
from emotion.vision.engine import Engine

FACES_CSV = "faces.csv"
ANNOTATED_MP4 = "annotated.mp4"
MERGED_MP4 = "merged.mp4"
BARS_GIF = "bars.gif"
CUMULATIVE_PNG = "cumulative.png"
SUMMARY_JSON = "summary.json"
ARTEFACTS = (MERGED_MP4, ANNOTATED_MP4, FACES_CSV, BARS_GIF, CUMULATIVE_PNG, SUMMARY_JSON)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the first reading of a recording gave."""

    analyses: tuple[Analysis, ...]
    frames: int
    end_s: float
    """When the last frame ends."""
    damage: str
    """A sentence where the file broke off before its end, else empty."""


def analyze_file(source: Path, folder: Path, settings: Settings, *, on_progress: OnProgress = ignore) -> dict[str, Any]:
    """Analyses ``source`` and writes every artefact into ``folder``; returns what stands in ``summary.json``.

    All artefacts appear together at the end, or none does. Raises UnreadableVideo, OutputError, ModelError, and
    whatever ``on_progress`` raises.
    """
    began = time.monotonic()
    with open_video(source) as video, staged_folder(folder) as staging:
        engine = Engine.create(settings)
        clock = _Clock(began, on_progress)
        seen = see(video, engine, settings, clock)
        timeline = Timeline.of(seen.analyses, end_s=seen.end_s)
        timeline.save(staging / FACES_CSV)
        write_bars_gif(staging / BARS_GIF, timeline, settings)
        write_cumulative_png(staging / CUMULATIVE_PNG, timeline, settings)
        with open_video(source) as again:
            render(again, staging, seen, timeline, settings, clock)
        facts = summary(
            timeline,
            source=_source(source, video.info, seen),
            settings=settings.for_the_record(),
            versions=engine.info(),
            seconds_taken=time.monotonic() - began,
            labels=settings.labels,
        )
        (staging / SUMMARY_JSON).write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return facts


def analyze(video: Video, engine: Engine, *, every: int = 1) -> Iterator[Analysis]:
    """The analyses of an open video, one per ``every`` frames, as they are made."""
    for frame in video.frames():
        if frame.index % every == 0:
            yield engine.analyze(frame)


def see(video: Video, engine: Engine, settings: Settings, clock: _Clock) -> Seen:
    """First reading: look at every N-th frame, count all."""
    clock.start(Stage.SEEING, video.info.frames)
    analyses: list[Analysis] = []
    times: list[float] = []
    with contextlib.closing(ahead(video.frames())) as frames:
        for frame in frames:
            if frame.index % settings.every == 0:
                analyses.append(engine.analyze(frame))
            times = [*times[-1:], frame.time_s]
            clock.tick()
    last_s = times[-1] - times[0] if len(times) > 1 else 1 / (video.info.frame_rate or 25)
    return Seen(tuple(analyses), clock.frames_done, times[-1] + last_s, video.damage)


def render(video: Video, folder: Path, seen: Seen, timeline: Timeline, settings: Settings, clock: _Clock) -> None:
    """Second reading: draw every frame, write both videos."""
    clock.start(Stage.DRAWING, seen.frames)
    info = video.info
    between = Between(seen.analyses)
    overlay = Overlay(settings, (info.width, info.height))
    merged = MergedVideo(timeline, (info.width, info.height), settings)
    width, height = merged.size
    with (
        _writer(folder / ANNOTATED_MP4, video, settings, info.width, info.height) as annotated_video,
        _writer(folder / MERGED_MP4, video, settings, width, height) as merged_video,
        behind(lambda shown: annotated_video.write(*shown)) as write_annotated,
        behind(lambda shown: merged_video.write(merged.frame(*shown), shown[1])) as write_merged,
        contextlib.closing(ahead(video.frames())) as frames,
    ):
        for frame in frames:
            shown = overlay.draw(frame.image, between.at(frame.time_s)), frame.time_s
            write_annotated(shown)
            write_merged(shown)
            clock.tick()


def _writer(path: Path, video: Video, settings: Settings, width: int, height: int) -> VideoWriter:
    return VideoWriter(
        path,
        width=width,
        height=height,
        frame_rate=video.info.frame_rate,
        preset=settings.video_preset,
        crf=settings.video_crf,
        sound=video.path if video.info.has_sound else None,
    )


def _source(path: Path, info: VideoInfo, seen: Seen) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "name": path.name,
        "sha256": digest,
        "size_bytes": path.stat().st_size,
        "width": info.width,
        "height": info.height,
        "duration_s": round(seen.end_s, 6),
        "frames": seen.frames,
        "damage": seen.damage,
    }


class _Clock:
    """Counts the frames of a stage and tells whoever wants to know."""

    def __init__(self, began: float, on_progress: OnProgress) -> None:
        self._began = began
        self._on_progress = on_progress
        self._stage = Stage.SEEING
        self._stage_began = began
        self._total = 0
        self.frames_done = 0

    def start(self, stage: Stage, total: int) -> None:
        self._stage, self._total, self._stage_began, self.frames_done = stage, total, time.monotonic(), 0

    def tick(self) -> None:
        self.frames_done += 1
        now = time.monotonic()
        total = max(self._total, self.frames_done) if self._total else 0
        self._on_progress(Progress(self._stage, self.frames_done, total, now - self._stage_began, now - self._began))
