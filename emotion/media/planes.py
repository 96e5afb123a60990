"""Pictures as H.264 stores them, YUV 4:2:0, so that what was not drawn over needs no conversion, there and back.

Converting whole pictures costs as much as analysing them: 0.1 ms from the decoder to RGB and 0.5 ms to the encoder at
640x360, four times that for the merged video, where from one frame to the next little changes.
"""

from __future__ import annotations

import queue
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace

from emotion.pixels import Plane, to_yuv
from emotion.types import Image


class Matrix(StrEnum):
    """How YUV is made from RGB: by ITU-R BT.601 (standard definition) or BT.709 (high definition)."""

    BT601 = "bt601"
    BT709 = "bt709"


def _weights(red: float, blue: float) -> npt.NDArray[np.float32]:
    """YUV of limited range from RGB (ITU-R BT.601-7 and BT.709-6), by the shares of red and blue in brightness.

    Shape ``(3, 4)``: Y is 16 to 235, U and V are 16 to 240 about 128.
    """
    green = 1 - red - blue
    y = np.array([red, green, blue]) / 255
    u = (np.array([0, 0, 1 / 255]) - y) / (2 * (1 - blue))
    v = (np.array([1 / 255, 0, 0]) - y) / (2 * (1 - red))
    return np.array([[*(219 * y), 16], [*(224 * u), 128], [*(224 * v), 128]], np.float32)


WEIGHTS = {Matrix.BT601: _weights(0.299, 0.114), Matrix.BT709: _weights(0.2126, 0.0722)}
FFMPEG = {Matrix.BT601: Colorspace.ITU601, Matrix.BT709: Colorspace.ITU709}
# AVCOL_SPC_* in FFmpeg's pixfmt.h.
MATRICES = {1: Matrix.BT709, 5: Matrix.BT601, 6: Matrix.BT601}
UNNAMED = 2
# Where a file does not name its colours, players take BT.709 from this height on and BT.601 below.
HD_HEIGHT = 720
# Left, top, width and height of a part of a picture, all even.
Part = tuple[int, int, int, int]
# PyAV takes the height of a borrowed picture for a multiple of this (from_numpy_buffer in frame.py: rows // 6 * 4); any
# other would lose two rows, and its colours would be read from the wrong place.
BORROWED_ROWS = 4
LIMITED_RANGES = (0, 1)  # not named, and MPEG's 16 to 235


def matrix_of(frame: VideoFrame) -> Matrix | None:
    """How the frame's YUV is meant; None where it is neither BT.601 nor BT.709."""
    if frame.colorspace == UNNAMED:
        return Matrix.BT709 if frame.height >= HD_HEIGHT else Matrix.BT601
    return MATRICES.get(int(frame.colorspace))


@dataclass(frozen=True, slots=True)
class Planes:
    """One picture: brightness, shape ``(height, width)``, and two planes of colour at half the size; even sides."""

    y: Plane
    u: Plane
    v: Plane
    matrix: Matrix

    @classmethod
    def of(cls, frame: VideoFrame) -> Self | None:
        """A view of a decoded frame; None unless it is stored just so: 8 bits, limited range, even sides."""
        matrix = matrix_of(frame)
        stored_so = frame.format.name == "yuv420p" and int(frame.color_range) in LIMITED_RANGES
        if matrix is None or not stored_so or frame.width % 2 or frame.height % 2:
            return None
        y, u, v = _arrays(frame)
        return cls(y, u, v, matrix)


class Surface:
    """Three planes that are changed in places. It belongs to one thread.

    Places are in pixels; their sides and corners must be even, as two by two pixels share their colour.
    """

    def __init__(self, planes: tuple[Plane, Plane, Plane], matrix: Matrix) -> None:
        self.matrix = matrix
        self._planes = planes

    @classmethod
    def of(cls, frame: VideoFrame, matrix: Matrix) -> Self:
        """The frame's own memory; it must be 8 bits YUV 4:2:0 with even sides, and nobody else's."""
        return cls(_arrays(frame), matrix)

    def paste(self, planes: Planes | Surface, left: int = 0, top: int = 0) -> None:
        """Puts another picture here, as it is."""
        y, u, v = planes._planes if isinstance(planes, Surface) else (planes.y, planes.u, planes.v)
        for mine, theirs, step in zip(self._planes, (y, u, v), (1, 2, 2), strict=True):
            rows, columns = theirs.shape
            mine[top // step : top // step + rows, left // step : left // step + columns] = theirs

    def draw(self, image: Image, left: int = 0, top: int = 0) -> None:
        """Converts ``image``, whose sides are even, to here."""
        self.paste(Planes(*to_yuv(image, WEIGHTS[self.matrix]), self.matrix), left, top)

    def draw_parts(self, image: Image, parts: Sequence[Part]) -> None:
        """Converts these parts of ``image``, which is as large as this, to where they are."""
        for left, top, width, height in parts:
            if width and height:
                self.draw(image[top : top + height, left : left + width], left, top)


class Canvas(Surface):
    """A picture that lives from frame to frame."""

    def __init__(self, width: int, height: int, matrix: Matrix) -> None:
        if width % 2 or height % 2:
            raise ValueError(f"A canvas has even sides, not {width} x {height}")
        self.size = width, height
        self.array: Plane = np.empty((height * 3 // 2, width), np.uint8)
        """All three planes one after the other, shape ``(height * 3 / 2, width)``: what the encoder takes."""
        quarter = height * width // 4
        flat = self.array.reshape(-1)
        planes = (
            self.array[:height],
            flat[4 * quarter : 5 * quarter].reshape(height // 2, width // 2),
            flat[5 * quarter :].reshape(height // 2, width // 2),
        )
        super().__init__(planes, matrix)

    def as_frame(self) -> VideoFrame:
        """A frame that borrows the canvas's memory: x264 copies what it gets before it returns."""
        width, height = self.size
        if height % BORROWED_ROWS:
            frame = VideoFrame(width, height, "yuv420p")
            Surface.of(frame, self.matrix).paste(self)
            return frame
        return VideoFrame.from_numpy_buffer(self.array, format="yuv420p", width=width)


class CanvasPool:
    """A few canvases that are used again and again. Several threads may use it.

    Memory of this size comes fresh from the system each time, at 0.25 milliseconds a megabyte for its first touch: more
    than all else that happens to it.
    """

    def __init__(self, count: int, size: tuple[int, int], matrix: Matrix) -> None:
        self._free: queue.SimpleQueue[Canvas] = queue.SimpleQueue()
        for _ in range(count):
            self._free.put(Canvas(*size, matrix))

    def take(self) -> Canvas:
        """A canvas with whatever was on it; waits until one is free."""
        return self._free.get()

    def give_back(self, canvas: Canvas) -> None:
        self._free.put(canvas)


def _arrays(frame: VideoFrame) -> tuple[Plane, Plane, Plane]:
    """Views of a frame's planes, without the padding at the end of their rows."""
    y, u, v = (
        np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]
        for plane in frame.planes
    )
    return y, u, v
