"""Images to a video that plays everywhere: H.264 in mp4, every frame at its own time, with the source's sound."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import av
import av.codec.codec
import av.container
import av.error
from av.video.reformatter import ColorPrimaries, ColorRange, ColorTrc
from av.video.stream import VideoStream

from emotion.errors import OutputError
from emotion.files import staged_file
from emotion.heap import give_back
from emotion.media.join import MUXER_OPTIONS, PICTURES_FORMAT, PICTURES_SUFFIX, TICKS, join, refusals, ticks_of_a_frame
from emotion.media.planes import FFMPEG, Canvas, Matrix
from emotion.media.probe import USUAL_RATE
from emotion.media.stretch import ALL, Range
from emotion.pixels import even
from emotion.types import Image

ENCODER: Final = "libx264"
ENCODER_OPTIONS = {
    # No B-frames: with them an mp4's decoding times, from which players sum up its length, run behind the presentation
    # times by a few frames, and frames after a long pause fall out of it. A clip at 23.976 fps grows by a fifth, at
    # 0.4 dB more PSNR and the same speed.
    "bf": "0",
}
# What goes with a matrix, so that players do not guess.
COLORS = {
    Matrix.BT709: (ColorPrimaries.BT709, ColorTrc.BT709),
    Matrix.BT601: (ColorPrimaries.SMPTE170M, ColorTrc.SMPTE170M),
}


def can_write_h264() -> bool:
    """Whether this PyAV has an H.264 encoder; the wheels on PyPI have."""
    try:
        av.codec.codec.Codec(ENCODER, "w")
    except av.codec.codec.UnknownCodecError:
        return False
    return True


class VideoWriter:
    """Writes ``path``, in a ``with`` block. One thread at a time.

    ``frame_rate`` is the average: it tells the encoder what to expect, and how long the last frame lasts. ``preset``
    and ``crf`` are x264's. ``sound`` names the file whose sound goes along, or ``sound_range`` of it: it is joined when
    the block ends, to pictures that stand in ``path`` until then. A ``path`` that ends in ``.nut`` keeps its pictures
    alone, for a later :func:`~emotion.media.join.join`. ``matrix`` is how the YUV is meant. If the block ends by an
    exception, the file is removed. Everything here raises :class:`~emotion.errors.OutputError` where the system or the
    encoder refuses.
    """

    def __init__(
        self,
        path: Path,
        *,
        width: int,
        height: int,
        frame_rate: float,
        preset: str,
        crf: int,
        sound: Path | None = None,
        sound_range: Range = ALL,
        matrix: Matrix = Matrix.BT709,
    ) -> None:
        self._path = path
        self._shape = (height, width, 3)
        self._rate = Fraction(frame_rate if frame_rate > 0 else USUAL_RATE).limit_denominator(100_000)
        self._options = {"preset": preset, "crf": str(crf), **ENCODER_OPTIONS}
        self._to_be_joined = path.suffix == PICTURES_SUFFIX
        self._sound = None if self._to_be_joined else sound
        self._sound_range = sound_range
        self._lasts = ticks_of_a_frame(float(self._rate))
        self._last_tick = -1
        self._canvas = Canvas(width + width % 2, height + height % 2, matrix)
        self._output: av.container.OutputContainer
        self._stream: VideoStream
        self._block = self._writing()

    def __enter__(self) -> Self:
        self._block.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._block.__exit__(kind, error, trace)

    def write(self, image: Image, time_s: float) -> None:
        """Add ``image``, shown from ``time_s`` on, which is later than the one before. The size is the writer's."""
        if image.shape != self._shape:
            raise ValueError(f"Expected an image of shape {self._shape}, got {image.shape}")
        self._canvas.draw(even(image))
        self.write_canvas(self._canvas, time_s)

    def write_canvas(self, canvas: Canvas, time_s: float) -> None:
        """The same for a picture in YUV, of the writer's ``matrix`` and of its size rounded up to even sides.

        The canvas may be changed again when this returns.
        """
        if canvas.size != self._canvas.size or canvas.matrix != self._canvas.matrix:
            raise ValueError(f"Expected a canvas of {self._canvas.size}, got {canvas.size}")
        frame = canvas.as_frame()
        # x264 takes time only forwards.
        frame.pts = self._last_tick = max(round(time_s * TICKS), self._last_tick + 1)
        frame.time_base = Fraction(1, TICKS)
        frame.duration = self._lasts
        with refusals(self._path):
            self._output.mux(self._stream.encode(frame))

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        with contextlib.ExitStack() as cleanup:
            cleanup.callback(self._remove)
            with refusals(self._path):
                self._begin(cleanup)
            yield
            with refusals(self._path):
                self._finish()
            # All went well: keep the file.
            cleanup.pop_all()

    def _begin(self, cleanup: contextlib.ExitStack) -> None:
        if not can_write_h264():
            raise OutputError("H.264 cannot be written: PyAV lacks libx264. Run `pip install --force-reinstall av`.")
        waits = self._sound is not None or self._to_be_joined
        container, options = (PICTURES_FORMAT, {}) if waits else ("mp4", MUXER_OPTIONS)
        self._output = av.open(str(self._path.absolute()), "w", format=container, container_options=options)
        cleanup.callback(self._abandon)
        self._stream = self._add_pictures()
        # Writes the header, so that a folder which cannot be written is known before any work.
        self._output.start_encoding()

    def _add_pictures(self) -> VideoStream:
        stream = self._output.add_stream(ENCODER, rate=self._rate, options=self._options)
        stream.width, stream.height = self._canvas.size
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, TICKS)
        stream.color_range = ColorRange.MPEG
        stream.colorspace = FFMPEG[self._canvas.matrix]
        stream.color_primaries, stream.color_trc = COLORS[self._canvas.matrix]
        return stream

    def _finish(self) -> None:
        self._output.mux(self._stream.encode(None))
        self._output.close()
        if self._sound is not None:
            give_back()
            with staged_file(self._path) as joined:
                join([self._path], self._sound, joined, lasts=self._lasts, within=self._sound_range)

    def _abandon(self) -> None:
        # PyAV writes an index on closing, whatever for; that it cannot is no news.
        with contextlib.suppress(OSError, av.error.FFmpegError):
            self._output.close()

    def _remove(self) -> None:
        # Only what we made: a device that somebody writes to stays.
        if self._path.is_file():
            self._path.unlink()
