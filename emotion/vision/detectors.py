"""The seam between the engine and whatever finds faces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from emotion.settings import DetectorName, Settings
from emotion.types import Box, Detection, Image
from emotion.vision import assets


class Detector(Protocol):
    """Finds faces. An instance belongs to one thread."""

    def detect(self, image: Image) -> Sequence[Detection]:
        """All faces in one picture of any size; none where it is too small for a face."""
        ...

    def refine(self, image: Image, boxes: Sequence[Box]) -> Sequence[Detection | None]:
        """Each face that was at one of ``boxes`` a moment ago, in their order: where it is now, or None if it is gone.

        Far cheaper than :meth:`detect`. A face that jumped by more than a part of its width counts as gone, and two
        boxes may find the same face: both are the caller's to mend.
        """
        ...


def make_detector(settings: Settings, models: assets.Models | None = None, *, live: bool = False) -> Detector:
    """The detector that the settings name. One that is ``live`` searches in less time, and a little less exactly.

    ``models`` saves reading them from the cache. Raises ModelsNotPrepared if they are needed and not there.
    """
    if settings.detector is DetectorName.HAAR:
        from emotion.vision.haar import Haar

        return Haar(settings)
    from emotion.vision.mtcnn import Mtcnn

    return Mtcnn(models or assets.load(settings.cache_dir), settings, live=live)
