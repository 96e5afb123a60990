"""The only gates to data: who may read a recording, who may upload.

Every route asks here and nowhere else. Two things are needed: a signed link or ticket that a page made for one person
(:mod:`emotion.web.links`), and to be that person. The database has the last word, at every request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from emotion.access.values import Identity
from emotion.web.links import Links, Reader

if TYPE_CHECKING:  # SQL is loaded by the first request that asks it
    from emotion.store.database import Database

TICKET = "Emotion-Ticket"
"""A header of our own: another site's page cannot send it without asking first, and is refused then (CORS)."""
IDENTITY = "emotion.identity"
"""Where in a request's scope the guard says who asks."""


def asker(request: Request) -> Identity | None:
    """Who asks, as the guard found out. Nobody where no guard was asked."""
    found: Identity | None = request.scope.get(IDENTITY)
    return found


async def may_read(request: Request, links: Links, database: Database, recording: str) -> Reader | None:
    """Whom this request gets the files of a recording for; None where it may not have them.

    Raises NotFound where there is no such recording any more, StoreError.
    """
    reader, person = links.reader(recording, request.query_params.get("key", "")), asker(request)
    if reader is None or person is None or person.key != reader.person:
        return None
    return reader if await run_in_threadpool(_still_may, database, recording, reader) else None


def uploader(request: Request, links: Links) -> str | None:
    """The person in whose name this request uploads; None where it may not."""
    person = asker(request)
    if person is None or not person.makes:
        return None
    return person.key if links.uploader(request.headers.get(TICKET, "")) == person.key else None


def _still_may(database: Database, recording: str, reader: Reader) -> bool:
    from emotion.store import recordings, shares

    if recordings.owner_of(database, recording) == reader.person:
        return True
    return shares.find(database, recording, reader.share) is not None
