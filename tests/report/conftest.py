"""Made-up recordings: small, and with a truth that can be worked out by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from skimage.data import astronaut

from emotion.settings import Settings
from emotion.types import EMOTIONS, Analysis, Box, Emotion, Face, Image, Scores

ASTRONAUT = Box(175, 60, 100, 140)

MakeFace = Callable[..., Face]
MakeRecording = Callable[..., list[Analysis]]


def scores_of(emotion: Emotion, value: float = 1.0) -> Scores:
    rest = (1 - value) / (len(EMOTIONS) - 1)
    return Scores(tuple(value if other is emotion else rest for other in EMOTIONS))


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The defaults, whatever the environment of whoever runs the tests says."""
    for variable in ("EMOTION_FONT", "EMOTION_LABELS", "EMOTION_LAYERS"):
        monkeypatch.delenv(variable, raising=False)
    return Settings.load()


@pytest.fixture(scope="session")
def picture() -> Image:
    """A real face, 640 x 360."""
    return np.ascontiguousarray(np.pad(astronaut()[:360], ((0, 0), (0, 128), (0, 0)), mode="edge"))


@pytest.fixture(scope="session")
def face() -> MakeFace:
    def make(
        emotion: Emotion = Emotion.HAPPY,
        value: float = 0.87,
        *,
        track: int = 1,
        box: Box = ASTRONAUT,
        label: str | None = None,
        quality: float = 1.0,
        raw: Scores | None = None,
        landmarks: Sequence[tuple[float, float]] = (),
    ) -> Face:
        scores = scores_of(emotion, value)
        return Face(track, box, 0.99, scores, raw or scores, label or emotion.value, quality, tuple(landmarks))

    return make


@pytest.fixture(scope="session")
def recording(face: MakeFace) -> MakeRecording:
    """One frame per word: the dominant emotion of the only face, or None without a face; ``face`` takes the rest."""

    def make(*moods: Emotion | None, fps: float = 10.0, value: float = 0.87, **details: object) -> list[Analysis]:
        return [
            Analysis(i, i / fps, () if mood is None else (face(mood, value, **details),))
            for i, mood in enumerate(moods)
        ]

    return make
