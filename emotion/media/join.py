"""Pictures and sound into one mp4, without encoding the pictures anew."""

from __future__ import annotations

import contextlib
import itertools
import math
from collections.abc import Callable, Generator, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import av.error
from av.packet import Packet
from av.video.stream import VideoStream

from emotion.errors import OutputError
from emotion.files import output_error
from emotion.heap import give_back
from emotion.media.sound import NONSENSE, Soundtrack
from emotion.media.stretch import ALL, Range

# Ticks per second: all common frame rates divide it, and it keeps any time to 6 microseconds.
TICKS: Final = 90_000
MUXER_OPTIONS: Final = {
    # The index in front, so that a browser plays before it has everything.
    "movflags": "+faststart",
    # The default, milliseconds, would round where pictures and sound begin.
    "movie_timescale": str(TICKS),
}
PICTURES_FORMAT: Final = "nut"
PICTURES_SUFFIX: Final = ".nut"
"""In which pictures wait for their sound: FFmpeg's own container, which keeps any time exactly and needs no index.

For each packet of an mp4, FFmpeg keeps 64 bytes until its end while writing, and about 50 while reading: for an hour of
sound, 170,000 packets, as much as all else that an analysis remembers. So sound is not touched before the encoders are
done.
"""


def join(
    pictures: Sequence[Path],
    sound: Path | None,
    target: Path,
    *,
    lasts: int,
    within: Range = ALL,
    on_packet: Callable[[], object] = lambda: None,
) -> None:
    """Writes ``target`` from the one stream of each of ``pictures``, in turn, and the sound of ``sound``, if any.

    Times stay as they are. Sound is taken from the range ``within``, copied where browsers play it in mp4, else encoded
    as AAC. ``lasts`` is how many ticks the last picture is shown. Raises OutputError.
    """
    with refusals(target):
        try:
            _write(pictures, sound, target, lasts, within, on_packet)
        except NONSENSE:
            if sound is None:
                raise
            # A header of sound that the muxer does not accept: better without than not at all.
            _write(pictures, None, target, lasts, within, on_packet)


def _write(
    pictures: Sequence[Path],
    sound: Path | None,
    target: Path,
    lasts: int,
    within: Range,
    on_packet: Callable[[], object],
) -> None:
    packets = _packets(pictures)
    with contextlib.closing(packets), contextlib.ExitStack() as open_files:
        container = av.open(str(target.absolute()), "w", format="mp4", container_options=MUXER_OPTIONS)
        output = open_files.enter_context(container)
        first = next(packets)
        copy = output.add_stream_from_template(first.stream)
        copy.time_base = Fraction(1, TICKS)
        soundtrack = open_files.enter_context(contextlib.closing(Soundtrack(sound, output, within))) if sound else None
        # Sorting the index of an hour's mp4 on opening it leaves 12 MB of holes.
        give_back()
        for packet in itertools.chain([first], packets):
            time_s = float((packet.pts or 0) * packet.time_base)
            packet.stream, packet.duration = copy, lasts
            output.mux(packet)
            if soundtrack is not None:
                soundtrack.write_until(time_s)
            on_packet()
        if soundtrack is not None:
            soundtrack.write_until(math.inf)


def ticks_of_a_frame(frame_rate: float) -> int:
    """How many ticks a frame lasts at this rate; one at least."""
    return max(1, round(TICKS / frame_rate))


def _packets(pictures: Sequence[Path]) -> Generator[Packet[VideoStream]]:
    header: bytes | None = None
    for path in pictures:
        with av.open(str(path.absolute()), format=PICTURES_FORMAT) as source:
            stream = source.streams.video[0]
            if header is not None and stream.codec_context.extradata != header:
                raise OutputError("The parts of a video were made by different versions. Start the analysis again.")
            header = stream.codec_context.extradata
            yield from (packet for packet in source.demux(stream) if packet.pts is not None)


@contextlib.contextmanager
def refusals(path: Path) -> Iterator[None]:
    """What the system or FFmpeg refuse while ``path`` is written, as OutputError."""
    try:
        yield
    except (OSError, av.error.FFmpegError) as error:
        refusal = OSError(error.errno or 0, error.strerror or str(error))
        raise output_error(refusal, path.parent) from error
