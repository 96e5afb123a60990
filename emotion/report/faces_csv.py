"""``faces.csv``: a row per face and frame, and a row with empty face columns for a frame without a face."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

import numpy as np

from emotion.report.columns import BOX, LABEL, LABELS, NAMES, QUALITY, TRACK, Columns, Floats, Ints

BOX_NAMES = ["x", "y", "width", "height"]
RAW_NAMES: list[str] = [f"raw_{name}" for name in NAMES]
"""The scores of the frame alone, where the plain names are smoothed over time."""
FIRST = ["frame", "time_s", "face", *BOX_NAMES, "confidence", *NAMES]
HEADER: list[str] = [*FIRST, "dominant", "label", "quality", *RAW_NAMES]
WORDS = slice(len(FIRST), len(FIRST) + 2)
"""Where the two words of a face stand among its numbers: its dominant emotion and its label."""
NUMBERS = [name for place, name in enumerate(HEADER) if place not in range(len(HEADER))[WORDS]]
"""What stands in a row but the words: two numbers of the frame, then those of Columns.faces up to the label."""

# What a value is worth keeping: microseconds, a hundredth of a pixel, four digits of a score.
TIME_DIGITS, BOX_DIGITS, SCORE_DIGITS = 6, 2, 4

# Rows that are text at the same time: an hour's would weigh thirty times what its numbers do.
PIECE = 2000


class NotThisTable(ValueError):
    """The columns are others."""


def write(columns: Columns, file: TextIO) -> None:
    """Write all rows; every number is the shortest one that reads back as itself. Raises OSError."""
    file.write(",".join(HEADER) + "\n")
    for first in range(0, len(columns.frames), PIECE):
        file.writelines(_lines(columns.part(first, min(first + PIECE, len(columns.frames)))))


def _lines(part: Columns) -> Iterator[str]:
    times = np.round(part.times_s, TIME_DIGITS).tolist()
    faces = _faces(part)
    for frame, time_s, count in zip(part.frames.tolist(), times, part.counts.tolist(), strict=True):
        if not count:
            yield f"{frame},{time_s!r}{',' * (len(HEADER) - 2)}\n"
        for cells in itertools.islice(faces, count):
            yield f"{frame},{time_s!r},{','.join(cells)}\n"


def _faces(part: Columns) -> Iterator[Sequence[str]]:
    """The cells of each face, from its track on."""
    numbers = np.round(part.faces[:, :LABEL], SCORE_DIGITS)
    numbers[:, BOX] = np.round(part.faces[:, BOX], BOX_DIGITS)
    tracks, places = part.faces[:, [TRACK, LABEL]].T.astype(int).tolist()
    cells = [map(repr, column) for column in numbers.T.tolist()]
    dominants = (LABELS[place] for place in part.dominants.tolist())
    labels = (LABELS[place] for place in places)
    return zip(map(repr, tracks), *cells[1:QUALITY], dominants, labels, *cells[QUALITY:], strict=True)


def read(file: TextIO) -> Columns:
    """The columns of the table in ``file``. Raises ValueError where it is none, NotThisTable where it is another."""
    rows = csv.reader(file)
    if (header := next(rows, None)) != HEADER:
        raise NotThisTable(header)
    numbers, words = [np.empty((0, len(NUMBERS)))], [np.empty((0, 2), np.int64)]
    while piece := list(itertools.islice(rows, PIECE)):
        numbers.append(np.array([_numbers(row) for row in piece]))
        words.append(np.array([_words(row) for row in piece]))
    return from_cells(np.concatenate(numbers), np.concatenate(words))


def _numbers(row: Sequence[str]) -> list[float]:
    if len(row) != len(HEADER):
        raise ValueError(row)
    return [float(cell) if cell else np.nan for cell in (*row[: WORDS.start], *row[WORDS.stop :])]


def _words(row: Sequence[str]) -> list[int]:
    return [LABELS.index(word) if word else -1 for word in row[WORDS]]


def from_cells(numbers: Floats, words: Ints) -> Columns:
    """The columns of a table: per row :data:`NUMBERS` (NaN without a face) and two places in LABELS (-1 without).

    Raises ValueError where a cell is missing.
    """
    cells = np.hstack([np.isfinite(numbers), words >= 0])
    seen = cells.all(axis=1)
    if not cells[:, :2].all() or cells[~seen, 2:].any():
        raise ValueError("cells are missing")
    first = np.flatnonzero(np.diff(numbers[:, 0], prepend=np.nan))
    return Columns(
        frames=numbers[first, 0].astype(np.int64),
        times_s=numbers[first, 1],
        begins=np.concatenate([[0], np.cumsum(seen)])[[*first, len(numbers)]],
        faces=np.hstack([numbers[seen, 2:], words[seen, 1:]]),
        dominants=words[seen, 0].astype(np.int8),
    )


def cells(columns: Columns) -> Iterable[tuple[str, object]]:
    """Name and values of each column of the table; where there is no face a number is NaN and a word None."""
    rows = np.maximum(columns.counts, 1)
    seen = np.repeat(columns.counts > 0, rows)
    numbers = np.full((len(seen), len(NUMBERS)), np.nan)
    numbers[seen, 2:] = columns.faces[:, :LABEL]
    words = np.full((len(seen), 2), None, dtype=object)
    names = np.array(LABELS, dtype=object)
    words[seen] = names[np.stack([columns.dominants, columns.faces[:, LABEL].astype(np.int64)], axis=1)]
    values = {name: numbers[:, place] for place, name in enumerate(NUMBERS)}
    values |= {"time_s": np.repeat(columns.times_s, rows), "dominant": words[:, 0], "label": words[:, 1]}
    for name in HEADER:
        yield name, np.repeat(columns.frames, rows) if name == "frame" else values[name]
