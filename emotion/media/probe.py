"""What a video file is, in one value."""

from __future__ import annotations

import contextlib
import itertools
from dataclasses import dataclass
from pathlib import Path

import av.container
import av.error
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from emotion.media.geometry import Geometry
from emotion.media.planes import Matrix, matrix_of
from emotion.media.source import (
    MAX_SIDE_PX,
    no_pictures,
    open_input,
    packets_of,
    picture_stream,
    sound_stream,
    too_large,
)
from emotion.media.stretch import ALL, Range

# For files that do not say, or say nonsense: some cameras write the ticks of their clock as a frame rate.
USUAL_RATE = 25.0
MIN_RATE, MAX_RATE = 1 / 3600, 1000.0
# A recording of television may begin ten seconds before its first whole picture. Beyond this a file is not searched:
# people wait for an answer.
MOST_PACKETS = 3000


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """A recorded video, as a player shows it."""

    name: str
    """The file's name, without its folder."""
    width: int
    height: int
    """Upright, with square pixels: the size of every image that :class:`~emotion.media.read.Video` gives."""
    duration_s: float
    """0 where the file does not say, as in recordings that a browser made."""
    frames: int
    """The container's count, or else an estimate; 0 if unknown. Good for a progress bar, not for arithmetic."""
    frame_rate: float
    """The average, never 0. For people and encoders; times of frames are never made from it."""
    codec: str
    rotation_deg: int
    """How far the pictures were turned clockwise to be upright: 0, 90, 180 or 270."""
    has_sound: bool
    matrix: Matrix
    """How its YUV is meant, and so how a video made from it is best written."""
    geometry: Geometry
    """How its first picture is shown, and so all others."""


def probe(path: Path, within: Range = ALL) -> VideoInfo:
    """What ``path`` or a range of it is. Decodes its first picture, to be sure of one. Raises UnreadableVideo."""
    with open_input(path) as container:
        stream = picture_stream(container, path.name)
        first = _first_frame(container, stream, path.name)
        geometry = Geometry.of(first, stream.sample_aspect_ratio)
        if max(geometry.width, geometry.height) > MAX_SIDE_PX:
            too_large(path.name, geometry.width, geometry.height)
        whole_s, rate = _duration_s(container, stream), frame_rate(stream)
        duration_s = max(min(whole_s, within.to_s) - within.from_s, 0.0)
        return VideoInfo(
            name=path.name,
            width=geometry.width,
            height=geometry.height,
            duration_s=duration_s,
            frames=(stream.frames if within == ALL else 0) or round(duration_s * rate),
            frame_rate=rate,
            codec=stream.codec.canonical_name,
            rotation_deg=geometry.turn.degrees,
            has_sound=sound_stream(container) is not None,
            matrix=matrix_of(first) or Matrix.BT709,
            geometry=geometry,
        )


def frame_rate(stream: VideoStream) -> float:
    """Frames per second on average, always a sane number above 0."""
    rate = float(stream.average_rate or stream.guessed_rate or 0)
    return rate if MIN_RATE <= rate <= MAX_RATE else USUAL_RATE


def _duration_s(container: av.container.InputContainer, stream: VideoStream) -> float:
    if container.duration is not None and container.duration > 0:
        return container.duration / av.time_base
    if stream.duration is not None and stream.duration > 0 and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return 0.0


def _first_frame(container: av.container.InputContainer, stream: VideoStream, name: str) -> VideoFrame:
    """The first picture that decodes. Leading damaged packets are skipped, as a player does."""
    for packet in itertools.islice(packets_of(container, stream), MOST_PACKETS):
        with contextlib.suppress(av.error.FFmpegError):
            if frames := packet.decode():
                return frames[0]
    raise no_pictures(name)
