from __future__ import annotations

import pytest

from emotion.types import Box, Detection, Emotion, Reading, Scores, Sighting
from emotion.vision.memory import Memory


def reading(x: float, *, happy: float = 1.0, size: float = 50) -> Reading:
    scores = Scores.of({Emotion.HAPPY: happy, Emotion.SAD: 1 - happy})
    return Reading(Detection(Box(x, 0, size, size), 0.9, ((1, 2),) * 5), scores)


def sighting(index: int, *readings: Reading, fps: float = 10) -> Sighting:
    return Sighting(index, index / fps, readings)


def test_a_frame_without_faces_stays_in_the_story() -> None:
    analysis = Memory(smoothing_s=0.3).remember(sighting(7))
    assert (analysis.index, analysis.time_s, analysis.faces) == (7, 0.7, ())


def test_what_was_seen_is_kept() -> None:
    (face,) = Memory(smoothing_s=0.3).remember(sighting(0, reading(10))).faces
    assert (face.track, face.box, face.confidence, face.landmarks) == (1, Box(10, 0, 50, 50), 0.9, ((1, 2),) * 5)


def test_the_larger_newcomer_comes_first() -> None:
    memory = Memory(smoothing_s=0)
    for readings in ([reading(10), reading(200, size=90)], [reading(200, size=90), reading(10)]):
        faces = memory.remember(sighting(0, *readings)).faces
        assert [(face.track, face.box.x) for face in faces] == [(1, 200), (2, 10)]


@pytest.mark.parametrize(
    ("smoothing_s", "lowest", "highest"),
    [pytest.param(0.0, 0.0, 0.0, id="none"), pytest.param(0.3, 0.6, 0.95, id="a little")],
)
def test_scores_are_smoothed_per_person(smoothing_s: float, lowest: float, highest: float) -> None:
    memory = Memory(smoothing_s=smoothing_s)
    memory.remember(sighting(0, reading(0), reading(300)))
    first, second = memory.remember(sighting(1, reading(0), reading(300, happy=0.0))).faces
    assert first.scores[Emotion.HAPPY] == pytest.approx(1)
    assert lowest <= second.scores[Emotion.HAPPY] <= highest


def test_who_comes_back_after_long_starts_afresh() -> None:
    memory = Memory(smoothing_s=5)
    memory.remember(sighting(0, reading(0)))
    for index in range(1, 30):
        memory.remember(sighting(index))
    (face,) = memory.remember(sighting(30, reading(0, happy=0.0))).faces
    assert face.track == 2
    assert face.scores[Emotion.HAPPY] == 0
