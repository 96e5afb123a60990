"""One real clip, analysed once, for everybody who looks at the results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from clips import FaceFrames, make_face_clip

from emotion.jobs.analyze import analyze_file
from emotion.jobs.progress import Progress
from emotion.settings import Settings

FRAMES = 24
RATE = 12.0


@dataclass(frozen=True)
class Analysed:
    """A clip, what was drawn in it, and what came out."""

    source: Path
    truth: FaceFrames
    folder: Path
    facts: dict[str, Any]
    progress: tuple[Progress, ...]


@pytest.fixture(scope="session")
def analyse(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Analysed]:
    """Makes the astronaut's clip and analyses it with the settings given."""

    def run(**changes: Any) -> Analysed:
        folder = tmp_path_factory.mktemp("analysed")
        source = folder / "astronaut.mp4"
        truth = make_face_clip(source, count=FRAMES, rate=RATE)
        progress: list[Progress] = []
        facts = analyze_file(source, folder / "out", Settings.load(**changes), on_progress=progress.append)
        return Analysed(source, truth, folder / "out", facts, tuple(progress))

    return run


@pytest.fixture(scope="session")
def analysed(analyse: Callable[..., Analysed]) -> Analysed:
    return analyse()
