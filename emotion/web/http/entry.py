"""What happens around Streamlit's sign-in: where to afterwards, what if it fails, and what the audit log keeps of it.

Streamlit sends whoever comes back from the provider to the first page, whatever they had opened, and says nothing to
whom it did not let in. So the page that was asked for is remembered in a cookie on the way out.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from urllib.parse import quote, unquote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from emotion.access.values import Identity
from emotion.settings.auth import Auth
from emotion.web.http.access import IDENTITY
from emotion.web.http.doorman import Lodge, set_cookies
from emotion.web.http.paths import CALLBACK, LOGIN, LOGOUT, Access, access_to, below
from emotion.web.seal import NOBODY, Visit

RETURN = "emotion_return"
RETURN_S = 600
"""So long somebody may take to sign in with the provider and still come back to where they were."""
MOST_RETURN = 2000
DAY_S = 86_400
FAILED = "sign_in=failed"
"""The query by which a page learns that a sign-in came to nothing."""
SIGNED_IN, SIGNED_OUT, REFUSED = "signed.in", "signed.out", "signed.refused"

MOST_TELLING = 4
"""Of the 40 threads in which all requests ask the database: one that hangs may not have all of them."""

Note = Callable[[str, str, str], Awaitable[bool]]
"""Keeps (actor, action, what the actor is called) in the audit log, and says whether it could; raises nothing."""


class Entry:
    """Between the guard and Streamlit, for the three addresses of its sign-in."""

    def __init__(self, app: ASGIApp, *, base: Callable[[], str], lodge: Lodge, note: Note) -> None:
        self._app = app
        self._base = base
        self._lodge = lodge
        self._note = note
        self._seen: dict[str, float] = {}
        self._telling: dict[str, asyncio.Task[None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                self._tell_once(scope.get(IDENTITY))
            await self._app(scope, receive, send)
            return
        base = f"/{stripped}" if (stripped := self._base().strip("/")) else ""
        match below(scope["path"], base):
            case path if path == LOGIN:
                await self._app(scope, receive, _changing(send, lambda start: _leave(scope, start, base)))
            case path if path == CALLBACK:
                if not scope["query_string"]:
                    # The provider sends people here as well when they have signed out.
                    await self._app(scope, receive, send)
                    return
                come: list[Visit] = []
                await self._app(scope, receive, _changing(send, lambda start: self._arrive(scope, start, base, come)))
                await self._tell(come)
            case path if path == LOGOUT:
                await self._app(scope, receive, send)
                who: Identity | None = scope.get(IDENTITY)
                if who is not None:
                    await self._note(who.key, SIGNED_OUT, who.name)
            case _:
                await self._app(scope, receive, send)

    def _arrive(self, scope: Scope, start: Message, base: str, come: list[Visit]) -> None:
        """Back from the provider: on to the page that was asked for, or to the sign-in page."""
        doorman = self._lodge.doorman()
        visit = doorman.by_cookies(set_cookies(start["headers"]), None) if doorman else NOBODY
        come.append(visit)
        headers = MutableHeaders(scope=start)
        asked = cookie_parser(Headers(scope=scope).get("cookie", "")).get(RETURN, "")
        if visit.key:
            headers["location"] = _inside(unquote(asked), base) or headers.get("location", f"{base}/")
        else:
            start["status"], headers["location"] = 302, f"{base}/?{FAILED}"
        headers.append("set-cookie", _cookie("", base, 0))

    def _tell_once(self, who: Identity | None) -> None:
        """A proxy does not say when somebody signs in with it: the first page that they open counts, once a day.

        No page waits for it. Whom the audit log could not take, or not yet, is told of with their next page.
        """
        doorman = self._lodge.doorman()
        if who is None or doorman is None or doorman.settings.auth is not Auth.PROXY:
            return
        now = time.time()
        self._seen = {key: at for key, at in self._seen.items() if now - at < DAY_S}
        if who.key not in self._seen and who.key not in self._telling and len(self._telling) < MOST_TELLING:
            self._telling[who.key] = asyncio.create_task(self._tell_of(who))

    async def _tell_of(self, who: Identity) -> None:
        try:
            if await self._note(who.key, SIGNED_IN, who.name):
                self._seen[who.key] = time.time()
        finally:
            del self._telling[who.key]

    async def _tell(self, come: list[Visit]) -> None:
        for visit in come:
            name = visit.identity.name if visit.identity else ""
            await self._note(visit.key, SIGNED_IN if visit.identity else REFUSED, name)


def _leave(scope: Scope, start: Message, base: str) -> None:
    """Out to the provider: where to come back to; or straight back where the provider does not answer."""
    headers = MutableHeaders(scope=start)
    if start["status"] >= 400:
        start["status"], headers["location"] = 302, f"{base}/?{FAILED}"
        return
    referer = urlsplit(Headers(scope=scope).get("referer", ""))
    asked = f"{referer.path}?{referer.query}" if referer.query else referer.path
    if _inside(asked, base) and len(asked) <= MOST_RETURN:
        headers.append("set-cookie", _cookie(quote(asked, safe=""), base, RETURN_S))


def _inside(asked: str, base: str) -> str | None:
    """An address of one of our pages, and of nothing else; None where it is none."""
    parts = urlsplit(asked)
    path = below(parts.path, base)
    if parts.scheme or parts.netloc or not parts.path.startswith(f"{base}/") or parts.path.startswith("//"):
        return None
    if "\\" in asked or any(ord(char) < 32 for char in asked) or FAILED in parts.query:
        return None
    return asked if access_to(path) is Access.SHELL and "/" not in path[1:] and "." not in path else None


def _cookie(value: str, base: str, lasts_s: int) -> str:
    return f"{RETURN}={value}; Path={base or '/'}; Max-Age={lasts_s}; HttpOnly; SameSite=Lax"


def _changing(send: Send, change: Callable[[Message], None]) -> Send:
    async def changed(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": list(message["headers"])}
            change(message)
        await send(message)

    return changed
