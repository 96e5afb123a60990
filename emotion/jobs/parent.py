"""Ending with whoever started us: they hold our standard input open, and when it closes they are gone."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable


def when_parent_is_gone(act: Callable[[], object]) -> None:
    """Calls ``act`` once, in a thread of its own, when standard input ends. Nothing may be written to it."""

    def wait() -> None:
        # Not through sys.stdin: its lock, held by a thread that waits, is fatal when the interpreter ends.
        while os.read(0, 1):
            pass
        act()

    threading.Thread(target=wait, name="parent-watch", daemon=True).start()
