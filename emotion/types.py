"""The vocabulary: the values that cross module borders. All frozen, all slotted.

Conventions, stated here once and kept everywhere:

* an image is an array of shape ``(height, width, 3)``, dtype ``uint8``, in RGB order; nobody writes into an image that
  it was given;
* times are seconds as ``float``, taken from presentation timestamps (a recording) or a monotonic clock (the camera),
  never an index divided by a frame rate;
* boxes are in pixels of the image they were found in, x to the right and y down, half-open: a box covers
  ``x <= column < x + width``;
* a vector of scores has one number per :class:`Emotion`, in the order in which the members stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
Point = tuple[float, float]


class Emotion(StrEnum):
    """The seven classes of FER2013, in the order in which the network inside ``fer`` gives them."""

    ANGRY = "angry"
    DISGUST = "disgust"
    FEAR = "fear"
    HAPPY = "happy"
    SAD = "sad"
    SURPRISE = "surprise"
    NEUTRAL = "neutral"


EMOTIONS: tuple[Emotion, ...] = tuple(Emotion)

UNCERTAIN = "uncertain"
"""The label of a face whose scores do not speak clearly for one emotion."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels; it may reach beyond the image it was found in."""

    x: float
    y: float
    width: float
    height: float

    def __post_init__(self) -> None:
        if self.width < 0 or self.height < 0:
            raise ValueError(f"A box cannot have a negative side: {self.width} x {self.height}")

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def area(self) -> float:
        return self.width * self.height

    @property
    def center(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    def overlap(self, other: Box) -> float:
        """Intersection over union, between 0 (apart) and 1 (the same)."""
        width = min(self.right, other.right) - max(self.x, other.x)
        height = min(self.bottom, other.bottom) - max(self.y, other.y)
        if width <= 0 or height <= 0:
            return 0.0
        shared = width * height
        # Boxes of next to no size have an area that a float rounds to 0.
        return shared / (self.area + other.area - shared) if shared > 0 else 0.0

    def towards(self, other: Box, share: float) -> Box:
        """The box that lies ``share`` (0 to 1) of the way from this one to ``other``."""
        keep = 1 - share
        return Box(
            self.x * keep + other.x * share,
            self.y * keep + other.y * share,
            self.width * keep + other.width * share,
            self.height * keep + other.height * share,
        )


@dataclass(frozen=True, slots=True)
class Scores:
    """How strongly each emotion shows, one number from 0 to 1 per :class:`Emotion`."""

    values: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.values) != len(EMOTIONS):
            raise ValueError(f"Expected {len(EMOTIONS)} scores, got {len(self.values)}")

    @classmethod
    def of(cls, scores: Mapping[Emotion, float]) -> Self:
        """Scores from a mapping; an emotion that it does not name gets 0."""
        return cls(tuple(float(scores.get(emotion, 0.0)) for emotion in EMOTIONS))

    def __getitem__(self, emotion: Emotion) -> float:
        return self.values[EMOTIONS.index(emotion)]

    @property
    def dominant(self) -> Emotion:
        """The emotion with the highest score; of equals the first."""
        return EMOTIONS[max(range(len(self.values)), key=self.values.__getitem__)]

    def as_dict(self) -> dict[Emotion, float]:
        return dict(zip(EMOTIONS, self.values, strict=True))


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a recording or of the camera."""

    index: int
    """Counts the frames of the source from 0."""
    time_s: float
    image: Image


@dataclass(frozen=True, slots=True)
class Detection:
    """A face as a detector reports it: a place in one picture, of nobody in particular."""

    box: Box
    confidence: float
    landmarks: tuple[Point, ...] = ()
    """Left eye, right eye, nose, left and right corner of the mouth, as seen; empty where a detector has none."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A detection and what its pixels alone say, before anything is known about other frames."""

    detection: Detection
    scores: Scores
    quality: float = 1.0
    """How far the pixels can be trusted, 0 to 1: size, sharpness, light, and how frontal the face is."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What was seen in one frame: the result of looking at pixels."""

    index: int
    time_s: float
    readings: tuple[Reading, ...]
    cut: bool = False
    """Whether another scene begins with this frame, so that nobody in it was in the frame before."""


@dataclass(frozen=True, slots=True)
class Face:
    """A face with an identity: the same ``track`` in another frame is the same person as far as the video shows."""

    track: int
    """Counts the persons of a recording from 1."""
    box: Box
    confidence: float
    scores: Scores
    """Smoothed over time."""
    raw: Scores
    """Of this frame alone."""
    label: str
    """What to call the face: an emotion that does not change at every flicker, or :data:`UNCERTAIN`."""
    quality: float = 1.0
    """As in :class:`Reading`."""
    landmarks: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything known about one frame. It holds no pixels, so a whole recording of them is small."""

    index: int
    time_s: float
    faces: tuple[Face, ...]

    @property
    def main_face(self) -> Face | None:
        """The largest face; of equals the one seen first."""
        return max(self.faces, key=lambda face: (face.box.area, -face.track), default=None)
