"""Cameras of this server: by RTSP or HTTP, or a device of the machine."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from typing import Any, cast

import av
import av.container
import av.error
import numpy as np
from av.video.frame import VideoFrame

from emotion.errors import InputError
from emotion.media.geometry import Geometry
from emotion.types import Image

# A camera that sends nothing for so long is away.
ANSWER_S = 5.0
# What an address of ours may lead to; no playlist makes FFmpeg open a file of this machine.
PROTOCOLS = "rtsp,rtp,udp,tcp,tls,http,https,httpproxy,crypto"
# How FFmpeg reads devices. Windows' own way (dshow) knows cameras by their names only, which no address of ours holds.
DEVICES = {"linux": "v4l2", "darwin": "avfoundation"}


def pictures_of(address: str, *, within: tuple[int, int], stop: threading.Event) -> Iterator[Image]:
    """The pictures that a camera sends, scaled down to fit ``within`` (width, height), until ``stop`` or its end.

    Raises InputError where it cannot be opened or breaks off; the message does not hold the address, which may hold a
    password.
    """
    try:
        with _open(address) as container:
            for frame in container.decode(video=0):
                if stop.is_set():
                    return
                yield _image(frame, within)
    except (OSError, av.error.FFmpegError, IndexError, ValueError):
        # `from None`: FFmpeg's own message repeats the address.
        raise InputError("The camera does not answer. Check its cable, its power and EMOTION_CAMERAS.") from None


def device_of(address: str, platform: str) -> tuple[str, str]:
    """How FFmpeg reads a device of the machine, and what it is called there: Linux wants its path, macOS its number.

    Raises ValueError where devices cannot be read.
    """
    if platform not in DEVICES:
        raise ValueError("cameras of this kind of machine have no numbers")
    number = address.removeprefix("/dev/video")
    return DEVICES[platform], f"/dev/video{number}" if platform == "linux" else number


def _open(address: str) -> av.container.InputContainer:
    options: dict[str, str] = {"fflags": "nobuffer"}
    form: str | None = None
    if "://" not in address:
        form, address = device_of(address, sys.platform)
    else:
        options["protocol_whitelist"] = PROTOCOLS
        # Pictures in order or none: by UDP a lossy line makes grey blocks that look like anything.
        options |= {"rtsp_transport": "tcp"} if address.startswith("rtsp") else {}
    opened: Any = av.open(address, "r", format=form, options=options, timeout=(ANSWER_S, ANSWER_S))
    opened.streams.video[0].thread_type = "SLICE"  # frame threads would hold pictures back
    return cast("av.container.InputContainer", opened)


def _image(frame: VideoFrame, within: tuple[int, int]) -> Image:
    fitted = Geometry.of(frame, None).within(*within)
    scaled = frame.reformat(width=fitted.scaled_width, height=fitted.scaled_height, format="rgb24")
    return fitted.turn.upright(np.ascontiguousarray(scaled.to_ndarray(), dtype=np.uint8))
