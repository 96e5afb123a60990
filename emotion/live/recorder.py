"""Record: a live session becomes a recording of the library while it goes on.

::

    camera's thread   take() ──> at most WAITING pictures ──> a thread of its own: Tape (files), database

The row is there from the first moment (``JobState.RECORDING``); at the end the recorder releases it, and the workers
make its results. Where this process dies, nobody touches ``live/beat`` any more, and a supervisor releases what is
there (``jobs/broken_off.py``).
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import queue
import shutil
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from emotion.errors import DiskFull, EmotionError, NotFound, StoreError
from emotion.files import output_error, safe_name
from emotion.live.limits import Limits, short_of_room
from emotion.live.tape import Tape
from emotion.live.values import Marker
from emotion.settings import Privacy, Settings
from emotion.store import recordings, taping
from emotion.store.database import Database
from emotion.store.kept import Kept
from emotion.store.places import PRIVATE, Places
from emotion.store.recordings import new_id
from emotion.types import Analysis, Frame

log = logging.getLogger(__name__)

# About a second of pictures: 28 MB at 640 x 480, 83 MB at 1280 x 720.
WAITING = 30
BEAT_S = 1.0
# How often the disk is waited for, and it is asked whether somebody deleted the recording.
ASK_S = 5.0
# A database that is gone can take ten seconds to say so, in which no picture is kept.
ASK_AGAIN_S = 60.0
# As long as a server that is asked to end waits for its recordings.
END_S = 8.0

NOTHING_CAME = "Nothing was recorded, because no picture came. Check that the camera runs, and press Record again."
GONE = "This recording was deleted while it was being made. Press Record to begin another."
RELEASED = (
    "This recording was taken for broken off, because its server was silent for half a minute. What came up to then is "
    "in the library. Press Record to begin another."
)
MET_ERROR = "The recording was ended by an error; the server's log says more. What came up to then is kept."

_Entry = tuple[Frame, Analysis, Privacy]


@dataclass(frozen=True, slots=True)
class Status:
    """How it stands with a recording."""

    recording_id: str
    name: str
    seconds: float = 0.0
    """Up to its last picture."""
    size_bytes: int = 0
    frames: int = 0
    lost: int = 0
    """Pictures that could not be kept, because the disk or the machine was too slow."""
    over: bool = False
    """Nothing is kept any more."""
    released: bool = False
    """It lies in the library, and its results are being made."""
    message: str = ""
    """Why it ended other than by a person's wish; else empty."""


class Recorder:
    """One recording; a :class:`~emotion.live.values.Sink`. Any thread may call anything."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        status: Status,
        tape: Tape,
        privacy: Callable[[], Privacy],
        facts_at_end: Callable[[], Mapping[str, object]] = dict,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._settings = settings
        self._status = status
        self._tape = tape
        self._privacy = privacy
        self._kept_with: set[Privacy] = set()
        self._facts_at_end = facts_at_end
        self._clock = clock
        self._queue: queue.SimpleQueue[_Entry | Marker | None] = queue.SimpleQueue()
        self._lost = 0
        self._ending = False
        self._message = ""
        self._limits = Limits(settings, clock)
        self._beat_s = self._asked_s = clock()
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
        if short_of_room(settings):
            raise DiskFull("The server's disk is nearly full. Delete recordings that nobody needs, then press Record.")
        places, number = Places(settings.data_dir), new_id()
        places.make()
        file = f"{safe_name(name)}.mp4"
        now = {"privacy": privacy().value, "started_s": time.time(), "settings": settings.for_the_record()}
        with _undone_where_it_fails(places.recording(number), settings) as opened:
            tape = opened.enter_context(Tape(places.source(number) / file, Kept(places.live(number)), {**facts, **now}))
            taping.begin(
                database,
                recording_id=number,
                owner=owner,
                name=name,
                source=file,
                settings=_of_the_job(settings).for_a_job(),
                keep_s=settings.keep_hours * 3600 or None,
            )
        recorder = cls(database, settings, Status(number, name), tape, privacy, facts_at_end, clock)
        _RUNNING.add(recorder)
        recorder._thread.start()
        return recorder

    def take(self, frame: Frame, analysis: Analysis) -> None:
        """Keeps a picture, unless too many are waiting to be written."""
        if self._ending:
            return
        if self._queue.qsize() >= WAITING:
            self._lost += 1
            return
        self._queue.put((frame, analysis, self._privacy()))

    def mark(self, marker: Marker) -> None:
        """Keeps a marker."""
        if not self._ending:
            self._queue.put(marker)

    def close(self) -> None:
        """Ends the recording; returns at once, see :meth:`wait`."""
        self._ending = True
        self._queue.put(None)

    def wait(self, seconds: float) -> bool:
        """Waits until everything is on the disk and in the library. Whether it is."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    @property
    def ending(self) -> bool:
        """Whether it takes nothing more, and is over in a moment or already."""
        return self._ending

    def status(self) -> Status:
        """How it stands now."""
        return self._status

    def _run(self) -> None:
        try:
            with self._tape:
                self._record()
        except EmotionError as error:
            self._message = self._unwanted() or f"The recording was ended. {error}"
        except Exception:
            # An edge that must survive: what was kept up to now is to be released.
            log.exception("A recording met an error")
            self._message = MET_ERROR
        finally:
            self._ending = True
            released = self._release()
            self._tell(over=True, released=released)
            _RUNNING.discard(self)

    def _record(self) -> None:
        while not self._message:
            with contextlib.suppress(queue.Empty):
                entry = self._queue.get(timeout=BEAT_S)
                if entry is None:
                    return
                self._keep(entry)
            if self._clock() - self._beat_s >= BEAT_S:
                self._message = self._complaint()
                self._tape.flush()
                self._tell()
                self._beat_s = self._clock()

    def _keep(self, entry: _Entry | Marker) -> None:
        if isinstance(entry, Marker):
            self._tape.mark(entry)
            return
        self._limits.picture()
        frame, analysis, privacy = entry
        self._remember_how(privacy)
        if not self._tape.keep(frame, analysis):
            self._lost += 1

    def _remember_how(self, privacy: Privacy) -> None:
        """Beside the recording stands how its pictures were blurred: one word, or all that came, before the first of
        them is on the disk; this process may die at any moment."""
        self._kept_with.add(privacy)
        words = [one.value for one in Privacy if one in self._kept_with]
        said = words[0] if len(words) == 1 else words
        if said != self._tape.facts["privacy"]:
            self._tape.note(privacy=said)

    def _complaint(self) -> str:
        """Why it has to end now; empty if it has not."""
        now = self._clock()
        if sentence := self._limits.complaint():
            return sentence
        # Whoever was silent for long may have been taken for dead.
        if now - self._asked_s >= ASK_S:
            self._asked_s = now
            self._tape.settle()
            return self._unwanted()
        return ""

    def _unwanted(self) -> str:
        """Why nobody wants more of it; empty where it goes on, or nobody can tell."""
        number = self._status.recording_id
        try:
            if taping.goes_on(self._database, number):
                return ""
            recordings.get(self._database, number)
        except NotFound:
            return GONE
        except StoreError as error:
            log.warning("The database does not answer a recording: %s", error.__cause__ or error)
            self._asked_s = self._clock() + ASK_AGAIN_S
            return ""
        return RELEASED

    def _release(self) -> bool:
        """Hands it to the workers. Where the database does not answer, a supervisor does so in half a minute."""
        number, tape = self._status.recording_id, self._tape
        kept = Kept(Places(self._settings.data_dir).live(number))
        try:
            if tape.frames and (why := self._unwanted()):
                self._message = why
                return False
            if not tape.mend():
                self._message = self._message or NOTHING_CAME
                if taping.discard(self._database, number):
                    shutil.rmtree(kept.folder.parent, ignore_errors=True)
                return False
            tape.note(**self._facts_at_end(), frames=tape.frames, lost=self._lost, ended=self._message)
            return taping.release(
                self._database,
                number,
                size_bytes=tape.size_bytes,
                marks=kept.marks(),
                keep_s=self._settings.keep_hours * 3600 or None,
            )
        except EmotionError as error:
            log.warning("A recording is released later: %s", error.__cause__ or error)
        except Exception:
            # The same edge as in _run: whoever waits for the end is to hear of it.
            log.exception("A recording could not be released, and is released later")
        return False

    def _tell(self, *, over: bool = False, released: bool = False) -> None:
        tape, was = self._tape, self._status
        self._status = Status(
            was.recording_id,
            was.name,
            tape.seconds,
            tape.size_bytes,
            tape.frames,
            self._lost,
            over,
            released,
            self._message,
        )


def finish_all(seconds: float = END_S) -> None:
    """Ends all recordings of this process: it is about to go."""
    running = list(_RUNNING)
    for recorder in running:
        recorder.close()
    deadline = time.monotonic() + seconds
    for recorder in running:
        recorder.wait(max(deadline - time.monotonic(), 0.0))


def _of_the_job(settings: Settings) -> Settings:
    """What the results are made with: all of the video, of which every picture was looked at, and blurred, already."""
    return settings.but(every=1, from_s=0.0, to_s=None, region=None, privacy=Privacy.NONE)


@contextlib.contextmanager
def _undone_where_it_fails(folder: Path, settings: Settings) -> Iterator[contextlib.ExitStack]:
    """Makes the folder; where the block fails closes what was opened in it, and deletes it."""
    with contextlib.ExitStack() as opened:
        opened.callback(shutil.rmtree, folder, ignore_errors=True)
        try:
            folder.mkdir(mode=PRIVATE)
            yield opened
        except OSError as error:
            raise output_error(error, settings.data_dir) from error
        opened.pop_all()


# Daemon threads end in the middle of whatever they do when the interpreter does; these are asked to end before.
_RUNNING: weakref.WeakSet[Recorder] = weakref.WeakSet()
atexit.register(finish_all)
