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

from emotion.heap import give_back
from emotion.media.clock import Clock
from emotion.media.deinterlace import deinterlaced
from emotion.media.geometry import AS_STORED, Geometry
from emotion.media.planes import HD_HEIGHT, Planes
from emotion.media.probe import VideoInfo, frame_rate, probe
from emotion.media.source import no_pictures, open_input, packets_of, picture_stream, sound_stream, start_s
from emotion.media.stretch import ALL, WHOLE, Range, Stretch
from emotion.media.tone import tone_of
from emotion.types import Frame, Image

T = TypeVar("T")

# A Matroska file that ends this much before its header says was cut off; real ones miss by milliseconds.
MISSING_S = 0.5
# AVCOL_SPC_* that swscale converts from; it refuses all others, which are rare, or bits that fell over.
SCALABLE = frozenset({1, 4, 5, 6, 7, 9})


class Video:
    """An open video; made by :func:`open_video`. One thread at a time."""

    def __init__(self, path: Path, info: VideoInfo, range_: Range, readers: contextlib.ExitStack) -> None:
        self.path = path
        self.info = info
        self.range = range_
        """What is used of the file: there are no other frames, and the times of these count from its begin."""
        self.damage = ""
        """After the frames were read: a sentence if some could not be decoded, else empty."""
        self._readers = readers

    def frames(self, *, within: tuple[int, int] | None = None, of: Stretch = WHOLE) -> Generator[Frame]:
        """The frames of a piece, in the order in which they are shown; each call starts anew and counts from 0.

        Every image has the size in ``info``, or is scaled down to fit ``within`` (width, height), which costs far less
        for a very large video than scaling the full image later. What cannot be decoded is left out and ``damage`` says
        so; raises :class:`~emotion.errors.UnreadableVideo` only if not one frame came of the whole.
        """
        return self._closed_with_the_video(frame for frame, _ in self._read(within, of))

    def frames_and_planes(self, *, of: Stretch = WHOLE) -> Generator[tuple[Frame, Planes | None]]:
        """The same with each frame's YUV, where the file stores it as H.264 does and it is shown as it is stored."""
        return self._closed_with_the_video(self._read(None, of))

    def _closed_with_the_video(self, reader: Generator[T]) -> Generator[T]:
        self._readers.enter_context(contextlib.closing(reader))
        return reader

    def _read(self, within: tuple[int, int] | None, of: Stretch) -> Generator[tuple[Frame, Planes | None]]:
        self.damage = ""
        with open_input(self.path) as container:
            # Sorting the index of an hour's mp4 on opening it leaves 12 MB of holes.
            give_back()
            stream = picture_stream(container, self.info.name)
            # Frame threads too: 0.6 ms for 640x360 on two cores instead of 0.9, and a delay is no matter in a file.
            stream.thread_type = "AUTO"
            pictures = _Pictures(self.info.geometry, within)
            index = -1
            for time_s, decoded in self._shown(container, stream, of):
                try:
                    image = pictures.rgb(decoded)
                except av.error.FFmpegError:
                    self._lose()
                    continue
                index += 1
                yield Frame(index, time_s, image), pictures.planes(decoded)
            if index < 0 and of.frames == 0:
                raise no_pictures(self.info.name, self.range)

    def _shown(
        self, container: av.container.InputContainer, stream: VideoStream, of: Stretch
    ) -> Iterator[tuple[float, VideoFrame]]:
        """The frames of a piece with their times."""
        clock = Clock(start_s=_start_s(container, stream), step_s=1 / frame_rate(stream))
        if of.seek is not None:
            _go_to(container, stream, of.seek)
        for decoded in deinterlaced(self._decode(container, stream)):
            time_s = clock.time_s(_stamp_s(stream, decoded)) - self.range.from_s
            if time_s >= min(of.end_s, self.range.lasts_s):
                break
            if time_s >= of.begin_s:
                yield time_s, decoded

    def _lose(self) -> None:
        self.damage = f"'{self.info.name}' is damaged: some of its pictures could not be decoded and are left out."

    def _decode(self, container: av.container.InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
        sound = sound_stream(container)
        end_s = 0.0
        for packet in packets_of(container, stream, *([sound] if sound else []), on_loss=self._lose):
            # A packet that cannot be decoded is skipped.
            try:
                decoded = packet.decode() if packet.stream is stream else []
            except av.error.FFmpegError:
                self._lose()
                continue
            yield from decoded
            # How mp4 tells that the file ends within a packet; the decoder's own error gets lost between its threads.
            if packet.is_corrupt:
                self._lose()
            end_s = max(end_s, _end_s(packet))
        self.damage = _cut_off(self.info, self.range, container, end_s) or self.damage


@contextlib.contextmanager
def open_video(path: str | Path, range_: Range = ALL) -> Iterator[Video]:
    """``path``, or a range of it, as a :class:`Video`, whose file is let go with the block. Raises UnreadableVideo."""
    path = Path(path)
    info = probe(path, range_)
    with contextlib.ExitStack() as readers:
        yield Video(path, info, range_, readers)


class _Pictures:
    """Decoded frames to images, all of the file's first one's size whatever the stream does later."""

    def __init__(self, geometry: Geometry, within: tuple[int, int] | None) -> None:
        self._geometry = geometry.within(*within) if within else geometry
        # One for all frames: VideoFrame's own reformat sets up a new scaler each time.
        self._reformatter = VideoReformatter()

    def rgb(self, frame: VideoFrame) -> Image:
        converted = self._reformatter.reformat(
            frame,
            width=self._geometry.scaled_width,
            height=self._geometry.scaled_height,
            format="rgb24",
            src_colorspace=_matrix(frame),
            threads=1,  # more only add the cost of waking them: 0.16 ms for 640x360 with one, 0.5 with two
        )
        # A view of FFmpeg's memory where its rows lie close together, which they do at most sizes.
        image = np.ascontiguousarray(converted.to_ndarray(), dtype=np.uint8)
        if (tone := tone_of(frame)) is not None:
            image = tone.shown(image)
        return self._geometry.turn.upright(image)

    def planes(self, frame: VideoFrame) -> Planes | None:
        """The frame's own YUV, if the image of it is neither scaled nor turned nor shown in other colours."""
        as_stored = Geometry(frame.width, frame.height, AS_STORED)
        return Planes.of(frame) if self._geometry == as_stored and tone_of(frame) is None else None


def _matrix(frame: VideoFrame) -> Colorspace | None:
    """By which matrix to make RGB of a frame; None by the one it names, or by none where it is RGB already."""
    if frame.format.is_rgb or frame.colorspace in SCALABLE:
        return None
    return Colorspace.ITU709 if frame.height >= HD_HEIGHT else Colorspace.ITU601


def _go_to(container: av.container.InputContainer, stream: VideoStream, stamp: int) -> None:
    """Begins reading with the keyframe of this stamp or an earlier one; with the first if the file's index lies."""
    try:
        container.seek(stamp, stream=stream)
        first = next(iter(container.demux(stream)))
        landed = first.is_keyframe and first.pts is not None and first.pts <= stamp
    except (av.error.FFmpegError, StopIteration):
        landed = False
    container.seek(stamp if landed else 0, stream=stream if landed else None)


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


def _cut_off(info: VideoInfo, range_: Range, container: av.container.InputContainer, end_s: float) -> str:
    # Other containers report what is missing, or have no length in their header to compare with. Subtitles may be
    # longer than the rest, and are not read.
    tells = "matroska" in container.format.name and all(s.type in ("video", "audio") for s in container.streams)
    announced_s = range_.from_s + info.duration_s
    if tells and announced_s - end_s > MISSING_S:
        return f"'{info.name}' is cut off or damaged: it ends after {end_s:.1f} of {announced_s:.1f} seconds."
    return ""
