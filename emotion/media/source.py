"""Opening a file that a person gave us, safely, and finding the streams in it. Shared by all who read here."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import av
import av.container
import av.error
from av.audio.stream import AudioStream
from av.packet import Packet
from av.stream import Disposition
from av.video.stream import VideoStream

from emotion.errors import UnreadableVideo
from emotion.media.stretch import ALL, Range

# Anything else that FFmpeg can read stays closed: playlists (HLS, DASH, concat) would make it open other files and
# addresses. Containers of sound alone are let in for the sake of a clear message.
FORMATS = (
    "mov,matroska,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,gif,ivf,mxf,dv,nut,wtv,rm,h264,hevc,m4v,mjpeg,yuv4mpegpipe"
    ",mp3,wav,flac,aac,aiff,amr,caf"
)
SAFELY = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}

# 8K UHD is 7680 x 4320; a picture of 8192 x 8192 takes 200 MB as RGB.
MAX_SIDE_PX = 8192

AnyStream = TypeVar("AnyStream", VideoStream, AudioStream)

NOT_PICTURES = Disposition.attached_pic | Disposition.timed_thumbnails


def open_input(path: Path) -> av.container.InputContainer:
    """The opened file; close it. Raises :class:`UnreadableVideo`."""
    _check_file(path)
    try:
        # An absolute path, because FFmpeg would take a name like "data:x.mp4" for an address.
        return av.open(str(path.absolute()), "r", container_options=SAFELY, metadata_errors="replace")
    except (OSError, av.error.FFmpegError) as error:
        raise UnreadableVideo(_reason(path)) from error


def picture_stream(container: av.container.InputContainer, name: str) -> VideoStream:
    """The stream that a player shows: no cover art, and the default one if there is. Raises UnreadableVideo."""
    pictures = [stream for stream in container.streams.video if not stream.disposition & NOT_PICTURES]
    if not pictures:
        raise UnreadableVideo(f"'{name}' has no pictures, only sound or other data. Choose a video with pictures.")
    stream = _default(pictures)
    # PyAV leaves out the codec context where it has no decoder, whatever its type stubs say.
    if getattr(stream, "codec_context", None) is None:
        raise UnreadableVideo(f"'{name}' uses a picture format that cannot be decoded. Convert it to mp4 (H.264).")
    _check_size(stream, name)
    # A picture's own header may claim another size than the file's; the decoder refuses before it asks for memory.
    stream.codec_context.options = {"max_pixels": str(MAX_SIDE_PX**2)}
    return stream


def sound_stream(container: av.container.InputContainer) -> AudioStream | None:
    """The sound that a player plays: one that can be used, and the default one if there is."""
    usable = [
        stream
        for stream in container.streams.audio
        if getattr(stream, "codec_context", None) is not None and stream.rate > 0 and stream.channels > 0
    ]
    return _default(usable) if usable else None


def _default(streams: Sequence[AnyStream]) -> AnyStream:
    """The one that the file's maker meant, else the first."""
    return next((stream for stream in streams if stream.disposition & Disposition.default), streams[0])


def packets_of(
    container: av.container.InputContainer,
    *streams: VideoStream | AudioStream,
    on_loss: Callable[[], object] = lambda: None,
) -> Generator[Packet[Any]]:
    """The packets of these streams, the last of each empty.

    Where the file cannot be read on, ``on_loss`` is called, and they end.
    """
    while True:
        try:
            yield from container.demux(*streams)
        except IndexError:
            # PyAV does not know streams that begin later than the file says; it goes on behind their first packet.
            continue
        except av.error.FFmpegError:
            on_loss()
        return


def start_s(container: av.container.InputContainer, pictures: VideoStream) -> float | None:
    """Where a player's clock starts, in the file's own time: the earliest picture or sound. None if no stream says.

    Sound before zero does not count: it is the few milliseconds by which Opus or AAC in WebM warm up their decoder.
    """
    picture = _begins_s(pictures)
    sound = sound_stream(container)
    heard = _begins_s(sound) if sound is not None else None
    if picture is None or heard is None:
        return picture
    return min(picture, heard) if heard >= 0 else min(picture, 0.0)


def no_pictures(name: str, within: Range = ALL) -> UnreadableVideo:
    """What to raise where a stream of pictures decodes to nothing, or has nothing in the range that was chosen."""
    if within != ALL:
        to = "its end" if math.isinf(within.to_s) else f"{within.to_s:g}"
        return UnreadableVideo(
            f"'{name}' has no pictures from {within.from_s:g} to {to} seconds. Choose another range."
        )
    return UnreadableVideo(f"No picture in '{name}' could be decoded; it is damaged. Copy or record it again.")


def _begins_s(stream: VideoStream | AudioStream) -> float | None:
    if stream.start_time is None or stream.time_base is None:
        return None
    return stream.start_time * stream.time_base.numerator / stream.time_base.denominator


def _check_file(path: Path) -> None:
    name = path.name or str(path)
    try:
        if path.is_dir():
            raise UnreadableVideo(f"'{name}' is a folder. Choose a video file in it.")
        if not path.exists():
            raise UnreadableVideo(f"'{name}' does not exist. Check the name and the folder.")
        if not path.is_file():
            raise UnreadableVideo(f"'{name}' is no regular file. Choose a video file.")
        with path.open("rb") as file:
            if not file.read(1):
                raise UnreadableVideo(f"'{name}' is empty. Copy or record it again.")
    except PermissionError as error:
        raise UnreadableVideo(f"'{name}' may not be read. Change its permissions and try again.") from error
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise UnreadableVideo(f"'{name}' cannot be read. Check the disk, or copy the file and try again.") from error


def _reason(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(12)
    # MP4 and MOV begin with a box called "ftyp", and keep their index at the end unless told otherwise.
    if head[4:8] == b"ftyp":
        return f"'{path.name}' is cut off or damaged: its index is missing. Copy or record it again."
    return f"'{path.name}' is no video that can be read. Choose an mp4, mov, mkv, webm or avi file."


def _check_size(stream: VideoStream, name: str) -> None:
    if max(stream.width, stream.height) > MAX_SIDE_PX:
        too_large(name, stream.width, stream.height)


def too_large(name: str, width: int, height: int) -> NoReturn:
    """Raises the :class:`UnreadableVideo` for pictures beyond ``MAX_SIDE_PX``."""
    raise UnreadableVideo(
        f"The pictures of '{name}' are {width} x {height} pixels; at most {MAX_SIDE_PX} a side can be read. "
        "Make it smaller."
    )
