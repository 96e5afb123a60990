"""What every answer wears: headers that say what a page of ours never does, and cookies for HTTPS alone."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from emotion.web.http.doorman import Lodge

INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def _inline_scripts() -> str:
    """The few lines of script that stand in Streamlit's page itself, by their hashes.

    Read where the package lies, without importing it. Where Streamlit changes them the hashes change too.
    """
    found = importlib.util.find_spec("streamlit")
    page = Path(found.origin).parent / "static" / "index.html" if found and found.origin else None
    scripts = INLINE.findall(page.read_bytes()) if page and page.exists() else []
    hashes = (base64.b64encode(hashlib.sha256(script).digest()).decode("ascii") for script in scripts)
    return " ".join(f"'sha256-{each}'" for each in hashes)


# What pages need, found by taking away one after the other; tests/browser fail where Chromium refuses anything.
# scripts   Streamlit hands those of components over as text, and runs them from a blob:
# styles    its libraries write them into the page
# pictures  data: small ones in styles; blob: what a page draws itself
# frames    streamlit-webrtc lives in a frame of our own
POLICY = "; ".join(
    (
        "default-src 'self'",
        f"script-src 'self' blob: 'wasm-unsafe-eval' {_inline_scripts()}".rstrip(),
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "frame-src 'self'",
        "frame-ancestors 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    )
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(self), display-capture=(self), fullscreen=(self), microphone=(), geolocation=(), usb=(), payment=()"
    ),
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = "Strict-Transport-Security", "max-age=31536000"
"""From then on, for a year, the browser asks this host by HTTPS only: on every port, so other services there too."""


class Clad:
    """Adds what an answer does not say itself; makes every cookie ``Secure`` where the browser speaks HTTPS."""

    def __init__(self, app: ASGIApp, *, lodge: Lodge) -> None:
        self._app = app
        self._lodge = lodge

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        secret = scope.get("scheme") in ("https", "wss")
        worn = {**ALWAYS, HSTS[0]: HSTS[1]} if secret and self._has_the_host() else ALWAYS

        async def clad(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.accept"):
                message = {**message, "headers": _dressed(message, worn, secret=secret)}
            await send(message)

        await self._app(scope, receive, clad)

    def _has_the_host(self) -> bool:
        """Whether people reach us at a host's HTTPS itself, and not at a port beside other things."""
        doorman = self._lodge.doorman()
        parts = urlsplit((doorman and doorman.settings.public_url) or "")
        return parts.scheme == "https" and parts.port in (None, 443)


def _dressed(message: Message, worn: Mapping[str, str], *, secret: bool) -> list[tuple[bytes, bytes]]:
    headers = MutableHeaders(raw=[_secured(*pair) if secret else pair for pair in message.get("headers", ())])
    if message["type"] == "http.response.start":
        for name, value in worn.items():
            headers.setdefault(name, value)
    return headers.raw


def _secured(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    if name.lower() == b"set-cookie" and b"secure" not in {part.strip().lower() for part in value.split(b";")}:
        return name, value + b"; Secure"
    return name, value
