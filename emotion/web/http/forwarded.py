"""Who is behind a reverse proxy: believed from the proxies that the administrator trusts, and from nobody else."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from emotion.errors import SettingsError
from emotion.settings import Settings

PROXIED = "emotion.proxied"
"""In the scope of every request: whether a trusted proxy sent it, so that its headers can be believed."""
# What a proxy says about the one behind it. From anybody else it is a lie, or is at least not known to be true.
SAID_BY_PROXIES = (b"x-forwarded-", b"x-real-ip", b"forwarded")


class Forwarded:
    """Takes a request's client and scheme from ``X-Forwarded-For`` and ``X-Forwarded-Proto`` of a trusted proxy.

    From others these headers are removed, so that nothing that comes later can mistake them. The settings, which name
    the proxies, are loaded at the first request.
    """

    def __init__(self, app: ASGIApp, *, load: Callable[[], Settings]) -> None:
        self._app = app
        self._load = load
        self._rewriting: ProxyHeadersMiddleware | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        if self._rewriting is None:
            self._rewriting = ProxyHeadersMiddleware(self._app, self._proxies())  # type: ignore[arg-type]
        client = scope.get("client")
        if client and client[0] in self._rewriting.trusted_hosts:
            await self._rewriting({**scope, PROXIED: True}, receive, send)  # type: ignore[arg-type]
        else:
            await self._app({**scope, PROXIED: False, "headers": _without_hearsay(scope)}, receive, send)

    def _proxies(self) -> list[str]:
        try:
            return list(self._load().trusted_proxies)
        except SettingsError:
            return []  # each page says what is wrong with them


def _without_hearsay(scope: Scope) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in scope["headers"] if not name.lower().startswith(SAID_BY_PROXIES)]
