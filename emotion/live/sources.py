"""Pictures that come from this server and not from a browser: recordings played as if live, and attached cameras."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from emotion.errors import InputError
from emotion.live import cartoon
from emotion.media.network import pictures_of
from emotion.media.read import open_video
from emotion.types import Image

# What the browser's camera is asked for at most; more only costs time for the same faces.
LARGEST = (1280, 720)
# A picture that is later than this is left out: catching up would make the rest late too.
LATE_S = 0.2
# The last picture of a recording that begins again stands for at least so long: a recording of one picture, opened as
# often as it can be read, takes a whole core.
SHORTEST_S = 1 / 15
# A camera that does not answer is asked again after 1, 2, 4 ... seconds.
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0

Timed = tuple[float, Image]
"""A picture and when it is to be shown, in seconds since the first; rising."""
Tell = Callable[[str], None]
"""Takes what a person should know at the moment; an empty sentence when all is well again."""


class Feed(Protocol):
    """Where pictures come from. It is a plain value; each call of :meth:`pictures` begins anew."""

    def pictures(self, stop: threading.Event, tell: Tell) -> Iterator[Timed]:
        """Pictures at their own pace: each comes when it is due.

        For a thread of its own. Ends soon after ``stop`` is set, whatever it waits for; whoever leaves off midway
        closes the generator. Raises EmotionError where nothing can be played.
        """


@dataclass(frozen=True, slots=True)
class Recording:
    """A recorded video."""

    path: Path
    again: bool = False
    """Whether it begins anew at its end."""

    def pictures(self, stop: threading.Event, tell: Tell) -> Iterator[Timed]:
        return paced(self._unpaced(), stop)

    def _unpaced(self) -> Iterator[Timed]:
        before_s = 0.0
        for _ in itertools.count() if self.again else range(1):
            last_s, step_s = 0.0, SHORTEST_S
            with open_video(self.path) as video:
                for frame in video.frames(within=LARGEST):
                    last_s, step_s = frame.time_s, max(frame.time_s - last_s, SHORTEST_S)
                    yield before_s + frame.time_s, frame.image
            before_s += last_s + step_s


@dataclass(frozen=True, slots=True)
class Sample:
    """A face that the program draws itself; it smiles, wonders, frowns, for ever."""

    def pictures(self, stop: threading.Event, tell: Tell) -> Iterator[Timed]:
        return paced(cartoon.pictures(), stop)


@dataclass(frozen=True, slots=True)
class AttachedCamera:
    """A network or USB camera of this server."""

    name: str
    address: str = field(repr=False)
    """RTSP or HTTP address, or a device such as ``/dev/video0``. May hold a password: it is never shown or logged."""

    def pictures(self, stop: threading.Event, tell: Tell) -> Iterator[Timed]:
        """They come when the camera sends them. Where it does not answer, it is asked again until ``stop``."""
        began_s = time.monotonic()
        pause_s = FIRST_PAUSE_S
        while not stop.is_set():
            try:
                for image in pictures_of(self.address, within=LARGEST, stop=stop):
                    if pause_s != FIRST_PAUSE_S:
                        pause_s = FIRST_PAUSE_S
                        tell("")
                    yield time.monotonic() - began_s, image
            except InputError:
                # Its message is for files; and a camera that is away comes back.
                pass
            if not stop.is_set():
                tell(f"The camera '{self.name}' does not answer. It is tried again in {pause_s:.0f} s.")
                stop.wait(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)


def paced(pictures: Iterator[Timed], stop: threading.Event) -> Iterator[Timed]:
    """Each picture when it is due by the clock; those that are too late to be shown are left out."""
    began_s = time.monotonic()
    for time_s, image in pictures:
        wait_s = began_s + time_s - time.monotonic()
        if wait_s > 0:
            stop.wait(wait_s)
        if stop.is_set():
            return
        if wait_s > -LATE_S:
            yield time_s, image
        elif wait_s < -10 * LATE_S:
            # The machine slept, or is far too slow: go on from here rather than show nothing.
            began_s -= wait_s
            yield time_s, image
