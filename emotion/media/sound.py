"""The sound of one file on its way into another, in step with the pictures that are written beside it."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av.container
import av.error
from av.audio.stream import AudioStream
from av.packet import Packet
from av.stream import Discard

from emotion.errors import UnreadableVideo
from emotion.media.source import open_input, packets_of, picture_stream, sound_stream, start_s
from emotion.media.stretch import ALL, Range

# What browsers play inside mp4; anything else (PCM, AC-3, Vorbis, AMR, ...) is encoded anew.
COPIED = frozenset({"aac", "mp3", "opus", "flac"})
# Opus and FLAC in mp4 cannot do without the header that the source keeps apart.
NEEDS_HEADER = frozenset({"opus", "flac"})
# FFmpeg's mp4 muxer refuses slower MP3 (MPEG-2.5).
SLOWEST_MP3 = 16_000

# What the muxer says to sound that makes no sense; a full disk says something else.
NONSENSE = (av.error.InvalidDataError, av.error.ArgumentError)

# Decoders of sound need a few packets before theirs is right again after a jump.
WARM_UP_S = 1

AAC_RATES = frozenset({96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000})
AAC_BITS_PER_CHANNEL = 80_000


class Soundtrack:
    """The sound of ``path``, or of a range of it, as packets for ``output``.

    It adds a stream to ``output``, so make it before the header is written; and close it. Only as much is read as the
    pictures need, so memory stays flat however long the video is. Sound that turns out to be broken ends there, and the
    pictures go on without.
    """

    def __init__(self, path: Path, output: av.container.OutputContainer, within: Range = ALL) -> None:
        self._output = output
        self._packets = _packets(path, output, within)
        # The stream has to exist before the file's header is written, so the first packet is made at once.
        self._next = next(self._packets, None)

    def write_until(self, time_s: float) -> None:
        """Write what is heard before ``time_s``. Raises what PyAV raises when the output cannot be written."""
        while self._next is not None and _time_s(self._next) < time_s:
            try:
                self._output.mux(self._next)
            except NONSENSE:
                # What is copied may be broken in ways that only the muxer sees.
                self._next = None
                return
            self._next = next(self._packets, None)

    def close(self) -> None:
        """Let go of the source."""
        self._packets.close()


def _packets(path: Path, output: av.container.OutputContainer, within: Range) -> Generator[Packet[Any]]:
    """The packets for ``output``, in order, their times counted from where the range begins on a player's clock.

    The stream is added to ``output`` when the first packet is asked for; none comes and none is added without sound.
    """
    try:
        container = open_input(path)
    except UnreadableVideo:
        return
    with container:
        source = sound_stream(container)
        if source is None or source.time_base is None:
            return
        _read_only(source, container)
        offset = round((Fraction(_zero_s(container)) + Fraction(within.from_s)) / source.time_base)
        if within.from_s > WARM_UP_S:
            _seek(container, source, offset - round(WARM_UP_S / source.time_base))
        make = _copied if _can_be_copied(source) else _encoded
        last_dts: int | None = None
        for packet in make(container, source, output, offset):
            if within.from_s and _time_s(packet) < 0:
                continue
            if _time_s(packet) >= within.lasts_s:
                return
            # The muxer takes time only forwards, and a refusal could not be told from a full disk.
            if packet.dts is not None and (last_dts is None or packet.dts > last_dts):
                last_dts = packet.dts
                yield packet


def _seek(container: av.container.InputContainer, source: AudioStream, stamp: int) -> None:
    # Without an index FFmpeg may refuse; then everything before is read too.
    with contextlib.suppress(av.error.FFmpegError):
        container.seek(stamp, stream=source)


def _zero_s(container: av.container.InputContainer) -> float:
    try:
        return start_s(container, picture_stream(container, "")) or 0.0
    except UnreadableVideo:
        return 0.0


def _read_only(stream: AudioStream, container: av.container.InputContainer) -> None:
    for other in container.streams:
        if other is not stream:
            other.discard = Discard.all


def _can_be_copied(stream: AudioStream) -> bool:
    codec = stream.codec.canonical_name
    if codec in NEEDS_HEADER and not stream.codec_context.extradata:
        return False
    return codec in COPIED and (codec != "mp3" or stream.rate >= SLOWEST_MP3)


def _copied(
    container: av.container.InputContainer, source: AudioStream, output: av.container.OutputContainer, offset: int
) -> Generator[Packet[Any]]:
    target = output.add_stream_from_template(source)
    for packet in packets_of(container, source):
        if packet.pts is None or packet.dts is None:
            continue
        packet.stream = target
        packet.pts -= offset
        packet.dts -= offset
        yield packet


def _encoded(
    container: av.container.InputContainer, source: AudioStream, output: av.container.OutputContainer, offset: int
) -> Generator[Packet[Any]]:
    channels = min(source.channels, 2)
    rate = source.rate if source.rate in AAC_RATES else 48_000
    target: AudioStream = output.add_stream("aac", rate=rate, bit_rate=AAC_BITS_PER_CHANNEL * channels)
    target.layout = "mono" if channels == 1 else "stereo"
    decoded = container.decode(source)
    ended = False
    while not ended:
        # PyAV raises ValueError where the source changes its rate or channels midway, IndexError where another stream
        # begins that the file did not announce.
        try:
            frame = next(decoded, None)
            if frame is not None and frame.pts is not None:
                frame.pts -= offset
            packets = target.encode(frame)
            ended = frame is None
        except (av.error.FFmpegError, ValueError, IndexError):
            return
        yield from packets


def _time_s(packet: Packet[Any]) -> float:
    return (packet.dts or 0) * packet.time_base.numerator / packet.time_base.denominator
