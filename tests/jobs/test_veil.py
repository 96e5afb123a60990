"""Blurring in recorded videos."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from emotion.jobs.analyze import ANNOTATED_MP4, MERGED_MP4
from emotion.jobs.veil import Veil
from emotion.settings import Settings
from emotion.types import EMOTIONS, Analysis, Box, Emotion, Face, Frame, Image, Scores
from emotion.vision.engine import Engine

SCORES = Scores((1 / len(EMOTIONS),) * len(EMOTIONS))
LARGE, SMALL = Box(100, 100, 120, 120), Box(400, 100, 60, 60)


def face(track: int) -> Face:
    return Face(track, LARGE if track == 1 else SMALL, 0.99, SCORES, SCORES, Emotion.HAPPY)


def story(*tracks: list[int], step_s: float = 0.5) -> list[Analysis]:
    return [Analysis(i, i * step_s, tuple(map(face, seen))) for i, seen in enumerate(tracks)]


@pytest.mark.parametrize(
    ("privacy", "chosen", "analyses", "at_s", "blurred"),
    [
        pytest.param("none", 0, story([1, 2]), 0.0, [], id="nobody"),
        pytest.param("all", 0, story([1, 2]), 0.0, [1, 2], id="everybody"),
        pytest.param("others", 0, story([1, 2]), 0.0, [2], id="all but the largest"),
        pytest.param("others", 2, story([1, 2]), 0.0, [1], id="all but the chosen one"),
        pytest.param("others", 9, story([1, 2]), 0.0, [1, 2], id="a chosen one who is nowhere"),
        pytest.param("others", 0, story([1], [1], [1], [2]), 1.5, [2], id="the largest is the same one throughout"),
        pytest.param("all", 0, story([], [], [1]), 0.0, [1], id="who comes within a second"),
        pytest.param("all", 0, story([1], [], []), 1.0, [1], id="who went within a second"),
        pytest.param("all", 0, story([], [], [], [1]), 0.0, [], id="who comes later"),
        pytest.param("all", 0, story([1], [2], step_s=10), 6.0, [1, 2], id="between far frames both are likely"),
        pytest.param("all", 0, [], 1.0, [], id="nothing was analysed"),
    ],
)
def test_who_is_blurred_when(
    privacy: str, chosen: int, analyses: list[Analysis], at_s: float, blurred: list[int]
) -> None:
    settings = Settings.load(privacy=privacy, face=chosen)
    times = [analysis.time_s for analysis in analyses]
    now = next((analysis.faces for analysis in analyses if analysis.time_s == at_s), ())
    before = np.random.default_rng(1).integers(0, 256, (360, 640, 3), dtype=np.uint8)
    canvas = before.copy()
    areas = Veil(analyses, times, settings).draw(canvas, at_s, now)
    hit = {1: (canvas != before)[100:220, 100:220].mean() > 0.9, 2: (canvas != before)[100:160, 400:460].mean() > 0.9}
    assert [track for track, is_hit in hit.items() if is_hit] == blurred
    for area in areas:
        area.of(canvas)[...] = area.of(before)
    assert np.array_equal(canvas, before)


def pictures(path: Path) -> Iterator[Image]:
    with av.open(path) as container:
        yield from (np.asarray(frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0))


@pytest.mark.slow
def test_nobody_is_found_in_the_videos(analyse: Callable[..., Any]) -> None:
    found = analyse(privacy="all", every=3)
    engine = Engine.create(Settings.load())
    for name, count in ((ANNOTATED_MP4, 24), (MERGED_MP4, 24)):
        shown = list(pictures(found.folder / name))
        assert len(shown) == count
        assert not any(engine.see(Frame(0, 0.0, image)).readings for image in shown[::5])
    assert any(engine.see(Frame(0, 0.0, image)).readings for image in pictures(found.source))
