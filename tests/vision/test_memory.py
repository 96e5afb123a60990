from __future__ import annotations

import pytest

from emotion.types import UNCERTAIN, Box, Detection, Emotion, Reading, Scores, Sighting
from emotion.vision.memory import Memory


def reading(x: float, *, happy: float = 1.0, size: float = 50) -> Reading:
    scores = Scores.of({Emotion.HAPPY: happy, Emotion.SAD: 1 - happy})
    return Reading(Detection(Box(x, 0, size, size), 0.9, ((1, 2),) * 5), scores, quality=0.7)


def sighting(index: int, *readings: Reading, fps: float = 10, cut: bool = False) -> Sighting:
    return Sighting(index, index / fps, readings, cut)


def empty(*, smoothing_s: float = 0.3, label_margin: float = 0.1, uncertain_below: float = 0.4) -> Memory:
    return Memory(smoothing_s=smoothing_s, label_margin=label_margin, uncertain_below=uncertain_below)


def test_a_frame_without_faces_stays_in_the_story() -> None:
    analysis = empty(smoothing_s=0.3).remember(sighting(7))
    assert (analysis.index, analysis.time_s, analysis.faces) == (7, 0.7, ())


def test_what_was_seen_is_kept() -> None:
    (face,) = empty(smoothing_s=0.3).remember(sighting(0, reading(10))).faces
    assert (face.track, face.box, face.confidence, face.landmarks) == (1, Box(10, 0, 50, 50), 0.9, ((1, 2),) * 5)
    assert (face.quality, face.raw, face.label) == (0.7, Scores.of({Emotion.HAPPY: 1}), "happy")


def test_the_larger_newcomer_comes_first() -> None:
    memory = empty(smoothing_s=0)
    for readings in ([reading(10), reading(200, size=90)], [reading(200, size=90), reading(10)]):
        faces = memory.remember(sighting(0, *readings)).faces
        assert [(face.track, face.box.x) for face in faces] == [(1, 200), (2, 10)]


@pytest.mark.parametrize(
    ("smoothing_s", "lowest", "highest"),
    [pytest.param(0.0, 0.0, 0.0, id="none"), pytest.param(0.3, 0.6, 0.95, id="a little")],
)
def test_scores_are_smoothed_per_person(smoothing_s: float, lowest: float, highest: float) -> None:
    memory = empty(smoothing_s=smoothing_s)
    memory.remember(sighting(0, reading(0), reading(300)))
    first, second = memory.remember(sighting(1, reading(0), reading(300, happy=0.0))).faces
    assert first.scores[Emotion.HAPPY] == pytest.approx(1)
    assert lowest <= second.scores[Emotion.HAPPY] <= highest


def test_who_comes_back_after_long_starts_afresh() -> None:
    memory = empty(smoothing_s=5)
    memory.remember(sighting(0, reading(0)))
    for index in range(1, 30):
        memory.remember(sighting(index))
    (face,) = memory.remember(sighting(30, reading(0, happy=0.0))).faces
    assert face.track == 2
    assert face.scores[Emotion.HAPPY] == 0


def test_the_scores_of_the_frame_alone_are_kept_beside_the_smoothed_ones() -> None:
    memory = empty(smoothing_s=0.3)
    memory.remember(sighting(0, reading(0)))
    (face,) = memory.remember(sighting(1, reading(0, happy=0.0))).faces
    assert face.raw == Scores.of({Emotion.SAD: 1})
    assert face.scores[Emotion.HAPPY] > 0.5


def test_a_label_does_not_flicker_with_the_scores() -> None:
    memory = empty(smoothing_s=0)
    shares = [0.6, 0.48, 0.52, 0.47, 0.53, 0.3, 0.52, 0.48]
    labels = [memory.remember(sighting(i, reading(0, happy=share))).faces[0].label for i, share in enumerate(shares)]
    assert labels == ["happy"] * 5 + ["sad"] * 3


def test_a_face_may_be_uncertain_and_so_may_its_neighbour_not() -> None:
    faces = empty(uncertain_below=0.7).remember(sighting(0, reading(0, happy=0.55), reading(300, happy=0.9))).faces
    assert [face.label for face in faces] == [UNCERTAIN, "happy"]


def test_a_cut_ends_tracks_and_what_was_known_of_them() -> None:
    memory = empty(smoothing_s=5, label_margin=0.9)
    memory.remember(sighting(0, reading(0)))
    (face,) = memory.remember(sighting(1, reading(0, happy=0.2), cut=True)).faces
    assert (face.track, face.label, face.scores) == (2, "sad", face.raw)
