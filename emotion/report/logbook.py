"""What was seen while a session ran, as a file that grows and can be read up to its last whole record at any time.

A record is a frame: a checksum, the number of faces, the frame's number and time, and the faces as
:mod:`emotion.report.story` packs them. For a process of the same kind of machine.
"""

from __future__ import annotations

import struct
import zlib
from array import array
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from emotion.report.story import STRIDE, Story, packed
from emotion.types import Analysis

# The checksum covers everything after it: what a power cut leaves may have the right length and nothing in it.
_CHECK = struct.Struct("=I")
_HEAD = struct.Struct("=Iqd")
# More faces than any picture has; whatever says so is no record.
MOST_FACES = 10_000


class Logbook:
    """Appends analyses to a file, in a ``with`` block. One thread."""

    def __init__(self, path: Path) -> None:
        """Raises OSError."""
        self._file = path.open("ab")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def append(self, analysis: Analysis) -> None:
        """Raises OSError."""
        numbers = array("d", [number for face in analysis.faces for number in packed(face)])
        body = _HEAD.pack(len(analysis.faces), analysis.index, analysis.time_s) + numbers.tobytes()
        self._file.write(_CHECK.pack(zlib.crc32(body)) + body)

    def flush(self) -> None:
        """What was appended outlives this process. Raises OSError."""
        self._file.flush()


def story_in(path: Path, *, frames: int) -> Story:
    """What was seen in the first ``frames`` frames, as far as it was written whole. Raises OSError."""
    story = Story()
    with path.open("rb") as file:
        for index, time_s, faces in _records(file):
            if index < frames:
                story.append_packed(index, time_s, faces)
    return story


def _records(file: BinaryIO) -> Iterator[tuple[int, float, array[float]]]:
    """Number and time of each frame, and its packed faces."""
    while len(head := file.read(_CHECK.size + _HEAD.size)) == _CHECK.size + _HEAD.size:
        count, index, time_s = _HEAD.unpack_from(head, _CHECK.size)
        if count > MOST_FACES:
            return
        body = file.read(count * STRIDE * 8)
        faces = array("d")
        if len(body) < count * STRIDE * faces.itemsize or _CHECK.unpack_from(head)[0] != zlib.crc32(
            head[_CHECK.size :] + body
        ):
            return
        faces.frombytes(body)
        yield index, time_s, faces
