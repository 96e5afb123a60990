"""One recording in, one folder of results out: the same for the command line, the pages and Python."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from emotion.files import staged_folder
from emotion.jobs.progress import Meter, OnProgress, ignore
from emotion.jobs.render import render
from emotion.jobs.see import Seen, see
from emotion.media.probe import VideoInfo
from emotion.media.read import open_video
from emotion.report.figures import write_cumulative_png
from emotion.report.moving_bars import write_bars_gif
from emotion.report.summary import summary
from emotion.report.timeline import Timeline
from emotion.settings import Settings
from emotion.vision.engine import Engine

FACES_CSV = "faces.csv"
ANNOTATED_MP4 = "annotated.mp4"
MERGED_MP4 = "merged.mp4"
BARS_GIF = "bars.gif"
CUMULATIVE_PNG = "cumulative.png"
SUMMARY_JSON = "summary.json"
ARTEFACTS = (MERGED_MP4, ANNOTATED_MP4, FACES_CSV, BARS_GIF, CUMULATIVE_PNG, SUMMARY_JSON)


def analyze_file(source: Path, folder: Path, settings: Settings, *, on_progress: OnProgress = ignore) -> dict[str, Any]:
    """Analyses ``source`` and writes every artefact into ``folder``; returns what stands in ``summary.json``.

    All artefacts appear together at the end, or none does. Raises UnreadableVideo, OutputError, ModelError, and
    whatever ``on_progress`` raises.
    """
    meter = Meter(on_progress)
    with open_video(source) as video, staged_folder(folder) as staging:
        engine = Engine.create(settings)
        seen = see(video, engine, meter, every=settings.every)
        timeline = Timeline.of(seen.story, end_s=seen.end_s)
        timeline.save(staging / FACES_CSV)
        annotated, merged = staging / ANNOTATED_MP4, staging / MERGED_MP4
        # The small pictures are made while the videos wait for their encoders.
        with ThreadPoolExecutor(thread_name_prefix="pictures") as pictures:
            gif = pictures.submit(write_bars_gif, staging / BARS_GIF, timeline, settings)
            png = pictures.submit(write_cumulative_png, staging / CUMULATIVE_PNG, timeline, settings)
            render(video, seen, timeline, settings, meter, annotated=annotated, merged=merged)
            gif.result()
            png.result()
        facts = summary(
            timeline,
            source=_source(source, video.info, seen),
            settings=settings.for_the_record(),
            versions=engine.info(),
            seconds_taken=meter.elapsed_s,
            labels=settings.labels,
        )
        (staging / SUMMARY_JSON).write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return facts


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
