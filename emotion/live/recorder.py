"""Record: a live session becomes a recording of the library while it goes on.

::

    camera's thread             a thread of its own
    take() ──> Backlog ──> RecordingWriter ──> Tape (files)
                                           ──> LibraryEntry (database)

The row is there from the first moment (``JobState.RECORDING``); at the end the recorder releases it, and the workers
make its results. Where this process dies, nobody touches ``live/beat`` any more, and a supervisor releases what is
there (``jobs/broken_off.py``).
"""

from __future__ import annotations

import atexit
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from typing import Self

from emotion.live.backlog import Backlog
from emotion.live.library_entry import LibraryEntry
from emotion.live.recording_writer import RecordingWriter, Status
from emotion.live.values import Marker
from emotion.settings import Privacy, Settings
from emotion.store.database import Database
from emotion.types import Analysis, Frame

# As long as a server that is asked to end waits for its recordings.
END_S = 8.0


class Recorder:
    """One recording; a :class:`~emotion.live.values.Sink`. Any thread may call anything."""

    def __init__(self, backlog: Backlog, writer: RecordingWriter) -> None:
        self._backlog = backlog
        self._writer = writer
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    @classmethod
    def begin(
        cls,
        database: Database,
        settings: Settings,
        *,
        owner: str,
        name: str,
        facts: Mapping[str, object],
        privacy: Callable[[], Privacy] | None = None,
        facts_at_end: Callable[[], Mapping[str, object]] = dict,
        clock: Callable[[], float] = time.monotonic,
    ) -> Self:
        """A recording that is in the library at once. ``facts`` say how it is made, ready for JSON.

        ``privacy`` says how the picture that is taken at this moment was blurred (None: as ``settings`` say); it is
        called in the camera's thread. ``facts_at_end`` gives what is known only then; it is called in the recorder's
        thread. ``settings`` are those of the session. Raises DiskFull, OutputError, StoreError.
        """
        privacy = privacy or (lambda: settings.privacy)
        facts = {**facts, "privacy": privacy().value}
        entry, tape = LibraryEntry.begin(database, settings, owner=owner, name=name, facts=facts)
        backlog = Backlog(privacy)
        recorder = cls(backlog, RecordingWriter(entry, tape, backlog, facts_at_end, clock))
        _RUNNING.add(recorder)
        recorder._thread.start()
        return recorder

    def take(self, frame: Frame, analysis: Analysis) -> None:
        """Keeps a picture, unless too many are waiting to be written."""
        self._backlog.take(frame, analysis)

    def mark(self, marker: Marker) -> None:
        """Keeps a marker."""
        self._backlog.mark(marker)

    def close(self) -> None:
        """Ends the recording; returns at once, see :meth:`wait`."""
        self._backlog.close()

    def wait(self, seconds: float) -> bool:
        """Waits until everything is on the disk and in the library. Whether it is."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    @property
    def ending(self) -> bool:
        """Whether it takes nothing more, and is over in a moment or already."""
        return self._backlog.ending

    def status(self) -> Status:
        """How it stands now."""
        return self._writer.status

    def _run(self) -> None:
        self._writer.run()
        _RUNNING.discard(self)


def finish_all(seconds: float = END_S) -> None:
    """Ends all recordings of this process: it is about to go."""
    running = list(_RUNNING)
    for recorder in running:
        recorder.close()
    deadline = time.monotonic() + seconds
    for recorder in running:
        recorder.wait(max(deadline - time.monotonic(), 0.0))


# Daemon threads end in the middle of whatever they do when the interpreter does; these are asked to end before.
_RUNNING: weakref.WeakSet[Recorder] = weakref.WeakSet()
atexit.register(finish_all)
