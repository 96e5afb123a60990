"""Second reading of a recording: every frame is drawn, and both videos are written.

Pictures stay in YUV, as they come and go. Only where something is drawn are they converted: the frame's boxes and
labels, and in the merged video the charts' moving parts.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from emotion.jobs.between import Between
from emotion.jobs.overlap import ahead, behind
from emotion.jobs.progress import Meter, Stage
from emotion.jobs.see import Seen
from emotion.media.planes import Canvas, Planes
from emotion.media.probe import VideoInfo
from emotion.media.read import Video
from emotion.media.write import VideoWriter
from emotion.pixels import even, resize
from emotion.report.canvas import Area
from emotion.report.overlay import Overlay
from emotion.report.panels import MergedVideo
from emotion.report.timeline import Timeline
from emotion.settings import Settings
from emotion.types import Frame, Image


def render(
    video: Video, seen: Seen, timeline: Timeline, settings: Settings, meter: Meter, *, annotated: Path, merged: Path
) -> None:
    """Writes the annotated and the merged video. Decoding, drawing and the two encoders work at the same time."""
    meter.start(Stage.DRAWING, seen.frames)
    info = video.info
    annotator = _Annotator(seen, settings, info)
    merger = _Merger(timeline, settings, info)
    with (
        _writer(annotated, video, settings, (info.width, info.height)) as annotated_video,
        _writer(merged, video, settings, merger.size) as merged_video,
        behind(_annotated(annotated_video)) as write_annotated,
        behind(_encoded(merged_video), depth=2) as write_merged,
        behind(_merged(write_merged, merger)) as draw_merged,
        contextlib.closing(ahead(video.frames_and_planes())) as frames,
    ):
        for frame, planes in frames:
            shot = annotator.draw(frame, planes)
            write_annotated(shot)
            draw_merged(shot)
            meter.tick()


@dataclass(frozen=True, slots=True)
class _Shot:
    """An annotated frame, in RGB and in YUV; nobody changes it any more."""

    image: Image
    canvas: Canvas
    time_s: float


class _Annotator:
    """Draws boxes and labels."""

    def __init__(self, seen: Seen, settings: Settings, info: VideoInfo) -> None:
        self._between = Between(seen.story, seen.story.times_s)
        self._overlay = Overlay(settings, (info.width, info.height))
        self._info = info

    def draw(self, frame: Frame, planes: Planes | None) -> _Shot:
        faces = self._between.at(frame.time_s)
        image = frame.image.copy()
        touched = self._overlay.draw_onto(image, faces)
        padded = even(image)
        canvas = Canvas(padded.shape[1], padded.shape[0], self._info.matrix)
        if planes is None or planes.matrix is not canvas.matrix:
            canvas.draw(padded)
        else:
            canvas.paste(planes)
            _draw_areas(canvas, image, touched)
        return _Shot(image, canvas, frame.time_s)


class _Merger:
    """Puts the annotated frame and the charts side by side, on one canvas that changes from frame to frame."""

    def __init__(self, timeline: Timeline, settings: Settings, info: VideoInfo) -> None:
        self._panels = MergedVideo(timeline, (info.width, info.height), settings)
        self._canvas = Canvas(*self._panels.size, info.matrix)

    @property
    def size(self) -> tuple[int, int]:
        return self._panels.size

    def draw(self, shot: _Shot) -> Canvas:
        charts = self._panels.charts(shot.time_s)
        _draw_areas(self._canvas, charts, self._panels.changed)
        place = self._panels.picture
        if shot.canvas.size == (place.width, place.height):
            self._canvas.paste(shot.canvas, place.left, place.top)
        else:
            self._canvas.draw(resize(shot.image, width=place.width, height=place.height), place.left, place.top)
        return self._canvas


def _annotated(video: VideoWriter) -> Callable[[_Shot], None]:
    return lambda shot: video.write_canvas(shot.canvas, shot.time_s)


def _encoded(video: VideoWriter) -> Callable[[tuple[Canvas, float]], None]:
    return lambda picture: video.write_canvas(*picture)


def _merged(write: Callable[[tuple[Canvas, float]], None], merger: _Merger) -> Callable[[_Shot], None]:
    return lambda shot: write((merger.draw(shot).copy(), shot.time_s))


def _draw_areas(canvas: Canvas, image: Image, areas: Sequence[Area]) -> None:
    canvas.draw_parts(image, [(area.left, area.top, area.width, area.height) for area in areas])


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
