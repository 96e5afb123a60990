"""First reading of a recording: every frame is looked at, and remembered or kept for later."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from emotion.jobs.overlap import ahead
from emotion.jobs.part import Part, Sightings
from emotion.jobs.progress import Meter, Stage
from emotion.jobs.spans import Look, Spans
from emotion.media.read import Video
from emotion.media.stretch import WHOLE, Stretch
from emotion.report.story import Story
from emotion.types import Analysis, Sighting
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
    seconds_taken: float


def analyze(video: Video, engine: Engine, *, every: int = 1) -> Iterator[Analysis]:
    """The analyses of an open video, one per ``every`` frames, as they are made."""
    with contextlib.closing(_looked_at(video, engine, every, WHOLE)) as frames:
        for _, sighting in frames:
            if sighting is not None:
                yield engine.memory.remember(sighting)


def see(video: Video, engine: Engine, meter: Meter, *, every: int, of: Stretch = WHOLE) -> Seen:
    """Looks at every N-th frame, remembers it, and counts all. ``of`` is the whole, with a keyframe to begin at."""
    meter.start(Stage.SEEING, video.info.frames)
    story = Story()
    before_s = now_s = 0.0
    with contextlib.closing(_looked_at(video, engine, every, of)) as frames:
        for time_s, sighting in frames:
            if sighting is not None:
                story.append(engine.memory.remember(sighting))
            before_s, now_s = now_s, time_s
            meter.tick()
    last_s = (before_s, now_s)[-meter.frames_done :]
    lasts_until_s = end_s(last_s, video)
    return Seen(story, meter.frames_done, lasts_until_s, video.damage, meter.elapsed_s)


def see_part(video: Video, engine: Engine, meter: Meter, *, every: int, of: Stretch) -> Part:
    """The same for a piece, whose sightings are kept. The engine must be a fresh one."""
    meter.start(Stage.SEEING, of.frames)
    sightings = Sightings()
    last_s: tuple[float, ...] = ()
    with contextlib.closing(_looked_at(video, engine, every, of)) as frames:
        for time_s, sighting in frames:
            if sighting is not None:
                sightings.append(sighting)
            last_s = (*last_s, time_s)[-2:]
            meter.tick()
    return Part(
        sightings=sightings,
        frames=meter.frames_done,
        last_s=last_s,
        damage=video.damage,
        first=engine.cuts.first,
        last=engine.cuts.last,
        seconds_taken=meter.elapsed_s,
    )


def end_s(last_s: tuple[float, ...], video: Video) -> float:
    """When the last frame ends: it lasts as long as the one before it, a lone one as long as frames of this file do.

    ``last_s`` are the times of the last two frames, or of the only one. Nothing lasts beyond the chosen range.
    """
    lasts_s = last_s[-1] - last_s[-2] if len(last_s) > 1 else 1 / video.info.frame_rate
    return min(last_s[-1] + lasts_s, video.range.lasts_s)


def _looked_at(video: Video, engine: Engine, every: int, of: Stretch) -> Generator[tuple[float, Sighting | None]]:
    """The time of each frame, with what it shows where it is one of every N.

    Three things happen at once, each in a thread of its own: decoding, finding faces, reading what they show.
    """
    with contextlib.closing(ahead(_found(video, engine, every, of))) as frames:
        for time_s, found in frames:
            yield time_s, engine.read(found) if found else None


def _found(video: Video, engine: Engine, every: int, of: Stretch) -> Generator[tuple[float, Found | None]]:
    spans = Spans(segment_s=engine.segment_s, every=every, frame_rate=video.info.frame_rate)
    with contextlib.closing(video.frames(of=of)) as frames:
        for frame in frames:
            look = spans.look(frame.time_s)
            found = None if look is Look.SKIP else engine.find(frame, anew=look is Look.ANEW)
            yield frame.time_s, found
