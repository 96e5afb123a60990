"""How the guard hands to a page who looks at it: a header that only this process can write.

The guard (``http/guard.py``) sees every request and web socket; a page sees only what Streamlit kept of its socket. So
the guard takes away any such header that came from outside and puts its own there, signed with a secret that lives as
long as the process. Streamlit maps it into ``st.user`` (``server.trustedUserHeaders`` in ``.streamlit/config.toml``),
and by it also knows that a broken connection is resumed by the same person. Where no guard stands there is nobody.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeSerializer

from emotion.access.values import EVERYBODY, Identity, Role

HEADER = "Emotion-Visit"
FIELD = "emotion_visit"
"""What ``st.user`` calls it."""
_SECRET = secrets.token_bytes(32)


@dataclass(frozen=True, slots=True)
class Visit:
    """Who has come, and until when that holds."""

    identity: Identity | None = None
    """None: nobody signed in, or somebody who is not let in."""
    name: str = ""
    """What somebody who is not let in is called."""
    key: str = ""
    """What the database calls whoever signed in, let in or not."""
    until_s: float | None = None
    """When the sign-in is over, seconds since 1970; None where it is asked anew each time."""

    @property
    def holds(self) -> bool:
        """Whether it is not over."""
        return self.until_s is None or time.time() < self.until_s


NOBODY = Visit()
OPEN = Visit(EVERYBODY, key=EVERYBODY.key)
"""Without sign-in."""


def sealed(visit: Visit) -> str:
    """As a header; the same for the same visit."""
    who = visit.identity
    told = [who.key, who.name, who.role.value] if who else None
    return str(_serializer().dumps([told, visit.name, visit.key, visit.until_s]))


def unsealed(header: object) -> Visit:
    """What a header says; NOBODY where it is not ours or its time is over."""
    if not isinstance(header, str):
        return NOBODY
    try:
        told, name, key, until_s = _serializer().loads(header)
    except (BadData, ValueError, TypeError):
        return NOBODY
    visit = Visit(Identity(told[0], told[1], Role(told[2])) if told else None, name, key, until_s)
    return visit if visit.holds else NOBODY


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(_SECRET, salt="visit")
