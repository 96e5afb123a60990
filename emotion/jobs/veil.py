"""Whom to blur in each picture of a recorded video: looked at from both sides, as it was seen to its end before."""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from emotion.report.blur import HOLD_S, blur, regions
from emotion.report.canvas import Area
from emotion.settings import Privacy, Settings
from emotion.types import Analysis, Box, Face, Image


class Veil:
    """Blurs the faces of one recording. It holds no state between pictures."""

    def __init__(self, analyses: Sequence[Analysis], times_s: Sequence[float], settings: Settings) -> None:
        self._analyses, self._times = analyses, times_s
        self._on = settings.privacy is not Privacy.NONE
        self._spared = settings.face or _most_often_largest(analyses) if settings.privacy is Privacy.OTHERS else None

    def draw(self, canvas: Image, time_s: float, faces: Iterable[Face]) -> tuple[Area, ...]:
        """Blurs ``canvas`` itself, and says where; ``faces`` are those in the picture."""
        if not self._on:
            return ()
        areas = regions(self._boxes(time_s, faces), canvas.shape[1], canvas.shape[0])
        blur(canvas, areas)
        return areas

    def _boxes(self, time_s: float, faces: Iterable[Face]) -> Iterator[Box]:
        """Where faces are, and where those were or will be that are not found just now."""
        boxes = {face.track: face.box for face in faces}
        for analysis in self._around(time_s):
            for face in analysis.faces:
                boxes.setdefault(face.track, face.box)
        return (box for track, box in boxes.items() if track != self._spared)

    def _around(self, time_s: float) -> list[Analysis]:
        """The analyses of the second before and after, at least one each, the nearest first."""
        here = bisect.bisect_left(self._times, time_s)
        first = min(bisect.bisect_left(self._times, time_s - HOLD_S), max(here - 1, 0))
        last = max(bisect.bisect_right(self._times, time_s + HOLD_S), min(here + 1, len(self._times)))
        places = sorted(range(first, last), key=lambda place: abs(self._times[place] - time_s))
        return [self._analyses[place] for place in places]


def _most_often_largest(analyses: Iterable[Analysis]) -> int | None:
    """Who is the largest face of most pictures: the same one throughout, or a passer-by would lose their blur."""
    counts = Counter(main.track for analysis in analyses if (main := analysis.main_face))
    return counts.most_common(1)[0][0] if counts else None
