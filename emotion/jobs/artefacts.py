"""What an analysis leaves behind: the names of its files, and the facts in ``summary.json``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from emotion.errors import InputError
from emotion.jobs.see import Seen
from emotion.media.probe import VideoInfo
from emotion.media.stretch import Range
from emotion.report.faces_parquet import write_faces_parquet
from emotion.report.figures import write_cumulative_png
from emotion.report.moving_bars import write_bars_gif
from emotion.report.timeline import Timeline
from emotion.report.traces import Traces
from emotion.settings import Settings

FACES_CSV = "faces.csv"
FACES_PARQUET = "faces.parquet"
TRACES_JSON = "traces.json"
ANNOTATED_MP4 = "annotated.mp4"
MERGED_MP4 = "merged.mp4"
BARS_GIF = "bars.gif"
CUMULATIVE_PNG = "cumulative.png"
SUMMARY_JSON = "summary.json"
# Only where people added something.
NOTES_CSV = "notes.csv"
ARTEFACTS = (
    *(MERGED_MP4, ANNOTATED_MP4, FACES_CSV, FACES_PARQUET, TRACES_JSON),
    *(BARS_GIF, CUMULATIVE_PNG, SUMMARY_JSON),
)

# Small enough that a listener hears of each in time, large enough that there are not too many: 5 ms of hashing.
PIECE = 1 << 23


def chosen_range(settings: Settings) -> Range:
    """What the person wants analysed of a recording."""
    return Range(settings.from_s) if settings.to_s is None else Range(settings.from_s, settings.to_s)


def check_region(settings: Settings, info: VideoInfo) -> None:
    """Raises InputError where the chosen region is not in the picture."""
    if settings.region is None:
        return
    left, top, width, height = settings.region
    if left + width > info.width or top + height > info.height:
        raise InputError(
            f"The region reaches beyond the picture of '{info.name}', which is {info.width} x {info.height} pixels. "
            "Choose it anew."
        )


def save_tables(folder: Path, timeline: Timeline) -> None:
    """Writes the table as CSV and as Parquet, and its short curves, on which a page opens. Raises OutputError."""
    timeline.save(folder / FACES_CSV)
    write_faces_parquet(folder / FACES_PARQUET, timeline.columns)
    (folder / TRACES_JSON).write_text(Traces.of(timeline).to_json(), encoding="utf-8")


def save_pictures(folder: Path, timeline: Timeline, settings: Settings) -> None:
    """Writes the small pictures. Raises OutputError."""
    write_bars_gif(folder / BARS_GIF, timeline, settings)
    write_cumulative_png(folder / CUMULATIVE_PNG, timeline, settings)


def save_facts(folder: Path, facts: dict[str, Any]) -> None:
    """Writes ``summary.json``. Raises OSError."""
    text = json.dumps(facts, indent=2, ensure_ascii=False) + "\n"
    (folder / SUMMARY_JSON).write_text(text, encoding="utf-8")


def source_facts(info: VideoInfo, seen: Seen, *, checksum: str, size_bytes: int) -> dict[str, Any]:
    """What ``summary.json`` says about the video. ``duration_s`` and ``frames`` are those of the chosen range."""
    return {
        "name": info.name,
        "sha256": checksum,
        "size_bytes": size_bytes,
        "width": info.width,
        "height": info.height,
        "duration_s": round(seen.end_s, 6),
        "frames": seen.frames,
        "damage": seen.damage,
    }


def sha256(path: Path, on_piece: Callable[[], object] = lambda: None) -> str:
    """The checksum of a file; ``on_piece`` is called now and then. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while piece := file.read(PIECE):
            digest.update(piece)
            on_piece()
    return digest.hexdigest()
