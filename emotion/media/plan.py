"""How a recording can be read in pieces: what its packets say, without decoding one.

Reading may begin in the middle only where every frame then has the very time that it has when the file is read from its
start, and looks the same to the bit. Packets' stamps and keyframes tell; where they leave a doubt the recording is one
piece.
"""

from __future__ import annotations

import bisect
import math
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av.container
import numpy as np
import numpy.typing as npt
from av.packet import Packet
from av.stream import Discard
from av.video.stream import VideoStream

from emotion.media.clock import LONGEST_PAUSE_S
from emotion.media.probe import frame_rate
from emotion.media.source import no_pictures, open_input, packets_of, picture_stream, start_s
from emotion.media.stretch import Range, Stretch

# Containers whose stamps are the same wherever reading begins. AVI counts frames from where it is, MPEG-TS and raw
# streams look for the next start code, and FLV's index may be missing.
SEEKABLE = ("mov", "matroska")
# Where groups of pictures are open, some need the one before theirs. What lies a group further back, none does.
GROUPS_BACK = 2
PACKETS_PER_SIGN = 64

Floats = npt.NDArray[np.float64]
Begin = tuple[float, int | None]
"""When a piece begins, and Stretch.seek."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All pieces of a recording in the order of time, one at least."""

    stretches: tuple[Stretch, ...]
    frames: int
    """As many as there are packets of pictures."""
    duration_s: float
    """When the last frame ends, by its packet."""


def plan(path: Path, *, segment_s: float, within: Range, on_sign: Callable[[], object] = lambda: None) -> Plan:
    """The pieces into which ``path`` can be divided, each as long as one or more spans of ``segment_s`` seconds.

    Reads the whole file; ``on_sign`` is called now and then as a sign of life. Raises UnreadableVideo.
    """
    with open_input(path) as container:
        stream = picture_stream(container, path.name)
        packets = _Packets(stream)
        for number, packet in enumerate(_only(container, stream)):
            packets.add(packet)
            if number % PACKETS_PER_SIGN == 0:
                on_sign()
        shown_s = packets.times_s(start_s(container, stream))
        seekable = packets.regular and _rises(shown_s) and container.format.name.startswith(SEEKABLE)
    times_s = np.sort(shown_s - within.from_s)
    times_s = times_s[(times_s >= 0) & (times_s < within.lasts_s)]
    if not len(times_s):
        raise no_pictures(path.name, within)
    end_s = min(float(times_s[-1]) + packets.last_s, within.lasts_s)
    keys = packets.keyframes(shown_s - within.from_s)
    begins = list(_begins(times_s, keys, segment_s)) if seekable else [(0.0, None)]
    return Plan(tuple(_stretches(begins, times_s)), len(times_s), end_s)


class _Packets:
    """What the packets of pictures say, in the order of the file."""

    def __init__(self, stream: VideoStream) -> None:
        self._tick = stream.time_base
        self._stamps = array("q")
        self._keys = array("b")
        self._latest = -math.inf
        self.last_s = 1 / frame_rate(stream)
        """How long the latest frame lasts."""
        self.regular = True
        """Whether every frame has a stamp that is not to be doubted."""

    def add(self, packet: Packet[Any]) -> None:
        # What an edit list cuts off before the first frame is not shown; anywhere else it makes time jump.
        if packet.is_discard:
            self.regular = self.regular and not self._stamps
            return
        stamp = packet.pts
        self.regular = self.regular and stamp is not None and not packet.is_corrupt
        self._stamps.append(stamp or 0)
        self._keys.append(packet.is_keyframe)
        if stamp is not None and stamp > self._latest:
            self._latest = stamp
            if packet.duration and self._tick:
                self.last_s = float(packet.duration * self._tick)

    def times_s(self, zero_s: float | None) -> Floats:
        """When each is shown, by the same sum as Clock's: a frame at a border must fall on the same side for both."""
        if self._tick is None or zero_s is None:
            self.regular = False
            return np.arange(len(self._stamps), dtype=np.float64) * self.last_s
        ticks = np.frombuffer(self._stamps, np.int64)
        return np.asarray(ticks * self._tick.numerator / self._tick.denominator - zero_s, np.float64)

    def keyframes(self, times_s: Floats) -> list[tuple[float, int]]:
        """Time and stamp of each keyframe, in the order of time."""
        return sorted((float(times_s[place]), self._stamps[place]) for place, key in enumerate(self._keys) if key)


def _only(container: av.container.InputContainer, stream: VideoStream) -> Iterator[Packet[Any]]:
    for other in container.streams:
        if other is not stream:
            other.discard = Discard.all
    # The last of all is empty: it tells the decoder to give what it holds.
    return (packet for packet in packets_of(container, stream) if packet.size)


def _rises(times_s: Floats) -> bool:
    """Whether Clock takes every one of these times as it is."""
    ordered = np.sort(times_s)
    steps = np.diff(ordered)
    return bool(
        len(ordered) and 0 <= ordered[0] <= LONGEST_PAUSE_S and np.all((steps > 0) & (steps <= LONGEST_PAUSE_S))
    )


def _begins(times_s: Floats, keys: Sequence[tuple[float, int]], segment_s: float) -> Iterator[Begin]:
    """Where pieces begin: at a span, if decoding up to there from its keyframe costs no more than the piece before.

    So a film with a keyframe every few seconds is divided at every span, one with hardly any keyframes hardly, and at
    most half of all decoding is done for nothing.
    """
    last_s = 0.0
    yield 0.0, _seek(keys, 0.0)[1]
    for span in np.unique(np.floor(times_s / segment_s))[1:]:
        begin_s = float(span) * segment_s
        key_s, seek = _seek(keys, begin_s)
        if begin_s - key_s <= max(segment_s, begin_s - last_s):
            last_s = begin_s
            yield begin_s, seek


def _seek(keys: Sequence[tuple[float, int]], begin_s: float) -> tuple[float, int | None]:
    """When decoding begins for a piece that begins at ``begin_s``, and Stretch.seek."""
    place = bisect.bisect_right(keys, (begin_s, math.inf)) - GROUPS_BACK
    # The file's first keyframe is found without seeking, whatever comes before it.
    return keys[place] if place > 0 else (0.0, None)


def _stretches(begins: Sequence[Begin], times_s: Floats) -> Iterator[Stretch]:
    ends = [*(begin_s for begin_s, _ in begins[1:]), math.inf]
    for (begin_s, seek), end_s in zip(begins, ends, strict=True):
        first, last = np.searchsorted(times_s, [begin_s, end_s])
        yield Stretch(begin_s, end_s, seek, int(last - first))
