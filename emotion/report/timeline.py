"""A whole recording's analyses as one tidy table: what charts, exports and videos start from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from emotion.errors import InputError
from emotion.files import staged_file
from emotion.report import faces_csv
from emotion.report.columns import LABEL, LABELS, NAMES, SCORES, Columns, Floats, Ints
from emotion.report.faces_csv import HEADER as COLUMNS
from emotion.report.faces_csv import RAW_NAMES as RAW
from emotion.report.story import Story
from emotion.types import EMOTIONS, UNCERTAIN, Analysis, Emotion, Scores

if TYPE_CHECKING:
    # A third of a second and 45 MB, which an analysis does without: imported where a person asks for a DataFrame.
    import pandas as pd

__all__ = ["COLUMNS", "LABELS", "NAMES", "RAW", "Floats", "Timeline"]

# How long a recording of one frame lasts if nobody says: one frame at 25 a second.
LONE_FRAME_S = 0.04


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Timeline:
    """Everything that was seen in a recording, in the order of its frames.

    A frame lasts until the next analysed one, the last until the end. The *main face* of a frame is its largest, or
    that of one person.
    """

    columns: Columns
    end_s: float
    """When the last frame ends."""

    @classmethod
    def of(cls, analyses: Iterable[Analysis], *, end_s: float | None = None, person: int = 0) -> Self:
        """The timeline of a recording. Without ``end_s`` the last frame lasts as long as frames do in the median.

        The main face is that of the ``person`` with this number, or with 0 the largest in each frame. A :class:`Story`
        is not copied: it cannot grow any more.
        """
        columns = Story.of(analyses).columns()
        return cls._ending(replace(columns, person=person) if person else columns, end_s)

    @classmethod
    def load(cls, path: str | Path, *, end_s: float | None = None) -> Self:
        """The timeline that :meth:`save` wrote; the file does not say when it ends. Raises InputError."""
        path = Path(path)
        try:
            with path.open(encoding="utf-8", newline="") as file:
                columns = faces_csv.read(file)
        except faces_csv.NotThisTable as error:
            raise InputError(
                f"'{path.name}' does not have the columns of a table of faces. Analyse the video again."
            ) from error
        except (OSError, ValueError) as error:
            raise InputError(f"'{path.name}' cannot be read as a table of faces. Analyse the video again.") from error
        return cls._ending(columns, end_s)

    @classmethod
    def _ending(cls, columns: Columns, end_s: float | None) -> Self:
        times = np.unique(columns.times_s)
        if not len(times):
            return cls(columns, end_s or 0.0)
        usual = float(np.median(np.diff(times))) if len(times) > 1 else LONE_FRAME_S
        return cls(columns, max(float(times[-1]), float(times[-1]) + usual if end_s is None else end_s))

    def save(self, path: str | Path) -> None:
        """Write the table as CSV, whole or not at all. The same timeline gives the same bytes. Raises OutputError."""
        with staged_file(Path(path)) as staged, staged.open("w", encoding="utf-8", newline="") as file:
            faces_csv.write(self.columns, file)

    @property
    def table(self) -> pd.DataFrame:
        """A row per face and frame, and a row with empty face columns for a frame without a face. Columns: COLUMNS."""
        return _frame(self.columns)

    @property
    def frames(self) -> int:
        return len(self.columns.frames)

    @property
    def frames_with_face(self) -> int:
        return int(np.count_nonzero(self.columns.counts))

    @property
    def start_s(self) -> float:
        return float(self.columns.times_s[0]) if self.frames else 0.0

    def main_face(self) -> pd.DataFrame:
        """The table with one row per frame, of its main face; of equally large ones the first person's."""
        return _frame(self.columns.only(self.columns.main()))

    def cumulative(self) -> pd.DataFrame:
        """``time_s`` and per emotion the main face's score x seconds up to then: :meth:`sums` as a table."""
        import pandas as pd

        knots, sums = self.sums(self.columns.main())
        table = pd.DataFrame(sums, columns=NAMES)
        table.insert(0, "time_s", knots)
        return table

    def sums(self, main: Ints) -> tuple[Floats, Floats]:
        """Times and, per time and emotion, score x seconds up to then: the integral, linear between two times.

        ``main`` is ``columns.main()``. Shapes ``(n + 1,)`` and ``(n + 1, 7)``: one more than there are frames, as the
        first is the start (all 0), the last the end (all there is).
        """
        sums = np.zeros((self.frames + 1, len(EMOTIONS)))
        scores = np.nan_to_num(self.columns.of(main, SCORES))
        scores *= self.lasts_s()[:, None]
        np.cumsum(scores, axis=0, out=sums[1:])
        return np.append(self.columns.times_s, self.end_s), sums

    def share(self) -> dict[Emotion, float]:
        """Per emotion the share of the main face's time in which it is dominant; they sum to 1, or 0 without a face."""
        main = self.columns.main()
        seen = main >= 0
        places = self.columns.dominants[main[seen]]
        seconds = np.bincount(places, weights=self.lasts_s()[seen], minlength=len(EMOTIONS))
        total = float(seconds.sum())
        return {emotion: float(seconds[place]) / total if total else 0.0 for place, emotion in enumerate(EMOTIONS)}

    def uncertain(self) -> float:
        """The share of the main face's time in which its label is uncertain; 0 without a face."""
        labels = self.columns.of(self.columns.main(), LABEL)
        lasts = self.lasts_s()
        total = float(lasts[~np.isnan(labels)].sum())
        return float(lasts[labels == LABELS.index(UNCERTAIN)].sum()) / total if total else 0.0

    def mean(self) -> Scores | None:
        """The main face's mean score per emotion over the time in which there is one, or None if there never is."""
        main = self.columns.main()
        seen = main >= 0
        lasts = self.lasts_s()[seen]
        if not lasts.sum():
            return None
        return Scores(tuple(np.average(self.columns.of(main[seen], SCORES), axis=0, weights=lasts).tolist()))

    def lasts_s(self) -> Floats:
        """How long each frame lasts, shape ``(n,)``."""
        return np.maximum(np.diff(self.columns.times_s, append=self.end_s), 0.0)


def _frame(columns: Columns) -> pd.DataFrame:
    import pandas as pd

    types = dict.fromkeys(COLUMNS, "float64")
    types |= {"frame": "int64", "face": "Int64", "dominant": "string", "label": "string"}
    return pd.DataFrame(dict(faces_csv.cells(columns)), columns=COLUMNS).astype(types)
