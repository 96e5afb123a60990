"""Where the faces are in frames that were not analysed."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import replace

from emotion.types import Analysis, Face


class Between:
    """Answers for any time of a recording what to draw, from the analyses before and after it.

    A face known on both sides moves in a straight line; one known on one side only is shown for the half of the gap
    that is nearer to it. Scores are never made up: they are those of the last analysis of that face.
    """

    def __init__(self, analyses: Sequence[Analysis], times_s: Sequence[float]) -> None:
        self._analyses = analyses
        self._times = times_s

    def at(self, time_s: float) -> tuple[Face, ...]:
        after = bisect.bisect_left(self._times, time_s)
        if after < len(self._times) and self._times[after] == time_s:
            return self._analyses[after].faces
        if after == 0 or after == len(self._times):
            nearest = self._analyses[min(after, len(self._times) - 1)] if self._times else None
            return nearest.faces if nearest else ()
        share = (time_s - self._times[after - 1]) / (self._times[after] - self._times[after - 1])
        return _blend(self._analyses[after - 1].faces, self._analyses[after].faces, share)


def _blend(earlier: Sequence[Face], later: Sequence[Face], share: float) -> tuple[Face, ...]:
    coming = {face.track: face for face in later}
    staying = [_move(face, coming.pop(face.track), share) for face in earlier if face.track in coming]
    known = {face.track for face in staying}
    leaving = [face for face in earlier if face.track not in known]
    return (*staying, *(leaving if share < 0.5 else coming.values()))


def _move(face: Face, target: Face, share: float) -> Face:
    landmarks = tuple(
        (x + (to_x - x) * share, y + (to_y - y) * share)
        for (x, y), (to_x, to_y) in zip(face.landmarks, target.landmarks, strict=False)
    )
    return replace(face, box=face.box.towards(target.box, share), landmarks=landmarks)
