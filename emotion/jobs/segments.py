"""The tasks that read the video: planning, and seeing and drawing a piece of it."""

from __future__ import annotations

import json
import shutil

from emotion.errors import InputError, UnreadableVideo
from emotion.files import whole_folder
from emotion.jobs import part
from emotion.jobs.artefacts import check_region, chosen_range, sha256
from emotion.jobs.progress import Meter, Stage
from emotion.jobs.remember import recall
from emotion.jobs.render import render
from emotion.jobs.see import see_part
from emotion.jobs.workplace import Planned, Workplace
from emotion.media.plan import plan
from emotion.media.stretch import Stretch
from emotion.vision.engine import Engine

ANNOTATED = "annotated.nut"
MERGED = "merged.nut"
FACTS = "facts.json"


def plan_segments(place: Workplace, meter: Meter) -> Planned:
    """PLAN: whether the file is a video, and into which pieces it can be divided."""
    if (planned := place.plan()) is not None:
        return planned
    # Of an analysis with other settings, or by another version.
    for leftover in (place.work, place.results):
        shutil.rmtree(leftover, ignore_errors=True)
    meter.start(Stage.SEEING, 0)
    settings = place.settings
    with place.video() as video:
        check_region(settings, video.info)
        pieces = plan(place.source, segment_s=settings.segment_s, within=chosen_range(settings), on_sign=meter.tick)
        planned = Planned(
            segments=len(pieces.stretches),
            frames=pieces.frames,
            duration_s=round(pieces.duration_s, 6),
            width=video.info.width,
            height=video.info.height,
            sha256=_checksum(place, meter),
            size_bytes=place.source.stat().st_size,
            stretches=pieces.stretches,
        )
    place.keep_plan(planned)
    return planned


def _checksum(place: Workplace, meter: Meter) -> str:
    try:
        return sha256(place.source, meter.tick)
    except OSError as error:
        raise UnreadableVideo(f"'{place.source.name}' cannot be read to its end. Copy it again.") from error


def see_segment(place: Workplace, number: int, meter: Meter) -> None:
    """SEE: what a piece shows."""
    if place.finished or place.kept.exists or place.seen(number).exists():
        return
    stretch = _stretch(place, number)
    with place.video() as video:
        engine = Engine.create(place.settings)
        part.save(see_part(video, engine, meter, every=place.settings.every, of=stretch), place.seen(number))


def render_segment(place: Workplace, number: int, meter: Meter) -> None:
    """RENDER: both videos of a piece, without sound."""
    if place.finished or place.drawn(number).exists():
        return
    stretch = _stretch(place, number)
    seen, timeline = recall(place)
    with place.video() as video, whole_folder(place.drawn(number)) as staging:
        files = staging / ANNOTATED, staging / MERGED
        render(video, seen, timeline, place.settings, meter, annotated=files[0], merged=files[1], of=stretch)
        (staging / FACTS).write_text(json.dumps({"seconds_taken": meter.elapsed_s}), encoding="utf-8")


def _stretch(place: Workplace, number: int) -> Stretch:
    stretches = place.planned().stretches
    if not 0 <= number < len(stretches):
        raise InputError(f"This recording has no part {number}, only {len(stretches)}. Start the analysis again.")
    return stretches[number]
