"""Memory that is free, given back to the system."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import sys


def give_back() -> None:
    """Hands pages that hold nothing any more back to the system, where its allocator can be told to (glibc).

    It keeps what lies between things in use: after an hour's video was read, and again after it was drawn, 30 to 60 MB,
    on top of which the next stage would take its own. Takes a few milliseconds: between stages, never per frame.
    """
    if sys.platform == "linux":
        # musl has no such function, and needs none.
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def settle() -> None:
    """What there is now stays for good: :func:`sweep` need not look through it again. Once, when a server has begun.

    Of its half a million objects nearly all are modules and classes. To look through them takes a fifth of a second in
    which no other thread runs.
    """
    gc.collect()
    gc.freeze()


def sweep() -> None:
    """Frees what only holds itself, and gives its pages back. For the end of something large.

    Python does so by itself only when enough new objects have been made: a live session, 20 MB in few objects, would
    stay until several others have come and gone.
    """
    gc.collect()
    give_back()
