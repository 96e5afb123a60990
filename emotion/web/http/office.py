"""What all routes of one server share, made at the first request."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from emotion.errors import DiskFull, EmotionError, InputError, LimitReached, NotAllowed, NotFound, NotWritable
from emotion.jobs.inbox import Inbox
from emotion.settings import Settings
from emotion.web.http.shelf import Shelf
from emotion.web.links import Links

if TYPE_CHECKING:  # SQL is loaded by the first request, not by the first page
    from emotion.store.database import Database

log = logging.getLogger(__name__)

# Nothing here may stay on the disk of a shared computer, be guessed to be a page, or tell another site its address.
GUARDED = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Should a browser show one of these in a tab of its own, it plays, but nothing in it runs.
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; media-src 'self'; sandbox",
}
# Browsers try again by themselves: what they send goes on when the folder is open again.
CLOSED = "The server's data folder cannot be written to at the moment. Tell the administrator, and try again later."


@dataclass(frozen=True, slots=True)
class Desk:
    """The loaded settings, and what follows from them."""

    settings: Settings
    database: Database
    inbox: Inbox
    links: Links
    shelf: Shelf


class Office:
    """Makes the :class:`Desk` once. A wrong setting is tried again at the next request."""

    def __init__(self, load: Callable[[], Settings]) -> None:
        self._load = functools.cache(lambda: _desk(load()))

    async def desk(self) -> Desk:
        """Raises EmotionError where the settings, the data folder or the database cannot be used."""
        return await run_in_threadpool(self.open)

    async def note(self, actor: str, action: str, name: str = "") -> bool:
        """Writes into the audit log. False where it cannot be written: the process's log says so, and life goes on."""
        try:
            await run_in_threadpool(_note, self._load, actor, action, name)
        except EmotionError as error:
            log.warning("The audit log misses %s: %s", action, error)
            return False
        return True

    def open(self) -> Desk:
        """The same for who is in a thread already."""
        return self._load()


def _desk(settings: Settings) -> Desk:
    from emotion.store.database import Database

    return Desk(settings, Database.open(settings), Inbox.of(settings), Links.of(settings), Shelf(settings))


def _note(load: Callable[[], Desk], actor: str, action: str, name: str) -> None:
    from emotion.store import audit

    # By it administrators know them on the page Usage: keys of providers are numbers.
    called = {"name": name} if name else {}
    audit.write(load().database, actor, action, "", now=None, **called)


def refused(sentence: str, status: int, **headers: str) -> JSONResponse:
    """An answer that says what to do next."""
    return JSONResponse({"error": sentence}, status, headers={**GUARDED, **headers})


def answering(handler: Callable[[Request], Any]) -> Callable[[Request], Any]:
    """``handler``, whose EmotionErrors become answers."""

    @functools.wraps(handler)
    async def answer(request: Request) -> Response:
        try:
            response: Response = await handler(request)
        except NotWritable:
            return refused(CLOSED, 503)
        except EmotionError as error:
            return refused(str(error), _status(error))
        return response

    return answer


def _status(error: EmotionError) -> int:
    match error:
        case NotFound():
            return 404
        case LimitReached() | NotAllowed():
            return 403
        case DiskFull():
            return 507
        case InputError():
            return 400
        case _:
            return 503
