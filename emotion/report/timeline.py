"""A whole recording's analyses as one tidy table: what charts, exports and videos start from."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion.errors import InputError
from emotion.files import staged_file
from emotion.types import EMOTIONS, UNCERTAIN, Analysis, Emotion, Face, Scores

NAMES: list[str] = [emotion.value for emotion in EMOTIONS]
RAW: list[str] = [f"raw_{name}" for name in NAMES]
"""The scores of the frame alone, where the plain names are smoothed over time."""
LABELS: list[str] = [*NAMES, UNCERTAIN]
BOX = ["x", "y", "width", "height"]
COLUMNS: list[str] = [
    *("frame", "time_s", "face", *BOX, "confidence"),
    *(*NAMES, "dominant", "label", "quality", *RAW),
]

# What a value is worth keeping: microseconds, a hundredth of a pixel, four digits of a score.
DIGITS = {"time_s": 6, **dict.fromkeys(BOX, 2), **dict.fromkeys(["confidence", *NAMES, "quality", *RAW], 4)}
TYPES = dict.fromkeys(COLUMNS, "float64") | {"frame": "int64", "face": "Int64", "dominant": "string", "label": "string"}

# How long a recording of one frame lasts if nobody says: one frame at 25 a second.
LONE_FRAME_S = 0.04

PIECE = 2000

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """Everything that was seen in a recording, in the order of its frames.

    A frame lasts until the next analysed one, the last until the end. The *main face* of a frame is its largest.
    """

    table: pd.DataFrame
    """A row per face and frame, and a row with empty face columns for a frame without a face. Columns: COLUMNS."""
    end_s: float
    """When the last frame ends."""

    @classmethod
    def of(cls, analyses: Iterable[Analysis], *, end_s: float | None = None) -> Self:
        """The timeline of a recording. Without ``end_s`` the last frame lasts as long as frames do in the median."""
        # In pieces: as Python objects the rows of an hour weigh ten times what their table does.
        rows = _rows(analyses)
        tables = [_empty()]
        while piece := list(itertools.islice(rows, PIECE)):
            tables.append(pd.DataFrame(piece, columns=COLUMNS).astype(TYPES))
        return cls._ending(pd.concat(tables, ignore_index=True), end_s)

    @classmethod
    def load(cls, path: str | Path, *, end_s: float | None = None) -> Self:
        """The timeline that :meth:`save` wrote; the file does not say when it ends. Raises InputError."""
        path = Path(path)
        try:
            table = pd.read_csv(path, encoding="utf-8").astype(TYPES)
        except (OSError, ValueError, KeyError) as error:
            raise InputError(f"'{path.name}' cannot be read as a table of faces. Analyse the video again.") from error
        if list(table.columns) != COLUMNS:
            raise InputError(f"'{path.name}' does not have the columns of a table of faces. Analyse the video again.")
        return cls._ending(table, end_s)

    @classmethod
    def _ending(cls, table: pd.DataFrame, end_s: float | None) -> Self:
        times = table["time_s"].drop_duplicates().to_numpy(dtype=np.float64)
        if not len(times):
            return cls(table, end_s or 0.0)
        usual = float(np.median(np.diff(times))) if len(times) > 1 else LONE_FRAME_S
        return cls(table, max(float(times[-1]), float(times[-1]) + usual if end_s is None else end_s))

    def save(self, path: str | Path) -> None:
        """Write the table as CSV, whole or not at all. The same timeline gives the same bytes. Raises OutputError."""
        with staged_file(Path(path)) as staged:
            self.table.round(DIGITS).to_csv(staged, index=False, lineterminator="\n", encoding="utf-8")

    @property
    def frames(self) -> int:
        return int(self.table["frame"].nunique())

    @property
    def frames_with_face(self) -> int:
        return int(self.table.loc[self.table["face"].notna(), "frame"].nunique())

    @property
    def start_s(self) -> float:
        return float(self.table["time_s"].iloc[0]) if len(self.table) else 0.0

    def main_face(self) -> pd.DataFrame:
        """The table with one row per frame, of its main face; of equally large ones the first person's."""
        area = self.table["width"] * self.table["height"]
        ordered = self.table.assign(area=area).sort_values(["frame", "area", "face"], ascending=[True, False, True])
        return ordered.drop_duplicates("frame")[COLUMNS].reset_index(drop=True)

    def cumulative(self) -> pd.DataFrame:
        """``time_s`` and per emotion the main face's score x seconds up to then: the integral, linear between rows.

        One row more than there are frames: the first is the start (all 0), the last the end (all there is).
        """
        main = self.main_face()
        sums = np.vstack([np.zeros(len(NAMES)), np.cumsum(_scores(main) * self._lasts(main)[:, None], axis=0)])
        table = pd.DataFrame(sums, columns=NAMES)
        table.insert(0, "time_s", np.append(main["time_s"].to_numpy(dtype=np.float64), self.end_s))
        return table

    def reduced(self, points: int) -> Timeline:
        """At most ``points`` rows (2 or more) for charts: the main face only, each row standing for several frames.

        Its scores, raw ones too, are the means over the stretch's time, so that :meth:`cumulative` is still exact at
        every row; its label is the one that fills most of that time, its quality the mean of the frames with a face.
        The last frame is a row of its own, and both ends stay where they are.
        """
        main = self.main_face()
        if len(main) <= points:
            return Timeline(main, self.end_s)
        stretches = max(points, 2) - 1
        stretch = np.append(np.arange(len(main) - 1) * stretches // (len(main) - 1), stretches)
        first = np.flatnonzero(np.diff(stretch, prepend=-1))
        # Two frames may claim the same time; the nanosecond keeps their stretch from dividing by zero.
        weights = self._lasts(main) + 1e-9
        labelled = main["label"].fillna("").to_numpy(dtype=object)[:, None] == np.array(LABELS, dtype=object)
        values = np.hstack([main[[*NAMES, *RAW]].fillna(0.0).to_numpy(dtype=np.float64), labelled])
        means = np.add.reduceat(values * weights[:, None], first) / np.add.reduceat(weights, first)[:, None]
        return Timeline(_stretched(main, stretch, means), self.end_s)

    def share(self) -> dict[Emotion, float]:
        """Per emotion the share of the main face's time in which it is dominant; they sum to 1, or 0 without a face."""
        main = self.main_face()
        seconds = pd.Series(self._lasts(main)).groupby(main["dominant"]).sum()
        total = float(seconds.sum())
        return {emotion: float(seconds.get(emotion.value, 0.0)) / total if total else 0.0 for emotion in EMOTIONS}

    def uncertain(self) -> float:
        """The share of the main face's time in which its label is uncertain; 0 without a face."""
        main = self.main_face()
        lasts, seen = self._lasts(main), main["face"].notna().to_numpy(dtype=bool)
        unsure = (main["label"] == UNCERTAIN).to_numpy(dtype=bool, na_value=False)
        total = float(lasts[seen].sum())
        return float(lasts[unsure].sum()) / total if total else 0.0

    def mean(self) -> Scores | None:
        """The main face's mean score per emotion over the time in which there is one, or None if there never is."""
        main = self.main_face()
        seen = main["face"].notna().to_numpy(dtype=bool)
        lasts = self._lasts(main)[seen]
        if not lasts.sum():
            return None
        scores = main.loc[seen, NAMES].to_numpy(dtype=np.float64)
        return Scores(tuple(float(value) for value in np.average(scores, axis=0, weights=lasts)))

    def _lasts(self, main: pd.DataFrame) -> Floats:
        """Seconds that each frame lasts."""
        return np.maximum(np.diff(main["time_s"].to_numpy(dtype=np.float64), append=self.end_s), 0.0)


def _scores(main: pd.DataFrame) -> Floats:
    """The seven scores of each frame, shape ``(n, 7)``, 0 without a face."""
    return main[NAMES].fillna(0.0).to_numpy(dtype=np.float64)


def _stretched(main: pd.DataFrame, stretch: npt.NDArray[np.int64], means: Floats) -> pd.DataFrame:
    """Per stretch its first frame's number and time, its first face's place, and ``means``: NAMES, RAW, LABELS."""
    groups = main.groupby(stretch, sort=True)
    table = groups.first()
    table[["frame", "time_s"]] = groups[["frame", "time_s"]].min()
    table["quality"] = groups["quality"].mean()
    seen = table["face"].notna().to_numpy(dtype=bool)
    scores, labelled = means[:, : len(NAMES + RAW)], means[:, len(NAMES + RAW) :]
    table[NAMES + RAW] = np.where(seen[:, None], scores, np.nan)
    for column, names, shares in (("dominant", NAMES, scores[:, : len(NAMES)]), ("label", LABELS, labelled)):
        table[column] = [names[row.argmax()] if face else None for row, face in zip(shares, seen, strict=True)]
    return table[COLUMNS].astype(TYPES).reset_index(drop=True)


def _empty() -> pd.DataFrame:
    return pd.DataFrame([], columns=COLUMNS).astype(TYPES)


def _rows(analyses: Iterable[Analysis]) -> Iterator[tuple[object, ...]]:
    empty = (None,) * (len(COLUMNS) - 2)
    for analysis in analyses:
        place = analysis.index, analysis.time_s
        if not analysis.faces:
            yield (*place, *empty)
        for face in analysis.faces:
            yield (*place, *_cells(face))


def _cells(face: Face) -> tuple[object, ...]:
    box = face.box
    return (
        face.track,
        *(box.x, box.y, box.width, box.height),
        face.confidence,
        *face.scores.values,
        face.scores.dominant.value,
        face.label,
        face.quality,
        *face.raw.values,
    )
