"""An mp4 that grows in fragments: whatever happens, all but its last second or two can be played.

Each fragment begins with a keyframe and is written whole, with an index of its own. So a file that broke off is a good
one as soon as what comes after its last whole fragment is cut off.
"""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

import av
from av.video.frame import PictureType
from av.video.reformatter import ColorPrimaries, ColorRange, ColorTrc

from emotion.media.join import TICKS, refusals, ticks_of_a_frame
from emotion.media.planes import FFMPEG, Canvas, Matrix
from emotion.pixels import even
from emotion.types import Image

# How much is lost at most when the process dies; keyframes this often cost about a tenth of the file's size.
FRAGMENT_S = 1.0
MUXER_OPTIONS: Final = {
    "movflags": "frag_keyframe+empty_moov+default_base_moof",
    # A fragment is on its way to the disk when it is complete, not when a buffer is full.
    "flush_packets": "1",
}
ENCODER_OPTIONS: Final = {
    # No picture waits in the encoder for later ones.
    "tune": "zerolatency",
    "bf": "0",
    # Keyframes come when we say so: one fragment for each.
    "g": "100000",
    "sc_threshold": "0",
    # The camera's own work goes on beside this.
    "threads": "1",
}
LARGE_BOX = 1


class FragmentWriter:
    """Writes ``path``, in a ``with`` block, every picture at its own time. One thread.

    However the block ends, what was written stays. Raises OutputError where the system or the encoder refuses.
    """

    def __init__(self, path: Path, *, width: int, height: int, frame_rate: float, preset: str, crf: int) -> None:
        self._path = path
        self._canvas = Canvas(width + width % 2, height + height % 2, Matrix.BT709)
        self._lasts = ticks_of_a_frame(frame_rate)
        self._last_tick = -1
        self._key_tick = -1
        options = {"preset": preset, "crf": str(crf), **ENCODER_OPTIONS}
        with refusals(path):
            self._output = av.open(str(path.absolute()), "w", format="mp4", container_options=MUXER_OPTIONS)
            rate = Fraction(frame_rate).limit_denominator(1000)
            stream = self._output.add_stream("libx264", rate=rate, options=options)
            stream.width, stream.height = self._canvas.size
            stream.pix_fmt = "yuv420p"
            stream.time_base = stream.codec_context.time_base = Fraction(1, TICKS)
            stream.color_range, stream.colorspace = ColorRange.MPEG, FFMPEG[Matrix.BT709]
            stream.color_primaries, stream.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
            self._stream = stream
            self._output.start_encoding()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def write(self, image: Image, time_s: float) -> float | None:
        """Adds a picture, shown from ``time_s`` on; the time at which readers of the file will find it.

        None where it is not later than the one before, and is left out.
        """
        tick = round(time_s * TICKS)
        if tick <= self._last_tick:
            return None
        self._canvas.draw(even(image))
        frame = self._canvas.as_frame()
        frame.pts, frame.time_base, frame.duration = tick, Fraction(1, TICKS), self._lasts
        if self._key_tick < 0 or tick - self._key_tick >= FRAGMENT_S * TICKS:
            frame.pict_type, self._key_tick = PictureType.I, tick
        self._last_tick = tick
        with refusals(self._path):
            self._output.mux(self._stream.encode(frame))
        return tick / TICKS

    def _close(self) -> None:
        with refusals(self._path):
            try:
                self._output.mux(self._stream.encode(None))
            finally:
                self._output.close()


def cut_to_whole_fragments(path: Path) -> bool:
    """Cuts off what was not written to its end. Whether a picture is left. Raises OutputError."""
    with refusals(path):
        end = 0
        with contextlib.suppress(FileNotFoundError):
            for kind, _, box_end in _boxes(path):
                # A fragment is its index (moof) and then its pictures (mdat).
                end = box_end if kind in (b"mdat", b"mfra") else end
            if end and end < path.stat().st_size:
                with path.open("r+b") as file:
                    file.truncate(end)
        return end > 0


def _boxes(path: Path) -> Iterator[tuple[bytes, int, int]]:
    """Kind, begin and end of the boxes of the outermost level that are whole (ISO/IEC 14496-12, 4.2)."""
    length = path.stat().st_size
    with path.open("rb") as file:
        begin = 0
        while len(head := _head(file, begin)) >= 8:
            size, kind = struct.unpack_from(">I4s", head)
            if size == LARGE_BOX and len(head) == 16:
                size = struct.unpack_from(">Q", head, 8)[0]
            if size < 8 or begin + size > length:
                return
            yield kind, begin, begin + size
            begin += size


def _head(file: BinaryIO, begin: int) -> bytes:
    file.seek(begin)
    return file.read(16)
