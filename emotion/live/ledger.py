"""What a server process writes about its live sessions: how many there are, for other servers, and the audit log.

In a thread of its own, so that nobody who asks for a seat ever waits for the database. While that is gone, what is to
be written is kept.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from emotion.errors import EmotionError
from emotion.live.seats import Guest
from emotion.store import audit
from emotion.store import live as store
from emotion.store.audit import Entry
from emotion.store.database import Database
from emotion.store.live import Everywhere, LiveRow, LiveServer

log = logging.getLogger(__name__)

# How often the database hears of us although nothing changed: a third of what it takes to be forgotten.
TELL_S = 10.0
# While somebody waits, how it stands elsewhere is asked so often.
ASK_S = 2.0
# After a failure, and as the longest rest of all.
LOOK_S = 1.0
# The end of a process does not wait longer than this for the database.
CLOSE_S = 5.0
# Entries that are kept while the database is gone; beyond that the oldest are lost.
KEPT_ENTRIES = 10_000


class Ledger:
    """Any thread may call any public method but :meth:`tell`; none of them waits."""

    def __init__(
        self, open_database: Callable[[], Database], guests: Callable[[], Sequence[Guest]], *, places: int
    ) -> None:
        """``open_database`` is called by the ledger's own thread, again and again until it works; ``guests`` says who
        is here now."""
        self._open, self._guests = open_database, guests
        self._server = LiveServer(uuid.uuid4().hex, socket.gethostname(), os.getpid(), places)
        self._database: Database | None = None
        self._entries: deque[Entry] = deque(maxlen=KEPT_ENTRIES)
        self._everywhere: Everywhere | None = None
        self._elsewhere: Mapping[str, int] = {}
        self._told: tuple[LiveRow, ...] | None = None
        self._next_s = 0.0
        self._complained = False
        self._news, self._closing = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="live-ledger", daemon=True)

    def start(self) -> None:
        """Begins to write."""
        self._thread.start()

    def close(self) -> None:
        """The last words, and this server is no more. A second call does nothing."""
        self._closing.set()
        self._news.set()
        if self._thread.is_alive():
            self._thread.join(CLOSE_S)

    def enter(self, entry: Entry) -> None:
        """Into the audit log, soon."""
        self._entries.append(entry)
        self._news.set()

    def hurry(self) -> None:
        """Somebody came or went: not only at the next turn."""
        self._news.set()

    @property
    def everywhere(self) -> Everywhere | None:
        """How it stands on all servers, a moment ago; None while nobody knows."""
        return self._everywhere

    def elsewhere(self, owner: str) -> int:
        """How many sessions somebody has on other servers, a moment ago; none while nobody knows."""
        return self._elsewhere.get(owner, 0)

    def tell(self) -> None:
        """Writes what is new and reads how it stands elsewhere; by the ledger's own thread. Raises nothing: that the
        database is gone is logged once, and live sessions go on."""
        try:
            self._write_entries()
            self._write_rows()
        except EmotionError as error:
            self._everywhere, self._elsewhere = None, {}
            if not self._complained:
                log.warning("Live sessions go on, but the database hears nothing of them for now: %s", error)
            self._complained = True
        except Exception:
            log.exception("The live sessions' ledger stumbled and goes on")
        else:
            self._complained = False

    def _run(self) -> None:
        while not self._closing.is_set():
            self.tell()
            self._news.wait(LOOK_S)
            self._news.clear()
        self.tell()
        self._say_goodbye()

    def _say_goodbye(self) -> None:
        if self._database is None:
            return
        try:
            store.leave(self._database, self._server.id)
        except EmotionError as error:
            log.warning("The database keeps this server's live sessions for half a minute more: %s", error)
        self._database.close()

    def _opened(self) -> Database:
        if self._database is None:
            self._database = self._open()
        return self._database

    def _write_entries(self) -> None:
        entries = tuple(self._entries)
        if entries:
            audit.enter(self._opened(), *entries)
        for _ in entries:
            self._entries.popleft()

    def _write_rows(self) -> None:
        rows, now_s = tuple(map(_row, self._guests())), time.monotonic()
        if rows == self._told and now_s < self._next_s:
            return
        database = self._opened()
        store.tell(database, self._server, rows)
        self._everywhere = store.everywhere(database)
        self._elsewhere = store.by_owner(database, but=self._server.id)
        waits = any(row.state == store.WAITING for row in rows)
        self._told, self._next_s = rows, now_s + (ASK_S if waits else TELL_S)


def _row(guest: Guest) -> LiveRow:
    return LiveRow(guest.token, guest.owner, store.RUNNING if guest.seated else store.WAITING, guest.came_s)
