"""First reading of a recording: every frame is looked at and remembered."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from emotion.jobs.overlap import ahead
from emotion.jobs.progress import Meter, Stage
from emotion.jobs.story import Story
from emotion.media.read import Video
from emotion.types import Analysis
from emotion.vision.engine import Engine, Found


@dataclass(frozen=True, slots=True)
class Seen:
    """What the first reading gave."""

    story: Story
    frames: int
    """All of the video, also those that were not analysed."""
    end_s: float
    """When the last frame ends."""
    damage: str
    """A sentence where the file broke off before its end, else empty."""


def analyze(video: Video, engine: Engine, *, every: int = 1) -> Iterator[Analysis]:
    """The analyses of an open video, one per ``every`` frames, as they are made."""
    for _, analysis in _looked_at(video, engine, every):
        if analysis is not None:
            yield analysis


def see(video: Video, engine: Engine, meter: Meter, *, every: int) -> Seen:
    """Looks at every N-th frame and counts all."""
    meter.start(Stage.SEEING, video.info.frames)
    story = Story()
    before_s = now_s = 0.0
    with contextlib.closing(_looked_at(video, engine, every)) as frames:
        for time_s, analysis in frames:
            if analysis is not None:
                story.append(analysis)
            before_s, now_s = now_s, time_s
            meter.tick()
    # The last frame lasts as long as the one before it; a lone one as long as frames of this file do.
    lasts_s = now_s - before_s if meter.frames_done > 1 else 1 / video.info.frame_rate
    return Seen(story, meter.frames_done, now_s + lasts_s, video.damage)


def _looked_at(video: Video, engine: Engine, every: int) -> Generator[tuple[float, Analysis | None]]:
    """The time of each frame, with its analysis where it is one of every N.

    Three things happen at once, each in a thread of its own: decoding, finding faces, reading what they show.
    """
    with contextlib.closing(ahead(_found(video, engine, every))) as frames:
        for time_s, found in frames:
            yield time_s, engine.memory.remember(engine.read(found)) if found else None


def _found(video: Video, engine: Engine, every: int) -> Generator[tuple[float, Found | None]]:
    with contextlib.closing(video.frames()) as frames:
        for frame in frames:
            yield frame.time_s, engine.find(frame) if frame.index % every == 0 else None
