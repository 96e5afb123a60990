"""Whom the charts follow, and who is spared when all others are blurred."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from emotion.live.chosen import Chosen
from emotion.types import Analysis, Box, Emotion, Face, Scores

SCORES = Scores.of({Emotion.HAPPY: 1.0})
LARGEST = "largest"


def face(track: int, size_px: int) -> Face:
    return Face(track, Box(0, 0, size_px, size_px), 0.99, SCORES, SCORES, Emotion.HAPPY)


NEAR, FAR, NEARER = face(1, 100), face(2, 50), face(3, 200)
ALONE, BOTH, PASSING = Analysis(0, 0.0, (NEAR,)), Analysis(1, 0.1, (NEAR, FAR)), Analysis(2, 0.2, (NEAR, FAR, NEARER))
STRANGER = Analysis(3, 0.3, (NEARER,))


@pytest.mark.parametrize(
    ("steps", "shown", "spared", "gone"),
    [
        pytest.param([], None, None, False, id="nobody yet"),
        pytest.param([LARGEST, ALONE], 1, 1, False, id="chosen before anybody came"),
        pytest.param([ALONE, PASSING], 3, 1, False, id="somebody comes closer"),
        pytest.param([ALONE, STRANGER], 3, 1, True, id="the spared one goes"),
        pytest.param([ALONE, LARGEST, PASSING], 3, 1, False, id="the largest, asked for again"),
        pytest.param([ALONE, LARGEST, STRANGER, LARGEST, STRANGER], 3, 1, True, id="asked for by a stranger"),
        pytest.param([BOTH, 2, PASSING], 2, 2, False, id="somebody chosen"),
        pytest.param([BOTH, 2, LARGEST, PASSING], 3, 2, False, id="chosen, then the largest"),
        pytest.param([BOTH, 2, LARGEST, LARGEST, STRANGER], 3, 2, True, id="chosen, then the largest twice"),
        pytest.param([BOTH, 2, STRANGER], None, 2, True, id="the chosen one goes"),
    ],
)
def test_charts_follow_one_thing_and_sparing_another(
    steps: Sequence[Analysis | int | str], shown: int | None, spared: int | None, gone: bool
) -> None:
    chosen, latest = Chosen(), Analysis(0, 0.0, ())
    for step in steps:
        if isinstance(step, Analysis):
            chosen.see(latest := step)
        else:
            chosen.choose(step if isinstance(step, int) else None)
    seen = chosen.shown(latest)
    assert (seen.track if seen else None, chosen.spared, chosen.spared_is_gone(latest)) == (shown, spared, gone)
