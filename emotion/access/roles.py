"""From what a provider or a proxy says about somebody to who they are and what they may.

Only what nobody can write themselves counts: an OpenID provider's ``sub``, its roles, and an e-mail address that it
calls verified; from a proxy the headers that it sets. A name that a person chose (``preferred_username``) is shown and
never looked up.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from emotion.access.values import Identity, Role
from emotion.settings import Settings

MOST_KEY = 255
"""Characters of a key that the database holds."""
MOST_NAME = 80
HIGHEST_FIRST = (Role.ADMINISTRATOR, Role.MEMBER, Role.VIEWER)


def of_claims(claims: Mapping[str, Any], settings: Settings) -> Identity | None:
    """Whom an ID token tells of. None where it names nobody, or nobody who is let in.

    ``claims`` were verified by whoever took the token.
    """
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject:
        return None
    email = claims.get("email") if claims.get("email_verified") is True else None
    confirmed = email.lower() if isinstance(email, str) else ""
    role = role_of(subject, confirmed, _values(claims, settings.role_claim), settings)
    return Identity(key_of(claims), name_of(claims), role) if role else None


def key_of(claims: Mapping[str, Any]) -> str:
    """What the database calls whoever an ID token tells of; empty where it names nobody."""
    subject = claims.get("sub")
    return _key("oidc", subject) if isinstance(subject, str) and subject else ""


def name_of(claims: Mapping[str, Any]) -> str:
    """What pages call whoever an ID token tells of."""
    shown = ("name", "preferred_username", "email", "sub")
    return next((text for key in shown if (text := _line(claims.get(key)))), "")[:MOST_NAME]


def of_headers(headers: Iterable[tuple[str, str]], settings: Settings) -> Identity | None:
    """Whom a proxy's headers tell of; ``headers`` came from a proxy that is trusted. None as above.

    A header that came twice names nobody: one of them may be the client's own.
    """
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(name.lower(), []).append(value)

    def one(name: str) -> str:
        values = found.get(name.lower(), [])
        return _line(_decoded(values[0])) if len(values) == 1 else ""

    user, email = one(settings.proxy_user_header), one(settings.proxy_email_header).lower()
    if not user:
        return None
    groups = {part.strip() for part in one(settings.proxy_roles_header).split(",")} - {""}
    role = role_of(user, email, groups, settings)
    name = one(settings.proxy_name_header) or user
    return Identity(_key("proxy", user), name[:MOST_NAME], role) if role else None


def role_of(user: str, email: str, groups: set[str], settings: Settings) -> Role | None:
    """The highest role that somebody has by the lists, or by a group that is called like a role; else the default.

    ``email`` is confirmed, in small letters, and empty where none is. A user who is called like an e-mail address need
    not be who has it: by that name nobody is found.
    """
    lists = {
        Role.ADMINISTRATOR: settings.administrators,
        Role.MEMBER: settings.members,
        Role.VIEWER: settings.viewers,
    }
    known = groups if "@" in user else {user, *groups}
    for role in HIGHEST_FIRST:
        addresses = {name.lower() for name in lists[role] if "@" in name}
        if role.value in groups or known & set(lists[role]) or email in addresses:
            return role
    return None if settings.default_role == "none" else Role(settings.default_role)


def _values(claims: Mapping[str, Any], path: str) -> set[str]:
    """The words of a claim, which may be a word, a list of them, or lie in an object (``realm_access.roles``).

    A claim whose own name has dots in it (``https://example.org/roles``) is found by its whole name first.
    """
    found: Any = claims.get(path)
    if found is None:
        found = claims
        for part in path.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    words = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    return {word for word in words if isinstance(word, str) and word}


def _key(kind: str, who: str) -> str:
    key = f"{kind}:{who}"
    return key if len(key) <= MOST_KEY else f"{kind}:sha256:{hashlib.sha256(who.encode()).hexdigest()}"


def _decoded(value: str) -> str:
    """A header's bytes as UTF-8, which proxies send; ASGI gives them as Latin-1."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def _line(value: object) -> str:
    """One line that can be shown; empty where it is none: what has control characters in it is no name."""
    if not isinstance(value, str) or any(unicodedata.category(char)[0] == "C" for char in value):
        return ""
    return value.strip()
