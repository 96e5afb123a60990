"""What the parts of a live session tell each other: plain values, and the seam for whoever wants every picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from emotion.types import EMOTIONS, Analysis, Face, Frame

Values = tuple[float, ...]
"""A number for each emotion, in the order of the emotions."""


@dataclass(frozen=True, slots=True)
class Marker:
    """A moment that somebody, or a rule, wants to find again."""

    time_s: float
    """Since the session's first picture."""
    text: str = ""


class Sink(Protocol):
    """Whoever wants every analysed picture: the recorder, rules.

    All three are called in the camera's thread (``mark`` in any) and must not block: the next picture waits. What they
    raise is logged, counted and shown, and never ends the stream.
    """

    def take(self, frame: Frame, analysis: Analysis) -> None:
        """A picture and what was found in it. ``frame.image`` may be kept, is never written to, and is already blurred
        where the privacy setting asks for it; ``frame.time_s`` counts from the session's first picture and rises."""

    def mark(self, marker: Marker) -> None:
        """Somebody set a marker."""

    def close(self) -> None:
        """The session is over; nothing comes any more."""


@dataclass(frozen=True, slots=True)
class Point:
    """A number for each emotion at a time."""

    time_s: float
    totals: Values


@dataclass(frozen=True, slots=True)
class Rates:
    """How fast it goes, over the last seconds."""

    camera_per_s: float = 0.0
    """Pictures that the camera sent."""
    analysed_per_s: float = 0.0
    delay_ms: float = 0.0
    """From a picture's arrival to its return, the median."""
    dropped: int = 0
    """Since the start: pictures that came while another was worked on, and were left out."""
    dropped_share: float = 0.0
    """Of the pictures of the last seconds."""


@dataclass(frozen=True, slots=True)
class View:
    """How well the chosen face can be seen."""

    light: float = 0.0
    """Mean luma of the face, of the whole picture where there is none; 0 (black) to 1 (white)."""
    face_px: float = 0.0
    """The longer side of its box; 0 without a face."""
    quality: float = 0.0
    turn: float = 0.0
    """How far it is turned away: 0 in front, about 0.5 in profile."""


@dataclass(frozen=True, slots=True)
class Story:
    """What the chosen face showed so far."""

    recent: tuple[Point, ...] = ()
    """Scores of the last minute; NaN where the face was not seen."""
    cumulative: tuple[Point, ...] = ()
    """Score x seconds since the start; the last point is exact."""
    label_s: tuple[tuple[str, float], ...] = ()
    """Label (an emotion, or uncertain) -> seconds for which it stood there."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of a live session at one moment."""

    analysis: Analysis | None = None
    """The latest; None before the first picture."""
    chosen: Face | None = None
    """Of its faces the one that charts show; None while it is not in view."""
    chosen_track: int | None = None
    """Whom somebody chose; None is the largest face."""
    frames: int = 0
    """Pictures analysed."""
    elapsed_s: float = 0.0
    quiet_s: float = 0.0
    """Since the last picture."""
    rates: Rates = Rates()
    view: View = View()
    story: Story = Story()
    seen_share: float = 0.0
    """Share of the analysed pictures since the start that have a face."""
    failures: int = 0
    """How many of the latest pictures could not be analysed, one after the other."""
    failed: int = 0
    """The same since the start, whenever."""
    sink_failures: int = 0
    """How often whoever takes the pictures (the recorder, rules) failed to."""
    markers: tuple[Marker, ...] = ()
    """The latest, oldest first."""
    all_blurred: bool = False
    """Whether all but the chosen face shall be blurred and there is no chosen face, so that all are."""

    @property
    def faces(self) -> tuple[Face, ...]:
        """Everybody in view."""
        return self.analysis.faces if self.analysis else ()


NOTHING: Values = (0.0,) * len(EMOTIONS)
