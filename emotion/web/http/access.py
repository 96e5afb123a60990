"""The only gates to data: who may read a recording, who may upload.

Every route asks here and nowhere else. Without sign-in the right is a signed link or ticket that a page made
(:mod:`emotion.web.links`).
"""

from __future__ import annotations

from starlette.requests import Request

from emotion.web.links import Links

TICKET = "Emotion-Ticket"
"""A header of our own: another site's page cannot send it without asking first, and is refused then (CORS)."""


def may_read(request: Request, links: Links, recording: str) -> bool:
    """Whether this request may have the files of a recording."""
    return links.reader(recording, request.query_params.get("key", "")) is not None


def uploader(request: Request, links: Links) -> str | None:
    """The person in whose name this request uploads; None where it may not."""
    return links.uploader(request.headers.get(TICKET, ""))
