"""Stands before everything that this server answers, and lets nobody pass who has not signed in.

It says in each request's scope who asks (:func:`emotion.web.http.access.asker`), and closes Streamlit's own ways to
data, which know nothing of sign-in: media files and uploads belong to the person on whose page they are.
"""

from __future__ import annotations

import asyncio
import time
import weakref
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from emotion.access.values import Identity
from emotion.settings.auth import Auth
from emotion.web.http.access import IDENTITY
from emotion.web.http.doorman import Lodge, ReadCookies
from emotion.web.http.office import refused
from emotion.web.http.paths import LOGOUT, MEDIA, UPLOAD, Access, access_to, below
from emotion.web.seal import HEADER, NOBODY, Visit, sealed

SIGN_IN_FIRST = "Sign in first: open the dashboard's page."
THROUGH_THE_PROXY = (
    "You are not signed in here. Open the dashboard by the address that its administrator gave you; "
    "this one does not say who you are."
)
NOT_HERE = "There is nothing here."
TOO_MUCH = "Your open pages hold too many pictures. Take some away, or close some pages, and try again."
POLICY_VIOLATION = 1008
"""RFC 6455: how a web socket is closed that is not let in, or not any longer."""
VISIT_HEADER = HEADER.lower().encode("ascii")


@dataclass(frozen=True, slots=True)
class Ways:
    """What the guard asks Streamlit; see :mod:`emotion.web.sessions` and :mod:`emotion.web.sign_in`."""

    read_cookies: ReadCookies = lambda _cookies, _settings: None
    shows: Callable[[str, str], Awaitable[bool]] | None = None
    """Whether a media file is on a page of a person (key, file's name)."""
    owns: Callable[[str, str], bool] | None = None
    """Whether a Streamlit session is a person's (key, session)."""
    has_room: Callable[[str], bool] = lambda _key: True
    """Whether a person's pages may be given one more file."""
    may_say: Callable[[bytes], bool] = lambda _message: True
    """Whether a page may send this over its web socket."""


NO_WAYS = Ways()


class Guard:
    """Pure ASGI: nothing of a body is held back."""

    def __init__(self, app: ASGIApp, *, base: Callable[[], str], lodge: Lodge, ways: Ways) -> None:
        self._app = app
        self._base = base
        self._lodge = lodge
        self._ways = ways
        self._giving: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        path = below(scope["path"], self._prefix())
        doorman = self._lodge.doorman()
        visit = doorman.visit(scope) if doorman else NOBODY
        if self._lodge.ended(visit):
            visit = NOBODY
        auth = doorman.settings.auth if doorman else Auth.OIDC
        answer = refused(NOT_HERE, 404) if _foreign(scope) else await self._refusal(path, auth, visit.identity)
        if answer is not None:
            await _refuse(answer, scope, receive, send)
            return
        scope = {**scope, IDENTITY: visit.identity, "headers": _marked(scope["headers"], auth, visit)}
        if scope["type"] == "websocket":
            receive = _listening(receive, self._ways.may_say)
            if visit.until_s is not None:
                receive = _ending(receive, visit.until_s, self._lodge.ending(visit))
            elif doorman and auth is Auth.PROXY:
                receive = _ending(receive, time.time() + doorman.asked_again_s, asyncio.Event())
        elif visit.identity and auth is not Auth.NONE and scope["method"] == "PUT" and path.startswith(UPLOAD):
            await self._give(visit.identity.key, scope, receive, send)
            return
        elif path == LOGOUT and visit.until_s is not None:
            self._lodge.end(visit)
        await self._app(scope, receive, send)

    async def _give(self, key: str, scope: Scope, receive: Receive, send: Send) -> None:
        """A file into a person's page. One after the other: what they hold is known only when it has come."""
        turn = self._giving.setdefault(key, asyncio.Lock())
        async with turn:
            fits = self._ways.has_room(key)
            await (self._app if fits else refused(TOO_MUCH, 429))(scope, receive, send)

    def _prefix(self) -> str:
        stripped = self._base().strip("/")
        return f"/{stripped}" if stripped else ""

    async def _refusal(self, path: str, auth: Auth, who: Identity | None) -> Response | None:
        """What stands in the way; None where nothing does."""
        access = access_to(path)
        if access is Access.NOBODY:
            return refused(NOT_HERE, 404)
        if access is Access.PROBE or (access is Access.SHELL and auth is not Auth.PROXY):
            return None
        if who is None:
            return PlainTextResponse(THROUGH_THE_PROXY, 403) if auth is Auth.PROXY else refused(SIGN_IN_FIRST, 401)
        return None if auth is Auth.NONE or await self._belongs(path, who.key) else refused(NOT_HERE, 404)

    async def _belongs(self, path: str, key: str) -> bool:
        """Whether what Streamlit holds in memory is on a page of this person."""
        if path.startswith(MEDIA):
            return self._ways.shows is not None and await self._ways.shows(key, path.removeprefix(MEDIA))
        if path.startswith(UPLOAD):
            session = path.removeprefix(UPLOAD).partition("/")[0]
            return self._ways.owns is not None and self._ways.owns(key, session)
        return True


def _foreign(scope: Scope) -> bool:
    """A web socket that another site's page opens. Streamlit would ask a service on the internet before it refuses."""
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    return scope["type"] == "websocket" and origin is not None and urlsplit(origin).netloc != headers.get("host")


def _marked(headers: list[tuple[bytes, bytes]], auth: Auth, visit: Visit) -> list[tuple[bytes, bytes]]:
    """The headers with ours, and without any that pretends to be ours."""
    kept = [(name, value) for name, value in headers if name.lower() != VISIT_HEADER]
    if auth is Auth.NONE:
        return kept
    return [*kept, (VISIT_HEADER, sealed(visit).encode("ascii"))]


def _listening(receive: Receive, may_say: Callable[[bytes], bool]) -> Receive:
    """The web socket without what no page of ours sends."""

    async def receive_fit() -> Message:
        while True:
            message = await receive()
            if message["type"] != "websocket.receive" or may_say(message.get("bytes") or b""):
                return message

    return receive_fit


def _ending(receive: Receive, until_s: float, ending: asyncio.Event) -> Receive:
    """The web socket of somebody whose sign-in ends at ``until_s``, or with ``ending``: as if the browser had gone."""

    async def receive_in_time() -> Message:
        tasks = asyncio.ensure_future(receive()), asyncio.ensure_future(ending.wait())
        try:
            left_s = max(until_s - time.time(), 0)
            await asyncio.wait(tasks, timeout=left_s, return_when=asyncio.FIRST_COMPLETED)
            if tasks[0].done() and not ending.is_set():
                return tasks[0].result()
            return {"type": "websocket.disconnect", "code": POLICY_VIOLATION}
        finally:
            for task in tasks:
                task.cancel()

    return receive_in_time


async def _refuse(answer: Response, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()  # the request to connect; closing before it is accepted answers 403
        await send({"type": "websocket.close", "code": POLICY_VIOLATION})
    else:
        await answer(scope, receive, send)
