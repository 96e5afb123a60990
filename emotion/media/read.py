"""A video file, frame by frame."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, TypeVar

import av.container
import av.error
import numpy as np
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, VideoReformatter
from av.video.stream import VideoStream

from emotion.media.clock import Clock
from emotion.media.geometry import AS_STORED, Geometry
from emotion.media.planes import HD_HEIGHT, UNNAMED, Planes
from emotion.media.probe import VideoInfo, frame_rate, probe
from emotion.media.source import no_pictures, open_input, picture_stream, sound_stream, start_s
from emotion.types import Frame, Image

T = TypeVar("T")

# A Matroska file that ends this much before its header says was cut off; real ones miss by milliseconds.
MISSING_S = 0.5


class Video:
    """An open video; made by :func:`open_video`. One thread at a time."""

    def __init__(self, path: Path, info: VideoInfo, readers: contextlib.ExitStack) -> None:
        self.path = path
        self.info = info
        self.damage = ""
        """After the frames were read: a sentence if some could not be decoded, else empty."""
        self._readers = readers

    def frames(self, *, within: tuple[int, int] | None = None) -> Generator[Frame]:
        """All frames from the first, in the order in which they are shown; each call starts anew.

        Every image has the size in ``info``, or is scaled down to fit ``within`` (width, height), which costs far less
        for a very large video than scaling the full image later. What cannot be decoded is left out and ``damage`` says
        so; raises :class:`~emotion.errors.UnreadableVideo` only if not one frame came.
        """
        return self._closed_with_the_video(frame for frame, _ in self._read(within))

    def frames_and_planes(self) -> Generator[tuple[Frame, Planes | None]]:
        """The same with each frame's YUV, where the file stores it as H.264 does and it is shown as it is stored."""
        return self._closed_with_the_video(self._read(None))

    def _closed_with_the_video(self, reader: Generator[T]) -> Generator[T]:
        self._readers.enter_context(contextlib.closing(reader))
        return reader

    def _read(self, within: tuple[int, int] | None) -> Generator[tuple[Frame, Planes | None]]:
        self.damage = ""
        with open_input(self.path) as container:
            stream = picture_stream(container, self.info.name)
            # Frame threads too: 0.6 ms for 640x360 on two cores instead of 0.9, and a delay is no matter in a file.
            stream.thread_type = "AUTO"
            pictures = _Pictures(stream, within)
            clock = Clock(start_s=_start_s(container, stream), step_s=1 / frame_rate(stream))
            index = -1
            for index, decoded in enumerate(self._decode(container, stream)):
                frame = Frame(index, clock.time_s(_stamp_s(stream, decoded)), pictures.rgb(decoded))
                yield frame, pictures.planes(decoded)
            if index < 0:
                raise no_pictures(self.info.name)

    def _decode(self, container: av.container.InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
        sound = sound_stream(container)
        packets: Iterator[Packet[Any]] = container.demux(stream, *([sound] if sound else []))
        end_s, lost = 0.0, False
        while True:
            # A packet that cannot be decoded is skipped. If the file itself cannot be read on, the next round ends.
            try:
                packet = next(packets, None)
                decoded = packet.decode() if packet is not None and packet.stream is stream else []
            except av.error.FFmpegError:
                lost = True
                continue
            yield from decoded
            if packet is None:
                break
            # How mp4 tells that the file ends within a packet; the decoder's own error gets lost between its threads.
            lost = lost or packet.is_corrupt
            end_s = max(end_s, _end_s(packet))
        self.damage = _damage(self.info, container, lost=lost, end_s=end_s)


@contextlib.contextmanager
def open_video(path: str | Path) -> Iterator[Video]:
    """``path`` as a :class:`Video`, whose file is let go with the block. Raises UnreadableVideo."""
    path = Path(path)
    info = probe(path)
    with contextlib.ExitStack() as readers:
        yield Video(path, info, readers)


class _Pictures:
    """Decoded frames to images, all of the first one's size whatever the stream does later."""

    def __init__(self, stream: VideoStream, within: tuple[int, int] | None) -> None:
        self._stream = stream
        self._within = within
        self._geometry: Geometry | None = None
        # One for all frames: VideoFrame's own reformat sets up a new scaler each time.
        self._reformatter = VideoReformatter()

    def rgb(self, frame: VideoFrame) -> Image:
        if self._geometry is None:
            whole = Geometry.of(frame, self._stream.sample_aspect_ratio)
            self._geometry = whole.within(*self._within) if self._within else whole
        unnamed_hd = frame.colorspace == UNNAMED and frame.height >= HD_HEIGHT
        converted = self._reformatter.reformat(
            frame,
            width=self._geometry.scaled_width,
            height=self._geometry.scaled_height,
            format="rgb24",
            src_colorspace=Colorspace.ITU709 if unnamed_hd else None,
            threads=1,  # more only add the cost of waking them: 0.16 ms for 640x360 with one, 0.5 with two
        )
        # A view of FFmpeg's memory where its rows lie close together, which they do at most sizes.
        image = np.ascontiguousarray(converted.to_ndarray(), dtype=np.uint8)
        return self._geometry.turn.upright(image)

    def planes(self, frame: VideoFrame) -> Planes | None:
        """The frame's own YUV, if the image of it is neither scaled nor turned."""
        as_stored = Geometry(frame.width, frame.height, AS_STORED)
        return Planes.of(frame) if self._geometry == as_stored else None


def _reorders_without_stamps(stream: VideoStream) -> bool:
    # AVI has no presentation times: FFmpeg passes the decoding order's off as such, wrong wherever a codec reorders.
    return stream.container.format.name == "avi" and bool(stream.codec_context.has_b_frames)


def _start_s(container: av.container.InputContainer, stream: VideoStream) -> float | None:
    return None if _reorders_without_stamps(stream) else start_s(container, stream)


def _stamp_s(stream: VideoStream, frame: VideoFrame) -> float | None:
    stamp = frame.dts if _reorders_without_stamps(stream) else frame.pts
    if stamp is None or frame.time_base is None:
        return None
    return stamp * frame.time_base.numerator / frame.time_base.denominator


def _end_s(packet: Packet[Any]) -> float:
    if packet.pts is None:
        return 0.0
    return (packet.pts + (packet.duration or 0)) * packet.time_base.numerator / packet.time_base.denominator


def _damage(info: VideoInfo, container: av.container.InputContainer, *, lost: bool, end_s: float) -> str:
    # Other containers report what is missing, or have no length in their header to compare with. Subtitles may be
    # longer than the rest, and are not read.
    tells = "matroska" in container.format.name and all(s.type in ("video", "audio") for s in container.streams)
    if tells and info.duration_s - end_s > MISSING_S:
        return f"'{info.name}' is cut off or damaged: it ends after {end_s:.1f} of {info.duration_s:.1f} seconds."
    if lost:
        return f"'{info.name}' is damaged: some of its pictures could not be decoded and are left out."
    return ""
