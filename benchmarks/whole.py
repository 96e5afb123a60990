"""(a) A whole recording with all artefacts, against FER's way."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness import HERE, Bench, Ran, median, run_analyze, run_child, scratch
from records import Must, record

from emotion.media.probe import probe

MUST = {"mtcnn": Must(30), "haar": Must(12)}
FAVOUR = (
    "FER reads only the first frames and is timed from the first frame on, tensorflow loaded and warm; "
    "ours reads the whole clip and is timed as a whole process, start included"
)


def measure(bench: Bench) -> Iterator[dict[str, Any]]:
    """Frames per second of ours by FER's, with either detector, each in a fresh process, turn by turn."""
    frames = probe(bench.clip).frames
    ours: list[Ran] = []
    ours_haar: list[Ran] = []
    theirs: dict[str, list[dict[str, float]]] = {name: [] for name in bench.peers}
    for _ in range(bench.runs):
        with scratch() as folder:
            ours.append(run_analyze(bench.clip, Path(folder) / "ours"))
            if "haar" in bench.peers:
                ours_haar.append(run_analyze(bench.clip, Path(folder) / "haar", "--detector", "haar"))
            for name in bench.peers:
                theirs[name].append(_fer(bench, name, Path(folder)))
    for name in bench.peers:
        what = f"`analyze` against FER's way with {'MTCNN' if name == 'mtcnn' else 'Haar'}"
        yield _compared(what, ours, theirs[name], frames, MUST[name])
    if "haar" in bench.peers:
        yield _compared(
            "`analyze --detector haar` against FER's way with Haar", ours_haar, theirs["haar"], frames, None
        )


def _fer(bench: Bench, detector: str, folder: Path) -> dict[str, float]:
    ran = run_child([sys.executable, HERE / "fer_way.py", bench.clip, folder, detector, str(bench.peer_frames)])
    return json.loads(ran.said.rsplit("\n", 1)[-1])


def _compared(
    what: str, ours: list[Ran], theirs: list[dict[str, float]], frames: int, must: Must | None
) -> dict[str, Any]:
    ratios = [
        (frames / mine.wall_s) / (peer["frames"] / peer["work_s"]) for mine, peer in zip(ours, theirs, strict=True)
    ]
    cpu = [
        (peer["work_cpu_s"] / peer["frames"]) / (mine.cpu_s / frames) for mine, peer in zip(ours, theirs, strict=True)
    ]
    return record(
        "a",
        what,
        median(ratios),
        "×",
        must,
        spread=[min(ratios), max(ratios)],
        by_cpu_time=median(cpu),
        ours_frames_per_s=frames / median([ran.wall_s for ran in ours]),
        ours_process_s=median([ran.wall_s for ran in ours]),
        fer_frames_per_s=median([peer["frames"] / peer["work_s"] for peer in theirs]),
        fer_start_s=median([peer["start_s"] for peer in theirs]),
        fer_frames=theirs[0]["frames"],
        note=FAVOUR,
    )
