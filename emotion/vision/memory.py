"""Remembering: the half of the engine that needs no pixels, only the whole story."""

from __future__ import annotations

from emotion.types import Analysis, Face, Reading, Sighting
from emotion.vision.smoothing import Smoothed, smooth
from emotion.vision.tracking import Tracks, follow


class Memory:
    """Who is who, and calm scores, through one recording. It belongs to one thread."""

    def __init__(self, *, smoothing_s: float) -> None:
        self._smoothing_s = smoothing_s
        self._tracks = Tracks()
        self._smoothed: dict[int, Smoothed] = {}

    def remember(self, sighting: Sighting) -> Analysis:
        """The faces with their tracks, in the order of these. Sightings must come in the order of time.

        Of persons who appear in the same frame the larger gets the smaller number.
        """
        readings = sorted(sighting.readings, key=lambda reading: -reading.detection.box.area)
        boxes = [reading.detection.box for reading in readings]
        self._tracks, numbers = follow(self._tracks, boxes, sighting.time_s)
        faces = [self._face(*pair, sighting.time_s) for pair in zip(readings, numbers, strict=True)]
        known = {track.number for track in self._tracks.known}
        self._smoothed = {number: value for number, value in self._smoothed.items() if number in known}
        return Analysis(sighting.index, sighting.time_s, tuple(sorted(faces, key=lambda face: face.track)))

    def _face(self, reading: Reading, track: int, time_s: float) -> Face:
        before = self._smoothed.get(track)
        smoothed = smooth(before, reading.scores, time_s, constant_s=self._smoothing_s)
        self._smoothed[track] = smoothed
        found = reading.detection
        return Face(track, found.box, found.confidence, smoothed.scores, found.landmarks)
