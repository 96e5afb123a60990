"""The writing side of a recording: what waits -> files and library, in a thread of its own."""

from __future__ import annotations

import contextlib
import logging
import queue
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from emotion.errors import EmotionError, StoreError
from emotion.live.backlog import Backlog, Picture
from emotion.live.library_entry import LibraryEntry
from emotion.live.limits import Limits
from emotion.live.tape import Tape
from emotion.live.values import Marker
from emotion.settings import Privacy

log = logging.getLogger(__name__)

BEAT_S = 1.0
# How often the disk is waited for: so much a power cut takes.
SETTLE_S = 5.0
# How often it is asked whether somebody deleted the recording.
ASK_S = 5.0
# A database that is gone can take ten seconds to say so, in which no picture is kept.
ASK_AGAIN_S = 60.0

NOTHING_CAME = "Nothing was recorded, because no picture came. Check that the camera runs, and press Record again."
MET_ERROR = "The recording was ended by an error; the server's log says more. What came up to then is kept."


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


class RecordingWriter:
    """Of one recording. The thread that calls :meth:`run` owns it; any other may read ``status``."""

    def __init__(
        self,
        entry: LibraryEntry,
        tape: Tape,
        backlog: Backlog,
        facts_at_end: Callable[[], Mapping[str, object]],
        clock: Callable[[], float],
    ) -> None:
        self.status = Status(entry.number, entry.name)
        """How it stood a moment ago."""
        self._entry = entry
        self._tape = tape
        self._backlog = backlog
        self._facts_at_end = facts_at_end
        self._clock = clock
        self._kept_with: set[Privacy] = set()
        self._refused = 0
        self._message = ""
        self._limits = Limits(entry.settings, clock)
        self._beat_s = self._settled_s = self._asked_s = clock()

    def run(self) -> None:
        """Writes until the end, whatever brings it, and hands the recording on. Raises nothing."""
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
            self._backlog.ending = True
            released = self._release()
            self._tell(over=True, released=released)

    def _record(self) -> None:
        while not self._message:
            with contextlib.suppress(queue.Empty):
                piece = self._backlog.next(timeout_s=BEAT_S)
                if piece is None:
                    return
                self._keep(piece)
            if self._clock() - self._beat_s >= BEAT_S:
                self._tape.flush()
                self._message = self._complaint()
                self._tell()
                self._beat_s = self._clock()

    def _keep(self, piece: Picture | Marker) -> None:
        if isinstance(piece, Marker):
            self._tape.mark(piece)
            return
        self._limits.picture()
        self._remember_how(piece.privacy)
        if not self._tape.keep(piece.frame, piece.analysis):
            self._refused += 1

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
        if now - self._settled_s >= SETTLE_S:
            self._settled_s = now
            self._tape.settle()
        # Whoever was silent for long may have been taken for dead.
        if now - self._asked_s >= ASK_S:
            self._asked_s = now
            return self._unwanted()
        return ""

    def _unwanted(self) -> str:
        """Why nobody wants more of it; empty where it goes on, or nobody can tell."""
        try:
            return self._entry.unwanted()
        except StoreError as error:
            log.warning("The database does not answer a recording: %s", error.__cause__ or error)
            self._asked_s = self._clock() + ASK_AGAIN_S
            return ""

    def _release(self) -> bool:
        """Hands it to the workers. Where the database does not answer, a supervisor does so in half a minute."""
        tape = self._tape
        try:
            if tape.frames and (why := self._unwanted()):
                self._message = why
                return False
            if not tape.mend():
                self._message = self._message or NOTHING_CAME
                self._entry.discard()
                return False
            tape.note(**self._facts_at_end(), frames=tape.frames, lost=self._lost, ended=self._message)
            return self._entry.release(size_bytes=tape.size_bytes)
        except EmotionError as error:
            log.warning("A recording is released later: %s", error.__cause__ or error)
        except Exception:
            # The same edge as in run: whoever waits for the end is to hear of it.
            log.exception("A recording could not be released, and is released later")
        return False

    @property
    def _lost(self) -> int:
        return self._backlog.lost + self._refused

    def _tell(self, *, over: bool = False, released: bool = False) -> None:
        tape, was = self._tape, self.status
        self.status = Status(
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
