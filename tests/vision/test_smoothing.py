from __future__ import annotations

import math

import pytest

from emotion.types import EMOTIONS, Emotion, Scores
from emotion.vision.smoothing import Smoothed, smooth


def happy(share: float) -> Scores:
    return Scores.of({Emotion.HAPPY: share, Emotion.SAD: 1 - share})


def wave(time_s: float) -> float:
    """Up and down in straight lines that bend at whole tenths of a second."""
    return abs((time_s * 2.5) % 2 - 1)


def curve(fps: int, *, constant_s: float, seconds: int = 4) -> dict[float, float]:
    told, known = {}, None
    for frame in range(seconds * fps + 1):
        known = smooth(known, happy(wave(frame / fps)), frame / fps, constant_s=constant_s)
        told[round(frame / fps, 6)] = known.scores[Emotion.HAPPY]
    return told


@pytest.mark.parametrize("fps", [20, 30, 60])
def test_the_same_curve_at_any_frame_rate(fps: int) -> None:
    slow, fast = curve(10, constant_s=0.3), curve(fps, constant_s=0.3)
    assert all(fast[time_s] == pytest.approx(value, abs=1e-9) for time_s, value in slow.items())


def test_it_is_calmer_than_the_scores() -> None:
    assert max(list(curve(30, constant_s=0.3).values())[30:]) < 0.9


@pytest.mark.parametrize(
    ("fps", "swing"),
    [pytest.param(fps, swing, id=f"{fps} a second") for fps, swing in ((20, 0.003), (10, 0.01), (3, 0.1))],
)
def test_two_that_come_in_turn_become_their_mean(fps: int, swing: float) -> None:
    """As a face and its mirror image do live (:data:`emotion.vision.classifiers.ALTERNATE_S`)."""
    told, known = [], None
    for frame in range(10 * fps):
        known = smooth(known, happy(frame % 2), frame / fps, constant_s=0.3)
        told.append(known.scores[Emotion.HAPPY])
    assert told[-10:] == pytest.approx([0.5] * 10, abs=swing / 2)


def test_a_step_comes_through_with_the_time_constant() -> None:
    known = smooth(None, happy(0), 0.0, constant_s=0.5)
    for frame in range(1, 501):
        known = smooth(known, happy(1), frame / 1000, constant_s=0.5)
    assert known.scores[Emotion.HAPPY] == pytest.approx(1 - math.exp(-1), abs=0.002)


@pytest.mark.parametrize(
    ("constant_s", "times", "expected"),
    [
        pytest.param(0.0, (0.0, 0.1), 1.0, id="no smoothing"),
        pytest.param(0.3, (0.0, 1000.0), 1.0, id="after a long time only what is new counts", marks=()),
        pytest.param(0.3, (1.0, 1.0), 0.0, id="the same time twice changes nothing"),
        pytest.param(0.3, (1.0, 0.5), 0.0, id="nor does a time that lies behind"),
    ],
)
def test_edges(constant_s: float, times: tuple[float, float], expected: float) -> None:
    known = smooth(None, happy(0), times[0], constant_s=constant_s)
    known = smooth(known, happy(1), times[1], constant_s=constant_s)
    assert known.scores[Emotion.HAPPY] == pytest.approx(expected, abs=0.001)


def test_scores_that_sum_up_to_one_keep_doing_so() -> None:
    known: Smoothed | None = None
    for frame in range(40):
        values = [1.0 if index == frame % 7 else 0.0 for index in range(len(EMOTIONS))]
        known = smooth(known, Scores(tuple(values)), frame / 25, constant_s=0.3)
        assert sum(known.scores.values) == pytest.approx(1)
        assert min(known.scores.values) >= 0
