"""The last task: the pieces become one recording, and the results appear."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from emotion.files import whole_folder
from emotion.jobs.artefacts import (
    ANNOTATED_MP4,
    BARS_GIF,
    CUMULATIVE_PNG,
    FACES_CSV,
    FACES_PARQUET,
    MERGED_MP4,
    NOTES_CSV,
    TRACES_JSON,
    save_facts,
    source_facts,
)
from emotion.jobs.progress import Meter, Stage
from emotion.jobs.remember import recall
from emotion.jobs.seen_live import save_marks, told
from emotion.jobs.segments import ANNOTATED, FACTS, MERGED
from emotion.jobs.workplace import Planned, Workplace
from emotion.media.join import join, ticks_of_a_frame
from emotion.media.probe import VideoInfo
from emotion.report.summary import summary
from emotion.vision.engine import engine_info


def join_results(place: Workplace, meter: Meter) -> None:
    """JOIN: both videos with the source's sound, the summary; then the pieces are deleted."""
    if not place.finished:
        planned = place.planned()
        place.check_all_are_there([place.remembered, *map(place.drawn, range(planned.segments))])
        meter.start(Stage.DRAWING, 2 * planned.frames)
        with place.video() as video:
            info, within = video.info, video.range
        sound, lasts = place.source if info.has_sound else None, ticks_of_a_frame(info.frame_rate)
        with whole_folder(place.results) as staging:
            for name in (FACES_CSV, FACES_PARQUET, TRACES_JSON, BARS_GIF, CUMULATIVE_PNG):
                _put(place.remembered / name, staging / name)
            for pieces, name in ((ANNOTATED, ANNOTATED_MP4), (MERGED, MERGED_MP4)):
                drawn = [place.drawn(number) / pieces for number in range(planned.segments)]
                join(drawn, sound, staging / name, lasts=lasts, within=within, on_packet=meter.tick)
            _summarise(place, planned, info, staging, meter)
    shutil.rmtree(place.work, ignore_errors=True)


def _put(file: Path, target: Path) -> None:
    """The same file under another name too; a copy where the file system has no such thing."""
    try:
        os.link(file, target)
    except OSError:
        shutil.copyfile(file, target)


def _summarise(place: Workplace, planned: Planned, info: VideoInfo, folder: Path, meter: Meter) -> None:
    seen, timeline = recall(place)
    drawing = [json.loads((place.drawn(number) / FACTS).read_text()) for number in range(planned.segments)]
    facts = summary(
        timeline,
        source=source_facts(info, seen, checksum=planned.sha256, size_bytes=planned.size_bytes),
        settings=place.settings.for_the_record(),
        versions=engine_info(place.settings),
        seconds_taken=seen.seconds_taken + sum(one["seconds_taken"] for one in drawing) + meter.elapsed_s,
        labels=place.settings.labels,
    )
    if place.kept.exists:
        facts["live"] = told(place.kept)
        save_marks(place.kept, folder / NOTES_CSV)
    save_facts(folder, facts)
