"""What the tests of our own components share: a recording to play, a video to upload, and what a page tells of them."""

from __future__ import annotations

import math
import os
from pathlib import Path

from clips import changing_faces, even_times, make_clip
from playwright.sync_api import Page

from emotion.report.traces import FaceTrace, Traces

RECORDING = "0123456789abcdef0123456789abcdef"
FRAMES, RATE = 100, 20.0

FIND = """const find = (name, root = document) => root.querySelector(name)
    ?? [...root.querySelectorAll('*')].map(e => e.shadowRoot && find(name, e.shadowRoot)).find(Boolean);"""
PROGRESS = f"() => {{ {FIND} return find('progress')?.value ?? 0; }}"
METADATA = f"() => {{ {FIND} return find('video')?.readyState >= 1; }}"


def make_recording(results: Path) -> None:
    results.mkdir(parents=True)
    images = changing_faces(FRAMES, size=(640, 360), face_px=120)
    make_clip(results / "annotated.mp4", times_s=even_times(FRAMES, rate=RATE), size=(640, 360), images=images)
    times = tuple(frame / RATE for frame in range(FRAMES))
    faces = tuple(FaceTrace(face, 5.0, (1 / RATE,) * FRAMES, waves(times, face)) for face in (0, 1, 2))
    (results / "traces.json").write_text(Traces(times, FRAMES / RATE, faces).to_json(), encoding="utf-8")


def waves(times: tuple[float, ...], face: int) -> tuple[tuple[float | None, ...], ...]:
    """Seven curves that add up to 1; the first person is away for a while."""
    rows = [[math.exp(2 * math.sin(time * (place + 1) / 2 + face + place)) for time in times] for place in range(7)]
    sums = [sum(column) for column in zip(*rows, strict=True)]
    away = range(40, 55) if face == 1 else range(0)
    return tuple(tuple(None if i in away else round(value / sums[i], 4) for i, value in enumerate(row)) for row in rows)


def a_video(path: Path, size: int) -> Path:
    """Bytes of that name: the drop zone does not look inside."""
    path.write_bytes(os.urandom(size))
    return path


def choose(page: Page, *paths: Path) -> None:
    page.get_by_role("button", name="Choose videos").wait_for(timeout=30_000)
    page.locator("input[type=file]").set_input_files(list(paths))
