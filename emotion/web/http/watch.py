"""Numbers every request, counts it, and writes a line about it: what came of it and how long it took.

Never its address: that can hold a signed key, the name of a file, or whatever somebody typed.
"""

from __future__ import annotations

import logging
import re
import time
import uuid
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from emotion import logs, metrics
from emotion.web.http.forwarded import PROXIED

log = logging.getLogger(__name__)

NUMBER = "X-Request-ID"
# As reverse proxies make them. Believed from those we trust: whoever chooses it could pass for another in the log.
GIVEN = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ID = re.compile(r"[0-9a-f]{32}")
# Comes every few seconds, for months: what is amiss is told once by whoever found it.
PROBE = "probe"
# The first that fits; the sub-path may stand before each.
ROUTES = (
    ("uploads", re.compile(r"/api/uploads(/|$)")),
    ("files", re.compile(r"/api/recordings/")),
    (PROBE, re.compile(r"/(healthz|readyz|metrics|_stcore/health)$")),
    ("sign-in", re.compile(r"/(auth/|oauth2callback)")),
    ("socket", re.compile(r"/_stcore/stream$")),
    ("picture", re.compile(r"/_stcore/upload_file/")),
    ("media", re.compile(r"/media/")),
)
OTHER = "page"
# Of these every request is worth a line, of the others those that failed. An upload comes in thousands of PATCHes.
TOLD = ("uploads", "files", "sign-in")
# As nginx calls it: the client left before there was an answer.
LEFT = 499
METHODS = ("GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS", "PUT")


class Watch:
    """Around all of our middlewares but the one that takes the client's address: what they refuse is seen too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        seen = _Seen(scope, receive, send)
        logs.number_task(seen.number, job=seen.job)
        try:
            await self._app(scope, seen.receive, seen.send)
        except Exception:
            seen.failed = True
            raise
        finally:
            seen.close()


@dataclass(slots=True)
class _Seen:
    """One request, or one connection of a page."""

    scope: Scope
    from_client: Receive
    to_client: Send
    route: str = field(init=False)
    number: str = field(init=False)
    job: str = field(init=False)
    """The recording or upload that its address names."""
    status: int = 0
    failed: bool = False
    """By a mistake of ours, which the server answers and logs."""
    open: bool = False
    began_s: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        path = str(self.scope["path"])
        given = Headers(scope=self.scope).get(NUMBER, "") if self.scope.get(PROXIED) is True else ""
        self.route = next((name for name, pattern in ROUTES if pattern.search(path)), OTHER)
        self.number = given if GIVEN.fullmatch(given) else uuid.uuid4().hex
        found = ID.search(path) if self.route in ("uploads", "files") else None
        self.job = found.group() if found else ""

    async def receive(self) -> Message:
        message = await self.from_client()
        if message["type"] == "http.request":
            metrics.request_bytes.labels(self.route).inc(len(message.get("body", b"")))
        return message

    async def send(self, message: Message) -> None:
        match message["type"]:
            case "http.response.start":
                self.status = message["status"]
                MutableHeaders(scope=message)[NUMBER] = self.number
            case "http.response.body":
                metrics.answer_bytes.labels(self.route).inc(len(message.get("body", b"")))
            case "websocket.accept":
                self.open = True
                metrics.pages_open.inc()
        await self.to_client(message)

    def close(self) -> None:
        """It is over, in whatever way."""
        if self.open:
            metrics.pages_open.dec()
        if self.scope["type"] == "http":
            self._count()

    def _count(self) -> None:
        said, seconds = str(self.scope["method"]), time.monotonic() - self.began_s
        method = said if said in METHODS else "other"
        status = self.status or (500 if self.failed else LEFT)
        metrics.requests.labels(self.route, method, str(status)).inc()
        metrics.request_seconds.labels(self.route).observe(seconds)
        told = status >= 400 or (self.route in TOLD and method != "PATCH")
        if told and self.route != PROBE:
            level = logging.WARNING if status >= 500 else logging.INFO
            log.log(level, "%s %s %d in %.0f ms", method, self.route, status, 1000 * seconds)
