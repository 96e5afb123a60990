"""Clips and pictures that tests make for themselves: small, known to the pixel, with a real face where one is needed.

The face is scikit-image's astronaut (Eileen Collins, NASA, public domain), which lies inside that package's wheel.
"""

from __future__ import annotations

import functools
import math
import random
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.container
import cv2
import numpy as np
import numpy.typing as npt
import skimage.data

from emotion.types import Box, Image, Point

TIME_BASE = Fraction(1, 90_000)
SOUND_RATE = 48_000
SOUND_ENCODERS = {
    "aac": "aac",
    "pcm": "pcm_s16le",
    "opus": "libopus",
    "mp3": "libmp3lame",
    "flac": "flac",
    "ac3": "ac3",
}
VIDEO_OPTIONS = {
    "libx264": {"preset": "ultrafast", "crf": "18"},
    "libvpx": {"crf": "10", "b": "2M", "cpu-used": "8", "deadline": "realtime"},
    "libvpx-vp9": {"crf": "20", "b": "2M", "cpu-used": "8", "deadline": "realtime"},
    "mpeg4": {"b": "4M"},
}

# Where the face is in the astronaut picture: what OpenCV's frontal-face cascade reports, rounded.
ASTRONAUT_FACE = Box(177, 66, 95, 95)
# Head and shoulders: what is cut out and moved about.
ASTRONAUT_CUT = (100, 10, 350, 260)
BACKGROUND = (96, 112, 128)


def even_times(count: int, *, rate: float = 25.0, start_s: float = 0.0) -> list[float]:
    """``count`` times, one every ``1 / rate`` seconds."""
    return [start_s + index / rate for index in range(count)]


def numbered_image(number: int, size: tuple[int, int] = (160, 120)) -> Image:
    """A coloured gradient with ``number`` (below 256) written as eight black or white bars along the top third.

    :func:`number_in` reads it back, through any codec; so a test can tell which frame it got.
    """
    width, height = size
    image = np.empty((height, width, 3), np.uint8)
    image[..., 0] = np.linspace(40, 200, width, dtype=np.uint8)
    image[..., 1] = np.linspace(60, 180, height, dtype=np.uint8)[:, None]
    image[..., 2] = 90
    for bit in range(8):
        left, right = bit * width // 8, (bit + 1) * width // 8
        image[: height // 3, left:right] = 235 if number >> bit & 1 else 20
    return image


def number_in(image: Image) -> int:
    """The number that :func:`numbered_image` wrote, read from the middle of each bar."""
    height, width = image.shape[:2]
    bars = [image[height // 6, (2 * bit + 1) * width // 16].mean() > 127 for bit in range(8)]
    return sum(1 << bit for bit, white in enumerate(bars) if white)


@dataclass(frozen=True, slots=True)
class FaceFrames:
    """Pictures with one real face in each, and where it is."""

    images: tuple[Image, ...]
    boxes: tuple[Box, ...]


def astronaut_frames(
    count: int,
    *,
    size: tuple[int, int] = (320, 240),
    face_px: int = 80,
    path: Callable[[int], Point] | None = None,
) -> FaceFrames:
    """``count`` pictures of the astronaut's head, moved along ``path`` over a plain background.

    ``face_px`` is the width of the face's box, about what a detector reports. ``path`` maps the index of a picture
    to the centre of the face; by default it swings left and right around the middle, once in 48 pictures.
    """
    width, height = size
    swing = max(0.0, width / 2 - face_px) * 0.6
    path = path or (lambda index: (width / 2 + swing * math.sin(index * math.tau / 48), height * 0.48))
    placed = [_with_face(size, face_px, path(index)) for index in range(count)]
    return FaceFrames(tuple(image for image, _ in placed), tuple(box for _, box in placed))


def changing_faces(
    count: int, *, size: tuple[int, int], face_px: int, path: Callable[[int], Point] | None = None
) -> list[Image]:
    """The moving astronaut with a skin-coloured veil that comes and goes over the mouth, so that the scores change."""
    frames = astronaut_frames(count, size=size, face_px=face_px, path=path)
    veils = [0.5 - 0.5 * math.cos(index * math.tau / count) for index in range(count)]
    return [_veiled(image, box, veil) for image, box, veil in zip(frames.images, frames.boxes, veils, strict=True)]


def _veiled(image: Image, face: Box, share: float) -> Image:
    rows = slice(int(face.y + face.height * 0.68), int(face.y + face.height * 0.95))
    columns = slice(int(face.x + face.width * 0.2), int(face.x + face.width * 0.8))
    veiled = image.copy()
    veiled[rows, columns] = (image[rows, columns] * (1 - share) + np.array([190, 150, 130]) * share).astype(np.uint8)
    return veiled


def _with_face(size: tuple[int, int], face_px: int, center: Point) -> tuple[Image, Box]:
    width, height = size
    head, face = _head(face_px)
    left, top = round(center[0] - face.center[0]), round(center[1] - face.center[1])
    image: Image = np.empty((height, width, 3), np.uint8)
    image[:] = BACKGROUND
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + head.shape[1], width), min(top + head.shape[0], height)
    if x0 < x1 and y0 < y1:
        image[y0:y1, x0:x1] = head[y0 - top : y1 - top, x0 - left : x1 - left]
    return image, Box(face.x + left, face.y + top, face.width, face.height)


@functools.lru_cache(maxsize=8)
def _head(face_px: int) -> tuple[Image, Box]:
    """The cut-out scaled so that the face is ``face_px`` wide, and the face's box in it."""
    x0, y0, x1, y1 = ASTRONAUT_CUT
    scale = face_px / ASTRONAUT_FACE.width
    cut = skimage.data.astronaut()[y0:y1, x0:x1]
    side = (round((x1 - x0) * scale), round((y1 - y0) * scale))
    head = np.asarray(cv2.resize(cut, side, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR), np.uint8)
    face = Box((ASTRONAUT_FACE.x - x0) * scale, (ASTRONAUT_FACE.y - y0) * scale, face_px, face_px)
    return head, face


def make_face_clip(
    path: Path,
    *,
    count: int = 24,
    rate: float = 12.0,
    size: tuple[int, int] = (320, 240),
    face_px: int = 80,
    **options: Any,
) -> FaceFrames:
    """A clip of the moving astronaut with a beep; ``options`` go to :func:`make_clip`. Returns what was drawn."""
    frames = astronaut_frames(count, size=size, face_px=face_px)
    make_clip(path, times_s=even_times(count, rate=rate), size=size, images=frames.images, **options)
    return frames


@functools.lru_cache(maxsize=4)
def face_clip_bytes(count: int) -> bytes:
    """A file of the moving astronaut, made once per test run: long ones take seconds to make."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        make_face_clip(path, count=count)
        return path.read_bytes()


def make_clip(
    path: Path,
    *,
    times_s: Sequence[float],
    size: tuple[int, int] = (160, 120),
    images: Sequence[Image] | Callable[[int], Image] | None = None,
    sound: str | None = "aac",
    sound_start_s: float = 0.0,
    sound_s: float | None = None,
    channels: int = 1,
    codec: str = "libx264",
    codec_options: dict[str, str] | None = None,
    pix_fmt: str | None = None,
    rotation: int = 0,
    hflip: bool = False,
    pixel_aspect: Fraction | None = None,
    muxer_options: dict[str, str] | None = None,
) -> Path:
    """Write a clip and return its path; the ending of ``path`` chooses the container.

    ``images`` default to :func:`numbered_image`. ``sound`` is one of ``SOUND_ENCODERS`` or none: two beeps a second
    for ``sound_s`` seconds (default: as long as the pictures). ``times_s`` empty makes a clip of sound only. Odd sizes
    need a ``pix_fmt`` that has them, yuv444p: it is chosen for them. ``rotation`` is how far a player turns the picture
    clockwise, in degrees, as phones write it. In ``.avi`` the times must be even, as the container has no others.
    """
    picture_of = _as_function(images, size)
    with av.open(str(path), "w", container_options=muxer_options or {}) as output:
        streams = []
        if times_s:
            odd = size[0] % 2 or size[1] % 2
            video: Any = output.add_stream(
                codec, rate=_rate(times_s), options=codec_options or VIDEO_OPTIONS.get(codec, {})
            )
            video.width, video.height = size
            video.pix_fmt = pix_fmt or ("yuv444p" if odd else "yuv420p")
            # AVI, MPEG-2 and MPEG-4 part 2 count frames; everything else gets a clock fine enough for any times.
            counts = path.suffix == ".avi" or codec in ("mpeg4", "mpeg2video")
            video.time_base = 1 / _rate(times_s) if counts else TIME_BASE
            video.codec_context.time_base = video.time_base
            if pixel_aspect:
                video.codec_context.sample_aspect_ratio = pixel_aspect
            if rotation or hflip:
                video.set_display_rotation(-rotation, hflip=hflip)
            streams.append(_pictures(video, times_s, picture_of))
        if sound:
            length_s = sound_s if sound_s is not None else (times_s[-1] + 1 / float(_rate(times_s)) if times_s else 1.0)
            audio: Any = output.add_stream(SOUND_ENCODERS[sound], rate=SOUND_RATE)
            audio.layout = "mono" if channels == 1 else "stereo" if channels == 2 else "5.1"
            streams.append(_beeps(audio, sound_start_s, length_s, channels))
        output.start_encoding()
        for packets in streams:
            output.mux(list(packets))
    return path


def make_y4m(path: Path, images: Iterable[Image], *, rate: int = 15) -> Path:
    """Raw pictures as Chromium's fake camera takes them (``--use-file-for-fake-video-capture``). Even sizes only."""
    with path.open("wb") as file:
        for index, image in enumerate(images):
            height, width = image.shape[:2]
            if index == 0:
                file.write(f"YUV4MPEG2 W{width} H{height} F{rate}:1 Ip A1:1 C420jpeg\n".encode())
            file.write(b"FRAME\n" + cv2.cvtColor(image, cv2.COLOR_RGB2YUV_I420).tobytes())
    return path


def _as_function(
    images: Sequence[Image] | Callable[[int], Image] | None, size: tuple[int, int]
) -> Callable[[int], Image]:
    if images is None:
        return lambda index: numbered_image(index % 256, size)
    return images if callable(images) else images.__getitem__


def _rate(times_s: Sequence[float]) -> Fraction:
    if len(times_s) < 2:
        return Fraction(25)
    return Fraction((len(times_s) - 1) / (times_s[-1] - times_s[0])).limit_denominator(1001)


def _pictures(stream: Any, times_s: Sequence[float], picture_of: Callable[[int], Image]) -> Iterator[av.Packet[Any]]:
    for index, time_s in enumerate(times_s):
        frame = av.VideoFrame.from_ndarray(picture_of(index), format="rgb24")
        frame.time_base = stream.codec_context.time_base
        frame.pts = round(time_s / float(frame.time_base))
        yield from stream.encode(frame)
    yield from stream.encode(None)


def _beeps(stream: Any, start_s: float, length_s: float, channels: int) -> Iterator[av.Packet[Any]]:
    tone = _tone(length_s)
    for start in range(0, len(tone), 960):
        part = tone[start : start + 960]
        frame = av.AudioFrame.from_ndarray(np.repeat(part, channels)[None], format="s16", layout=stream.layout.name)
        frame.sample_rate = SOUND_RATE
        frame.time_base = Fraction(1, SOUND_RATE)
        frame.pts = round(start_s * SOUND_RATE) + start
        yield from stream.encode(frame)
    yield from stream.encode(None)


def _tone(length_s: float) -> npt.NDArray[np.int16]:
    """440 Hz, on for a fifth of every half second."""
    time_s = np.arange(round(length_s * SOUND_RATE)) / SOUND_RATE
    wave = 0.3 * np.sin(math.tau * 440 * time_s) * (time_s % 0.5 < 0.1)
    return (wave * 32_767).astype(np.int16)


def cut_short(path: Path, share: float) -> Path:
    """A copy that holds only the first ``share`` of the file, as after a broken download."""
    data = path.read_bytes()
    copy = path.with_name(f"cut-{path.name}")
    copy.write_bytes(data[: round(len(data) * share)])
    return copy


def garbled(path: Path, start: float, stop: float) -> Path:
    """A copy with random bytes between the two shares of the file, as on a failing disk."""
    data = bytearray(path.read_bytes())
    first, last = round(len(data) * start), round(len(data) * stop)
    data[first:last] = random.Random(1).randbytes(last - first)
    copy = path.with_name(f"garbled-{path.name}")
    copy.write_bytes(data)
    return copy


def first_beep_s(path: Path) -> float:
    """When the sound of a file is first loud, on the clock of its container."""
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            planes = frame.to_ndarray()
            samples = planes if frame.format.is_planar else planes.reshape(-1, frame.layout.nb_channels).T
            scale = 32_768 if samples.dtype == np.int16 else 1.0
            loud = np.flatnonzero(np.abs(samples[0].astype(np.float64)) > 0.1 * scale)
            if len(loud):
                return float(frame.time + loud[0] / frame.sample_rate)
    raise AssertionError("no beep")
