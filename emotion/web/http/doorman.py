"""Works out who a request comes from, by the way that this server lets people in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

from emotion.access import roles
from emotion.errors import SettingsError
from emotion.settings import Settings
from emotion.settings.auth import Auth
from emotion.web.http.forwarded import PROXIED
from emotion.web.seal import NOBODY, OPEN, Visit


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in with a provider, as its cookie says; whoever made this verified the signature."""

    claims: Mapping[str, Any]
    origin: str
    """Where it was made, and the only place where it is good: ``https://emotion.lan``."""
    until_s: float


PROXY_HOURS = 12
"""A proxy is asked again who somebody is after a day's work, where ``EMOTION_SIGN_IN_HOURS`` says nothing else."""
ReadCookies = Callable[[Mapping[str, str], Settings], SignIn | None]


@dataclass(frozen=True, slots=True)
class Doorman:
    """Knows the settings, and how cookies are read."""

    settings: Settings
    read_cookies: ReadCookies

    def visit(self, scope: Scope) -> Visit:
        """Who asks."""
        match self.settings.auth:
            case Auth.NONE:
                return OPEN
            case Auth.PROXY:
                return self._by_headers(scope)
            case Auth.OIDC:
                headers = Headers(scope=scope)
                return self.by_cookies(cookie_parser(headers.get("cookie", "")), self._origin(scope, headers))

    @property
    def asked_again_s(self) -> float:
        """So long a page's connection lasts that a proxy let in. The browser opens another, if the proxy lets it."""
        return (self.settings.sign_in_hours or PROXY_HOURS) * 3600

    def by_cookies(self, cookies: Mapping[str, str], origin: str | None) -> Visit:
        """Whom cookies tell of. ``origin`` is where the browser says that it is; None where it need not say it."""
        found = self.read_cookies(cookies, self.settings)
        if found is None or (origin is not None and origin != found.origin):
            return NOBODY
        identity = roles.of_claims(found.claims, self.settings)
        visit = Visit(identity, roles.name_of(found.claims), roles.key_of(found.claims), found.until_s)
        return visit if visit.holds else NOBODY

    def _by_headers(self, scope: Scope) -> Visit:
        if scope.get(PROXIED) is not True:
            return NOBODY
        said = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        return Visit(roles.of_headers(said, self.settings))

    def _origin(self, scope: Scope, headers: Headers) -> str | None:
        """Another site's page can make a browser send our cookies, but not say that it is ours.

        A web socket always says where its page is from, and where one does not it is none of a browser.
        """
        return headers.get("origin", "") if scope["type"] == "websocket" else headers.get("origin")


class Lodge:
    """Where the doorman is found. One for all who ask; a wrong setting is tried again at the next request."""

    def __init__(self, load: Callable[[], Settings], read_cookies: ReadCookies) -> None:
        self._load = load
        self._read_cookies = read_cookies
        self._made: Doorman | None = None
        self._ends: dict[tuple[str, float], asyncio.Event] = {}

    def doorman(self) -> Doorman | None:
        """None where the settings make no sense: then nobody is anybody, and every page says what is wrong."""
        if self._made is None:
            try:
                self._made = Doorman(self._load(), self._read_cookies)
            except SettingsError:
                return None
        return self._made

    def end(self, visit: Visit) -> None:
        """Somebody signed out: their sign-in counts no more, wherever its cookie has got to, and open pages end.

        Known to this process only, until the sign-in would have been over by itself.
        """
        self.ending(visit).set()

    def ending(self, visit: Visit) -> asyncio.Event:
        """Set when this sign-in ends before its time. For the server's own thread."""
        which = (visit.key, visit.until_s or 0)
        if which not in self._ends:
            # Each sign-in leaves one behind. Those that are over by themselves need none: in months they would pile up.
            self._ends = {known: event for known, event in self._ends.items() if known[1] >= time.time()}
        return self._ends.setdefault(which, asyncio.Event())

    def ended(self, visit: Visit) -> bool:
        """Whether somebody signed out of it."""
        found = self._ends.get((visit.key, visit.until_s or 0))
        return found is not None and found.is_set()


def set_cookies(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """The cookies that an answer gives to the browser, without those that it takes away."""
    found: dict[str, str] = {}
    for name, value in headers:
        if name.lower() == b"set-cookie":
            pair = value.decode("latin-1").partition(";")[0]
            found.update(cookie_parser(pair))
    return {name: value for name, value in found.items() if value}
