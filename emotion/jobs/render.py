"""Second reading of a recording: every frame is drawn, and both videos are written."""

from __future__ import annotations

import contextlib
from pathlib import Path

from emotion.jobs.between import Between
from emotion.jobs.overlap import ahead, behind
from emotion.jobs.progress import Meter, Stage
from emotion.jobs.see import Seen
from emotion.media.read import Video
from emotion.media.write import VideoWriter
from emotion.report.overlay import Overlay
from emotion.report.panels import MergedVideo
from emotion.report.timeline import Timeline
from emotion.settings import Settings


def render(
    video: Video, seen: Seen, timeline: Timeline, settings: Settings, meter: Meter, *, annotated: Path, merged: Path
) -> None:
    """Writes the annotated and the merged video. Decoding, drawing and the two encoders work at the same time."""
    meter.start(Stage.DRAWING, seen.frames)
    size = video.info.width, video.info.height
    between = Between(seen.story, seen.story.times_s)
    overlay = Overlay(settings, size)
    panels = MergedVideo(timeline, size, settings)
    with (
        _writer(annotated, video, settings, size) as annotated_video,
        _writer(merged, video, settings, panels.size) as merged_video,
        behind(lambda shown: annotated_video.write(*shown)) as write_annotated,
        behind(lambda shown: merged_video.write(panels.frame(*shown), shown[1])) as write_merged,
        contextlib.closing(ahead(video.frames())) as frames,
    ):
        for frame in frames:
            shown = overlay.draw(frame.image, between.at(frame.time_s)), frame.time_s
            write_annotated(shown)
            write_merged(shown)
            meter.tick()


def _writer(path: Path, video: Video, settings: Settings, size: tuple[int, int]) -> VideoWriter:
    return VideoWriter(
        path,
        width=size[0],
        height=size[1],
        frame_rate=video.info.frame_rate,
        preset=settings.video_preset,
        crf=settings.video_crf,
        sound=video.path if video.info.has_sound else None,
        matrix=video.info.matrix,
    )
