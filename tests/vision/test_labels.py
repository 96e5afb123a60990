from __future__ import annotations

from collections.abc import Sequence

import pytest

from emotion.types import UNCERTAIN, Emotion, Scores
from emotion.vision.labels import NEW, next_label


def labels(happy: Sequence[float], *, margin: float, uncertain_below: float) -> list[str]:
    """What a face that is happy and else sad is called over time, H, S or ?, from its first frame on."""
    label, told = NEW, []
    for share in happy:
        scores = Scores.of({Emotion.HAPPY: share, Emotion.SAD: 1 - share})
        label = next_label(label, scores, margin=margin, uncertain_below=uncertain_below)
        told.append("?" if label == UNCERTAIN else label[0].upper())
    return told


@pytest.mark.parametrize(
    ("happy", "margin", "uncertain_below", "expected"),
    [
        pytest.param([0.9], 0.1, 0.4, "H", id="clear from the first frame"),
        pytest.param([0.55, 0.45, 0.55, 0.45], 0.0, 0.4, "HSHS", id="no margin: it follows the scores"),
        pytest.param([0.55, 0.46, 0.54, 0.46], 0.1, 0.4, "HHHH", id="a small lead changes nothing"),
        pytest.param([0.55, 0.44, 0.54, 0.56], 0.1, 0.4, "HSSH", id="a clear lead does, both ways"),
        pytest.param([0.6, 0.2, 0.6], 1.0, 0.4, "HHH", id="a margin that nothing reaches"),
        pytest.param([0.5], 0.1, 0.6, "?", id="uncertain from the first frame"),
        pytest.param([0.7, 0.5], 0.1, 0.6, "H?", id="below the threshold"),
        pytest.param([0.7, 0.59, 0.61, 0.59, 0.61], 0.1, 0.6, "H????", id="no flicker about the threshold"),
        pytest.param([0.5, 0.66, 0.61, 0.59], 0.1, 0.6, "?HH?", id="back with a little more than the threshold"),
        pytest.param([0.7, 0.5, 0.2], 0.9, 0.6, "H?S", id="uncertainty forgets what was before"),
        pytest.param([0.5, 0.5], 0.1, 0.0, "HH", id="never uncertain"),
        pytest.param([0.99, 1.0], 0.1, 1.0, "?H", id="uncertain but for the surest"),
    ],
)
def test_labels(happy: list[float], margin: float, uncertain_below: float, expected: str) -> None:
    assert "".join(labels(happy, margin=margin, uncertain_below=uncertain_below)) == expected
