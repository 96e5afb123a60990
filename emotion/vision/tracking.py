"""Who is who: the same number for the same person from frame to frame.

A pure step on frozen values: what is known before a frame, and what was found in it, give what is known after. All
limits are seconds and face widths, so that a clip of 5 frames a second and one of 60 are treated alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from emotion.types import Box, Point

# A face that frames show no more is waited for this long. Counted from the first frame without it, so that a clip of
# one frame in two seconds does not lose everybody each time.
PATIENCE_S = 1.0
# How far, in widths of the face, its centre may be from where it is expected: at once, per second since, and at most.
REACH, REACH_PER_S, REACH_MAX = 0.5, 4.0, 2.0
# Boxes whose sides differ by more than this factor are not the same face.
SIZE_FACTOR = 2.0
# A movement is believed to go on for this long, past a crossing in which one face hides the other. Made-up crossings
# (tests/vision/walks.py) mistake 197 persons with 0.1, 111 with 0.2, 72 with 0.5, 70 with 0.8, where plain overlap
# mistakes 1,270; longer ones would look for who stopped behind somebody too far off.
MOMENTUM_S = 0.5
# Time constant of the velocity; measured between single frames it is mostly the detector's jitter.
VELOCITY_S = 0.15


@dataclass(frozen=True, slots=True)
class Track:
    """A person while they are in view, or were a moment ago."""

    number: int
    box: Box
    """Where the face was seen last."""
    seen_s: float
    velocity: Point = (0.0, 0.0)
    """Pixels per second."""
    missing_since_s: float = math.inf
    """The time of the first frame in which it was not seen again."""


@dataclass(frozen=True, slots=True)
class Tracks:
    """Everybody in view, and the number that the next newcomer gets."""

    known: tuple[Track, ...] = ()
    next_number: int = 1


def follow(tracks: Tracks, boxes: Sequence[Box], time_s: float) -> tuple[Tracks, tuple[int, ...]]:
    """The tracks after a frame, and the track's number of each box.

    Newcomers are numbered in the order of ``boxes``. ``time_s`` must not run backwards. The likeliest pairs are joined
    first, by overlap and distance from where each track is expected.
    """
    waiting = [track for track in tracks.known if time_s - track.missing_since_s <= PATIENCE_S]
    partners = _pairs(waiting, boxes, time_s)
    seen: list[Track] = []
    next_number = tracks.next_number
    for index, box in enumerate(boxes):
        if index in partners:
            seen.append(_moved(partners[index], box, time_s))
        else:
            seen.append(Track(next_number, box, time_s))
            next_number += 1
    numbers = tuple(track.number for track in seen)
    missing = (_missing(track, time_s) for track in waiting if track.number not in numbers)
    return Tracks((*seen, *missing), next_number), numbers


def _pairs(tracks: Sequence[Track], boxes: Sequence[Box], time_s: float) -> dict[int, Track]:
    """For each box that continues a track its index and the track; each track at most once."""
    found: dict[int, Track] = {}
    taken: set[int] = set()
    for _, number, index in sorted(_likely(tracks, boxes, time_s), reverse=True):
        if number not in taken and index not in found:
            taken.add(number)
            found[index] = next(track for track in tracks if track.number == number)
    return found


def _likely(tracks: Sequence[Track], boxes: Sequence[Box], time_s: float) -> Iterator[tuple[float, int, int]]:
    """Likeness, track's number and box's index of every pair that may be the same face."""
    for track in tracks:
        expected = _expected(track, time_s)
        reach = min(REACH + REACH_PER_S * max(time_s - track.seen_s, 0), REACH_MAX)
        for index, box in enumerate(boxes):
            width = (_side(expected) + _side(box)) / 2
            distance = math.dist(expected.center, box.center) / width
            ratio = _side(box) / _side(expected)
            if distance <= reach and 1 / SIZE_FACTOR <= ratio <= SIZE_FACTOR:
                yield expected.overlap(box) - distance - abs(math.log(ratio)), track.number, index


def _expected(track: Track, time_s: float) -> Box:
    ahead_s = min(max(time_s - track.seen_s, 0), MOMENTUM_S)
    x, y = track.velocity
    return replace(track.box, x=track.box.x + x * ahead_s, y=track.box.y + y * ahead_s)


def _moved(track: Track, box: Box, time_s: float) -> Track:
    passed_s = time_s - track.seen_s
    velocity = track.velocity
    if passed_s > 0:
        weight = 1 - math.exp(-passed_s / VELOCITY_S)
        steps = zip(box.center, track.box.center, velocity, strict=True)
        x, y = (before + weight * ((to - since) / passed_s - before) for to, since, before in steps)
        velocity = x, y
    return Track(track.number, box, time_s, velocity)


def _missing(track: Track, time_s: float) -> Track:
    return replace(track, missing_since_s=min(track.missing_since_s, time_s))


def _side(box: Box) -> float:
    """The longer side, which changes less than the shorter when a head turns; never 0."""
    return max(box.width, box.height, 1e-6)
