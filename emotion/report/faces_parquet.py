"""``faces.parquet``: the table of faces for programs: the columns of ``faces.csv``, typed, small and quick to read."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from emotion.errors import InputError
from emotion.files import staged_file
from emotion.report.columns import LABELS, Columns
from emotion.report.faces_csv import HEADER, NUMBERS, cells, from_cells

# Frames that are columns of Arrow at the same time, and so a group of rows in the file.
PIECE = 20_000


def write_faces_parquet(path: Path, columns: Columns) -> None:
    """Writes the table, whole or not at all; unlike in the CSV nothing is rounded. Raises OutputError."""
    # 50 ms and 40 MB, which nobody who only reads or draws should pay.
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = dict.fromkeys(HEADER, pa.float64())
    types |= {"frame": pa.int64(), "face": pa.int32(), "dominant": pa.string(), "label": pa.string()}
    schema = pa.schema(list(types.items()))
    with staged_file(path) as staged, pq.ParquetWriter(staged, schema, compression="zstd") as writer:
        for first in range(0, max(len(columns.frames), 1), PIECE):
            part = columns.part(first, min(first + PIECE, len(columns.frames)))
            arrays = [pa.array(values, type=schema.field(name).type, from_pandas=True) for name, values in cells(part)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def read_faces_parquet(path: Path) -> Columns:
    """The table that :func:`write_faces_parquet` wrote. Raises InputError where it is none, or gone."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    try:
        # A copy of the bytes, not a mapping: the recording may be deleted meanwhile.
        table = pq.read_table(path, columns=HEADER, memory_map=False)
        numbers = np.stack([table[name].cast(pa.float64()).to_numpy() for name in NUMBERS], axis=1)
        words = [pc.fill_null(pc.index_in(table[name], pa.array(LABELS)), -1) for name in ("dominant", "label")]
        return from_cells(numbers, np.stack([word.to_numpy().astype(np.int64) for word in words], axis=1))
    except (OSError, KeyError, ValueError, pa.ArrowException) as error:
        raise InputError(f"'{path.name}' cannot be read as a table of faces. Analyse the video again.") from error


def faces_in(path: Path) -> list[int]:
    """The numbers of all faces in the table, in order. Raises InputError where it is none, or gone."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    try:
        found = pc.unique(pq.read_table(path, columns=["face"], memory_map=False)["face"]).to_pylist()
    except (OSError, KeyError, ValueError, pa.ArrowException) as error:
        raise InputError(f"'{path.name}' cannot be read as a table of faces. Analyse the video again.") from error
    return sorted(face for face in found if face is not None)
