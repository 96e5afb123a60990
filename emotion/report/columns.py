"""What was seen in a recording as plain arrays: what tables, charts and moving pictures are computed from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from emotion.types import EMOTIONS, UNCERTAIN

NAMES: list[str] = [emotion.value for emotion in EMOTIONS]
LABELS: list[str] = [*NAMES, UNCERTAIN]

# The numbers of a face, in the order in which they lie in a row of Columns.faces.
TRACK, BOX, CONFIDENCE, SCORES, QUALITY, RAW, LABEL = 0, slice(1, 5), 5, slice(6, 13), 13, slice(14, 21), 21
WIDTH = 22

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Places = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """``m`` frames with ``n`` faces in all, in the order of the frames. Nobody writes into the arrays."""

    frames: Ints
    """The frames' numbers, shape ``(m,)``."""
    times_s: Floats
    """Shape ``(m,)``."""
    begins: Ints
    """Where each frame's faces begin in the arrays below, and where the last one's end: shape ``(m + 1,)``."""
    faces: Floats
    """Shape ``(n, WIDTH)`` or wider: the track's number, the box, ... and the label's place in LABELS."""
    dominants: Places
    """The place of the highest of the seven scores, shape ``(n,)``; of equals the first."""
    person: int = 0
    """Whose face is the main one; 0 is the largest in each frame."""

    @property
    def counts(self) -> Ints:
        """How many faces each frame has, shape ``(m,)``."""
        return np.diff(self.begins)

    def part(self, first: int, last: int) -> Columns:
        """The frames from ``first`` up to but not ``last``, as views."""
        begin, end = int(self.begins[first]), int(self.begins[last])
        begins = self.begins[first : last + 1] - begin
        frames, times_s = self.frames[first:last], self.times_s[first:last]
        return Columns(frames, times_s, begins, self.faces[begin:end], self.dominants[begin:end], self.person)

    def main(self) -> Ints:
        """Per frame the place of its main face, of equal ones the first person's; -1 without one. Shape ``(m,)``."""
        if self.person:
            return self._of_person()
        counts = self.counts
        places = np.where(counts > 0, self.begins[:-1], -1)
        several = np.flatnonzero(counts > 1)
        if len(several):
            found = np.flatnonzero(np.repeat(counts > 1, counts))
            owners = np.repeat(several, counts[several])
            areas = self.faces[found, 3] * self.faces[found, 4]
            order = np.lexsort((self.faces[found, TRACK], -areas, owners))
            firsts = np.searchsorted(owners[order], several)
            places[several] = found[order][firsts]
        return places

    def _of_person(self) -> Ints:
        found = np.flatnonzero(self.faces[:, TRACK] == self.person)
        places = np.full(len(self.frames), -1)
        places[np.searchsorted(self.begins, found, side="right") - 1] = found
        return places

    def only(self, places: Ints) -> Columns:
        """The same frames, each with the one face that :meth:`main` names, or none."""
        seen = places >= 0
        begins = np.concatenate([[0], np.cumsum(seen)])
        faces, dominants = self.faces[places[seen]], self.dominants[places[seen]]
        return Columns(self.frames, self.times_s, begins, faces, dominants, self.person)

    def of(self, places: Ints, number: int | slice) -> Floats:
        """One of the numbers of a face, or several, of the face that each frame has in ``places``; NaN without one."""
        if np.array_equal(places, np.arange(len(self.faces))):
            # As in most videos: one face all the time. A view, as an hour's scores weigh 2 MB.
            return self.faces[:, number]
        # Without a single face there is no row to take, not even to be replaced by NaN.
        rows = self.faces[:, number] if len(self.faces) else np.zeros((1, WIDTH))[:, number]
        values = rows[np.maximum(places, 0)]
        values[places < 0] = np.nan
        return values
