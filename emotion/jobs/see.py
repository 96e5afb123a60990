"""First reading of a recording: every frame is looked at and remembered."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from emotion.jobs.overlap import ahead
from emotion.jobs.progress import Meter, Stage
from emotion.jobs.story import Story
from emotion.media.read import Video
from emotion.types import Analysis
from emotion.vision.engine import Engine


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
    with contextlib.closing(ahead(video.frames())) as frames:
        for frame in frames:
            if frame.index % every == 0:
                yield engine.analyze(frame)


def see(video: Video, engine: Engine, meter: Meter, *, every: int) -> Seen:
    """Looks at every N-th frame and counts all."""
    meter.start(Stage.SEEING, video.info.frames)
    story = Story()
    before_s = time_s = 0.0
    with contextlib.closing(ahead(video.frames())) as frames:
        for frame in frames:
            if frame.index % every == 0:
                story.append(engine.analyze(frame))
            before_s, time_s = time_s, frame.time_s
            meter.tick()
    # The last frame lasts as long as the one before it; a lone one as long as frames of this file do.
    lasts_s = time_s - before_s if meter.frames_done > 1 else 1 / video.info.frame_rate
    return Seen(story, meter.frames_done, time_s + lasts_s, video.damage)
