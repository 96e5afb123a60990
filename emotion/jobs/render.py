"""Second reading of a recording: every frame is drawn, and both videos are written.

Pictures stay in YUV, as they come and go. Only where something is drawn are they converted: the frame's boxes and
labels, and in the merged video the charts' moving parts. One thread draws while two encode; decoding has FFmpeg's own
threads. More threads of Python's would wait for each other: they share its lock.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from emotion.jobs.between import Between
from emotion.jobs.overlap import DEPTH, behind
from emotion.jobs.progress import Meter, Stage
from emotion.jobs.see import Seen
from emotion.jobs.veil import Veil
from emotion.media.planes import Canvas, CanvasPool, Planes
from emotion.media.probe import VideoInfo
from emotion.media.read import Video
from emotion.media.stretch import WHOLE, Stretch
from emotion.media.write import VideoWriter
from emotion.pixels import even, resize
from emotion.report.canvas import Area
from emotion.report.overlay import Overlay
from emotion.report.panels import MergedVideo
from emotion.report.timeline import Timeline
from emotion.settings import Settings
from emotion.types import Frame, Image

# One that is drawn, one that is encoded, and those that wait.
CANVASES = DEPTH + 2

Encode = Callable[[tuple[Canvas, float]], None]


def render(
    video: Video,
    seen: Seen,
    timeline: Timeline,
    settings: Settings,
    meter: Meter,
    *,
    annotated: Path,
    merged: Path,
    of: Stretch = WHOLE,
) -> None:
    """Writes the annotated and the merged video, or a piece of them. See VideoWriter for what their names decide."""
    meter.start(Stage.DRAWING, of.frames or seen.frames)
    annotator = _Annotator(seen, settings, video.info)
    merger = _Merger(timeline, settings, video.info)
    with (
        _encoder(annotated, video, settings, (video.info.width, video.info.height), annotator.pool) as encode_annotated,
        _encoder(merged, video, settings, merger.size, merger.pool) as encode_merged,
        contextlib.closing(video.frames_and_planes(of=of)) as frames,
    ):
        for frame, planes in frames:
            canvas = annotator.draw(frame, planes)
            together = merger.draw(canvas, annotator.image, frame.time_s)
            encode_annotated((canvas, frame.time_s))
            encode_merged((together, frame.time_s))
            meter.tick()


class _Annotator:
    """Blurs whom the settings want blurred, and draws boxes and labels."""

    def __init__(self, seen: Seen, settings: Settings, info: VideoInfo) -> None:
        self._between = Between(seen.story, seen.story.times_s)
        self._veil = Veil(seen.story, seen.story.times_s, settings)
        self._overlay = Overlay(settings, (info.width, info.height))
        self.image: Image = np.empty((info.height, info.width, 3), np.uint8)
        """The last annotated frame in RGB; drawn over by the next."""
        size = (info.width + info.width % 2, info.height + info.height % 2)
        self.pool = CanvasPool(CANVASES, size, info.matrix)

    def draw(self, frame: Frame, planes: Planes | None) -> Canvas:
        """The annotated frame, on a canvas from the pool."""
        np.copyto(self.image, frame.image)
        faces = self._between.at(frame.time_s)
        blurred = self._veil.draw(self.image, frame.time_s, faces)
        touched = (*blurred, *self._overlay.draw_onto(self.image, faces))
        canvas = self.pool.take()
        if planes is None or planes.matrix is not canvas.matrix:
            canvas.draw(even(self.image))
        else:
            canvas.paste(planes)
            _draw_areas(canvas, self.image, touched)
        return canvas


class _Merger:
    """Puts the annotated frame and the charts side by side, on one canvas that changes from frame to frame."""

    def __init__(self, timeline: Timeline, settings: Settings, info: VideoInfo) -> None:
        self._panels = MergedVideo(timeline, (info.width, info.height), settings)
        self._canvas = Canvas(*self._panels.size, info.matrix)
        self.pool = CanvasPool(CANVASES, self._panels.size, info.matrix)

    @property
    def size(self) -> tuple[int, int]:
        return self._panels.size

    def draw(self, annotated: Canvas, image: Image, time_s: float) -> Canvas:
        """The merged picture, on a canvas from the pool. ``image`` is the annotated frame in RGB."""
        charts = self._panels.charts(time_s)
        _draw_areas(self._canvas, charts, self._panels.changed)
        place = self._panels.picture
        if annotated.size == (place.width, place.height):
            self._canvas.paste(annotated, place.left, place.top)
        else:
            self._canvas.draw(resize(image, width=place.width, height=place.height), place.left, place.top)
        merged = self.pool.take()
        merged.paste(self._canvas)
        return merged


def _draw_areas(canvas: Canvas, image: Image, areas: Sequence[Area]) -> None:
    canvas.draw_parts(image, [(area.left, area.top, area.width, area.height) for area in areas])


@contextlib.contextmanager
def _encoder(path: Path, video: Video, settings: Settings, size: tuple[int, int], pool: CanvasPool) -> Iterator[Encode]:
    """A function that encodes a canvas in a thread of its own, and gives it back to the pool."""
    writer = VideoWriter(
        path,
        width=size[0],
        height=size[1],
        frame_rate=video.info.frame_rate,
        preset=settings.video_preset,
        crf=settings.video_crf,
        sound=video.path if video.info.has_sound else None,
        sound_range=video.range,
        matrix=video.info.matrix,
    )

    def write(picture: tuple[Canvas, float]) -> None:
        try:
            writer.write_canvas(*picture)
        finally:
            pool.give_back(picture[0])

    with writer, behind(write) as encode:
        yield encode
