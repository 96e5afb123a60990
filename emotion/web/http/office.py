"""What all routes of one server share, made at the first request."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from emotion.errors import DiskFull, EmotionError, InputError, NotFound
from emotion.jobs.inbox import Inbox
from emotion.settings import Settings
from emotion.web.http.shelf import Shelf
from emotion.web.links import Links

# Nothing here may stay on the disk of a shared computer, be guessed to be a page, or tell another site its address.
GUARDED = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Should a browser show one of these in a tab of its own, it plays, but nothing in it runs.
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; media-src 'self'; sandbox",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """The loaded settings, and what follows from them."""

    settings: Settings
    inbox: Inbox
    links: Links
    shelf: Shelf


class Office:
    """Makes the :class:`Desk` once. A wrong setting is tried again at the next request."""

    def __init__(self, load: Callable[[], Settings]) -> None:
        self._load = functools.cache(lambda: _desk(load()))

    async def desk(self) -> Desk:
        """Raises EmotionError where the settings or the data folder cannot be used."""
        return await run_in_threadpool(self._load)


def _desk(settings: Settings) -> Desk:
    return Desk(settings, Inbox.of(settings), Links.of(settings), Shelf(settings))


def refused(sentence: str, status: int, **headers: str) -> JSONResponse:
    """An answer that says what to do next."""
    return JSONResponse({"error": sentence}, status, headers={**GUARDED, **headers})


def answering(handler: Callable[[Request], Any]) -> Callable[[Request], Any]:
    """``handler``, whose EmotionErrors become answers."""

    @functools.wraps(handler)
    async def answer(request: Request) -> Response:
        try:
            response: Response = await handler(request)
        except EmotionError as error:
            return refused(str(error), _status(error))
        return response

    return answer


def _status(error: EmotionError) -> int:
    match error:
        case NotFound():
            return 404
        case DiskFull():
            return 507
        case InputError():
            return 400
        case _:
            return 503
