"""Identities over made-up walks with known truth: mistakes are counted against what plain overlap makes of the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest
from vision.walks import Scene, Step, Walk, away, plain_overlap, straight, switches

from emotion.types import Box
from emotion.vision.tracking import Tracks, follow

SEEDS = range(5)


def ours() -> Step:
    tracks = Tracks()

    def step(boxes: Sequence[Box], time_s: float) -> Sequence[int]:
        nonlocal tracks
        tracks, numbers = follow(tracks, boxes, time_s)
        return numbers

    return step


def scenes(*walks: Walk, seconds: float, fps: float, jitter: float = 0.02) -> Iterator[Scene]:
    return (Scene(walks, seconds, fps, seed, jitter) for seed in SEEDS)


def crossings(fps: float) -> Iterator[Scene]:
    """Two pass each other, one in front of the other; both are seen again on the far side."""
    for one, other in ((0.7, 0.7), (1, 2), (2, 2), (3, 1.5), (4, 3)):
        for beside in (0.0, 0.3):
            for size in (1.0, 0.8):
                front = straight(-2, 0, vx=one, bob=0.05)
                back = straight(2, beside, vx=-other, size=size, bob=0.05)
                yield from scenes(front, back, seconds=8 / (one + other), fps=fps)


def overtakings(fps: float) -> Iterator[Scene]:
    for slow, fast in ((1, 2), (1.5, 3)):
        walks = straight(0, 0, vx=slow), straight(-2, 0.1, vx=fast)
        yield from scenes(*walks, seconds=4 / (fast - slow), fps=fps)


def absences(fps: float) -> Iterator[Scene]:
    """One is not seen for a moment, sitting or walking; the other is there all the time."""
    for missing_s in (0.3, 0.6, 0.9):
        for speed in (0, 0.5, 1, 2):
            lost = away(straight(0, 0, vx=speed, bob=0.1), 2, 2 + missing_s)
            yield from scenes(lost, straight(0, 2, vx=speed), seconds=5, fps=fps)


def rows(fps: float) -> Iterator[Scene]:
    """Three sit side by side while the detector's boxes tremble."""
    for jitter in (0.05, 0.1):
        walks = straight(0, 0), straight(1.2, 0), straight(2.4, 0.2, size=0.9)
        yield from scenes(*walks, seconds=6, fps=fps, jitter=jitter)


@pytest.mark.parametrize("fps", [5, 15, 30])
@pytest.mark.parametrize(
    ("kind", "share", "per_scene"),
    [
        pytest.param(crossings, 0.3, 0.25, id="crossings"),
        pytest.param(overtakings, 0.8, 1.0, id="overtakings"),
        pytest.param(absences, 0.1, 0.02, id="short absences"),
        pytest.param(rows, 0.1, 0.0, id="side by side"),
    ],
)
def test_fewer_mistakes_than_plain_overlap(
    kind: Callable[[float], Iterator[Scene]], share: float, per_scene: float, fps: float
) -> None:
    mistakes = [(switches(scene, ours()), switches(scene, plain_overlap())) for scene in kind(fps)]
    mine, plain = (sum(column) for column in zip(*mistakes, strict=True))
    assert mine <= share * plain
    assert mine <= per_scene * len(mistakes)


def test_all_together_a_tenth_of_the_mistakes() -> None:
    every = [scene for fps in (5, 15, 30) for kind in (crossings, overtakings, absences, rows) for scene in kind(fps)]
    mine, plain = (sum(switches(scene, step()) for scene in every) for step in (ours, plain_overlap))
    assert mine <= 0.1 * plain


@pytest.mark.parametrize("fps", [5, 15, 30])
def test_who_returns_after_long_is_somebody_new(fps: float) -> None:
    scene = Scene((away(straight(0, 0), 2, 5),), 7, fps, seed=1, missed=0)
    assert switches(scene, ours()) == 1
