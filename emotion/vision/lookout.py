"""Scan or refine: the whole picture is searched now and then, and in between only the known faces are found again.

What is seen in a frame depends on its pixels, the faces of the frame before, and on when the last scan was: nothing
older, so that a recording can be watched in pieces that each begin with a scan.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from emotion.types import Box, Detection, Image
from emotion.vision.cuts import Cuts
from emotion.vision.detectors import Detector

# While nobody is known, or a newcomer is not confirmed, scans are this many times as frequent.
EAGER = 3
# A scan's face is a known one if they overlap by this much.
SAME = 0.3
# Two known faces that overlap by more were found in one and the same face (as MTCNN's own limit, 0.7 of the smaller).
COLLAPSED = 0.55
# A known face that is not found is tried again at its place for so long, at a twentieth of a scan's cost.
RETRY_S = 0.5


@dataclass(frozen=True, slots=True)
class _Known:
    """A face that was seen in this frame, or a moment ago."""

    detection: Detection
    confirmed: bool
    """Whether a second scan has found it too. One that the next scan does not find was no face, and is dropped."""
    missing_since_s: float = math.inf

    @property
    def visible(self) -> bool:
        return math.isinf(self.missing_since_s)


@dataclass(frozen=True, slots=True)
class View:
    """What one frame shows."""

    detections: tuple[Detection, ...]
    cut: bool
    """Whether it begins another scene."""


class Lookout:
    """Watches the frames of one recording, in the order of time. It belongs to the thread of its detector.

    A face that appears is seen within ``interval_s`` (a third of it while nobody is there), one that leaves is gone
    with the first frame in which neither its place nor a scan shows it. 0 scans every frame, as do frames further
    apart than the interval.
    """

    def __init__(self, detector: Detector, *, interval_s: float) -> None:
        self._detector = detector
        self._interval_s = interval_s
        self._cuts = Cuts()
        self._known: tuple[_Known, ...] = ()
        self._scanned_s = self._looked_s = -math.inf

    @property
    def cuts(self) -> Cuts:
        """What it tells scenes apart by."""
        return self._cuts

    def look(self, image: Image, time_s: float, *, anew: bool = False, whole: bool = False) -> View:
        """The faces in this frame. With ``anew`` nothing that was seen before plays a part in finding them; with
        ``whole`` all of the picture is searched whenever the last scan was, and known faces are followed as ever."""
        cut = self._cuts.begins_scene(image, anew=anew)
        if anew or cut or not 0 <= time_s - self._looked_s < self._interval_s:
            # What was known is of another scene, or too old to help.
            self._known, self._scanned_s = (), -math.inf
        # A scan that would be late at the next frame is due at this one.
        step_s, self._looked_s = time_s - self._looked_s, time_s
        refined = self._refined(image, time_s)
        lost = any(before.visible and not now.visible for before, now in zip(self._known, refined, strict=True))
        if whole or lost or time_s + step_s - self._scanned_s > self._patience_s() + 1e-6:
            refined = _merged(self._detector.detect(image), refined)
            self._scanned_s = time_s
        self._known = tuple(one for one in refined if time_s - one.missing_since_s < RETRY_S or one.visible)
        return View(tuple(one.detection for one in self._known if one.visible), cut)

    def _patience_s(self) -> float:
        """How long after the last scan the next is due."""
        calm = self._known and all(one.confirmed and one.visible for one in self._known)
        return self._interval_s if calm else self._interval_s / EAGER

    def _refined(self, image: Image, time_s: float) -> tuple[_Known, ...]:
        """The known faces at their places in this frame, one for each."""
        found = self._detector.refine(image, [one.detection.box for one in self._known])
        doubles = _doubles(self._known, found)
        return tuple(
            replace(one, detection=now, missing_since_s=math.inf)
            if now is not None and index not in doubles
            else replace(one, missing_since_s=min(one.missing_since_s, time_s))
            for index, (one, now) in enumerate(zip(self._known, found, strict=True))
        )


def _doubles(known: Sequence[_Known], found: Sequence[Detection | None]) -> set[int]:
    """Which faces were found where another was: of two the less certain one, but first those that were missing."""
    pairs = zip(known, found, strict=True)
    seen = [(one.visible, now.confidence, index, now.box) for index, (one, now) in enumerate(pairs) if now]
    dropped: set[int] = set()
    kept: list[Box] = []
    for _, _, index, box in sorted(seen, key=lambda entry: entry[:2], reverse=True):
        if any(box.overlap(other) > COLLAPSED for other in kept):
            dropped.add(index)
        else:
            kept.append(box)
    return dropped


def _merged(scanned: Sequence[Detection], known: Sequence[_Known]) -> tuple[_Known, ...]:
    """What is known after a scan: what it found, and confirmed faces that it missed this once."""
    partners = dict(_partners(scanned, known))
    found = [_Known(detection, confirmed=index in partners) for index, detection in enumerate(scanned)]
    matched = set(partners.values())
    # Confirmed no more: if the next scan misses them too, they go. Who is not shown anyway has their time to come back.
    missed = [
        replace(one, confirmed=not one.visible)
        for number, one in enumerate(known)
        if one.confirmed and number not in matched
    ]
    return (*found, *missed)


def _partners(scanned: Sequence[Detection], known: Sequence[_Known]) -> Iterator[tuple[int, int]]:
    """Which face of the scan is which known one, the best overlap first."""
    overlaps = (
        (detection.box.overlap(one.detection.box), index, number)
        for index, detection in enumerate(scanned)
        for number, one in enumerate(known)
    )
    taken: set[int] = set()
    named: set[int] = set()
    for overlap, index, number in sorted(overlaps, reverse=True):
        if overlap >= SAME and index not in named and number not in taken:
            named.add(index)
            taken.add(number)
            yield index, number
