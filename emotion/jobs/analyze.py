"""One recording in, one folder of results out: the same for the command line, the pages and Python."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from emotion.files import staged_folder
from emotion.heap import give_back
from emotion.jobs.artefacts import (
    ANNOTATED_MP4,
    BARS_GIF,
    CUMULATIVE_PNG,
    FACES_CSV,
    MERGED_MP4,
    SUMMARY_JSON,
    check_region,
    chosen_range,
    save_facts,
    sha256,
    source_facts,
)
from emotion.jobs.progress import Meter, OnProgress, ignore
from emotion.jobs.render import render
from emotion.jobs.see import see
from emotion.media.plan import plan
from emotion.media.read import Video, open_video
from emotion.media.stretch import ALL, WHOLE, Stretch
from emotion.report.figures import write_cumulative_png
from emotion.report.moving_bars import write_bars_gif
from emotion.report.summary import summary
from emotion.report.timeline import Timeline
from emotion.settings import Settings
from emotion.vision.engine import Engine

ARTEFACTS = (MERGED_MP4, ANNOTATED_MP4, FACES_CSV, BARS_GIF, CUMULATIVE_PNG, SUMMARY_JSON)
"""Without the table in Parquet, which tasks make too: reading its library in would cost a short clip half its time."""


def analyze_file(source: Path, folder: Path, settings: Settings, *, on_progress: OnProgress = ignore) -> dict[str, Any]:
    """Analyses ``source`` and writes every artefact into ``folder``; returns what stands in ``summary.json``.

    All artefacts appear together at the end, or none does. Raises UnreadableVideo, OutputError, ModelError, and
    whatever ``on_progress`` raises.
    """
    meter = Meter(on_progress)
    with open_video(source, chosen_range(settings)) as video, staged_folder(folder) as staging:
        check_region(settings, video.info)
        whole = _whole(video, settings)
        engine = Engine.create(settings)
        seen = see(video, engine, meter, every=settings.every, of=whole)
        timeline = Timeline.of(seen.story, end_s=seen.end_s, person=settings.face)
        timeline.save(staging / FACES_CSV)
        give_back()
        annotated, merged = staging / ANNOTATED_MP4, staging / MERGED_MP4
        # The small pictures are made while the videos wait for their encoders; one after the other, and the large one
        # while the encoders are still empty: 20 MB less at the peak.
        with ThreadPoolExecutor(1, thread_name_prefix="pictures") as pictures:
            png = pictures.submit(write_cumulative_png, staging / CUMULATIVE_PNG, timeline, settings)
            gif = pictures.submit(write_bars_gif, staging / BARS_GIF, timeline, settings)
            render(video, seen, timeline, settings, meter, annotated=annotated, merged=merged, of=whole)
            gif.result()
            png.result()
        facts = summary(
            timeline,
            source=source_facts(video.info, seen, checksum=sha256(source), size_bytes=source.stat().st_size),
            settings=settings.for_the_record(),
            versions=engine.info(),
            seconds_taken=meter.elapsed_s,
            labels=settings.labels,
        )
        save_facts(staging, facts)
    return facts


def _whole(video: Video, settings: Settings) -> Stretch:
    """All frames of the range that was chosen, and where to begin decoding for the first."""
    if video.range == ALL:
        return WHOLE
    first = plan(video.path, segment_s=settings.segment_s, within=video.range).stretches[0]
    return Stretch(seek=first.seek)
