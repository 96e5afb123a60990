"""A camera's pictures to RGB and back, as often as they come, with as little converting as can be.

Converting a whole picture of 640x480 to what the encoder takes costs 1.1 ms, half of what encoding it costs; most of it
comes back as it was. So the answer is the camera's own YUV, with only what was drawn over converted.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, VideoReformatter

from emotion.media.planes import FFMPEG, UNNAMED, Matrix, Part, Planes, Surface, matrix_of
from emotion.pixels import even
from emotion.types import Image

# In YUV of limited range (ITU-R BT.601).
BLACK = (16, 128, 128)


class CameraPictures:
    """Converts the pictures of one camera, there and back. It belongs to one thread."""

    def __init__(self) -> None:
        # One for all frames: VideoFrame's own reformat sets up a new scaler each time.
        self._reformatter = VideoReformatter()

    def rgb(self, frame: VideoFrame) -> Image:
        """The frame as an image that nobody else holds: it may be drawn over."""
        converted = self._reformatter.reformat(frame, format="rgb24", src_colorspace=_source(frame), threads=1)
        image = converted.to_ndarray()
        # A frame that is RGB already comes back as it is, not copied.
        return np.array(image) if converted is frame else np.require(image, np.uint8, ["C", "W"])

    def answer(self, frame: VideoFrame, image: Image, areas: Sequence[Part]) -> VideoFrame:
        """The frame to send back for ``frame``: it, with these parts of ``image`` in place of its own.

        Parts have even corners and sides, but at the picture's right and lower edge. Where the frame is not stored as
        the encoder wants it, all of ``image`` is converted, its sides made even.
        """
        planes = Planes.of(frame)
        # A new one each time, never the camera's: an encoder may be reading the last still, and marks it a keyframe.
        answer = VideoFrame(frame.width + frame.width % 2, frame.height + frame.height % 2, "yuv420p")
        if planes is None:
            Surface.of(answer, Matrix.BT601).draw(even(image))
        else:
            surface = Surface.of(answer, _matrix(frame) or Matrix.BT601)
            surface.paste(planes)
            surface.draw_parts(image, areas)
        answer.pts = frame.pts
        if frame.time_base is not None:
            answer.time_base = frame.time_base
        return answer


def black(width: int, height: int) -> VideoFrame:
    """A black picture as the encoder wants it; sides are made even."""
    frame = VideoFrame(width + width % 2, height + height % 2, "yuv420p")
    for plane, value in zip(frame.planes, BLACK, strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    return frame


def blackened(frame: VideoFrame) -> VideoFrame:
    """A black picture in the place of ``frame``: of its size and time, with nothing of what it shows."""
    answer = black(frame.width, frame.height)
    answer.pts = frame.pts
    if frame.time_base is not None:
        answer.time_base = frame.time_base
    return answer


def _matrix(frame: VideoFrame) -> Matrix | None:
    """How the frame's YUV is meant. Browsers make BT.601 of any size where they do not say, other than files."""
    return Matrix.BT601 if frame.colorspace == UNNAMED else matrix_of(frame)


def _source(frame: VideoFrame) -> Colorspace | None:
    """By which matrix to make RGB of a frame; None where it is RGB already or names a rarer one."""
    matrix = None if frame.format.is_rgb else _matrix(frame)
    return FFMPEG[matrix] if matrix else None
