"""How often something may be tried: a minute's worth for each person or address, counted in this process's memory.

For uploads that are begun, and for tries to sign in. Several processes count each for itself.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Callable

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

from emotion.errors import SettingsError
from emotion.settings import Settings
from emotion.web.http.office import refused
from emotion.web.http.paths import CALLBACK, LOGIN, below

TOO_OFTEN = "There were too many tries to sign in from your address. Wait a minute and try again."


class Rate:
    """So many a minute for each name, 0 is any number. Any thread may ask."""

    def __init__(self, per_minute: int) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._item = RateLimitItemPerMinute(per_minute) if per_minute else None

    def hit(self, name: str) -> int | None:
        """One more; None where that is fine, else after how many seconds it will be."""
        if self._item is None or self._limiter.hit(self._item, name):
            return None
        window = self._limiter.get_window_stats(self._item, name)
        return max(math.ceil(window.reset_time - time.time()), 1)


class SignInRate:
    """Answers 429 to an address that tries to sign in again and again."""

    def __init__(self, app: ASGIApp, *, base: Callable[[], str], load: Callable[[], Settings]) -> None:
        self._app = app
        self._base = base
        self._load = load
        self._rate: Rate | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._tries(scope["path"]):
            wait_s = self._counted().hit(_address(scope))
            if wait_s is not None:
                await refused(TOO_OFTEN, 429, **{"Retry-After": str(wait_s)})(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _tries(self, path: str) -> bool:
        stripped = self._base().strip("/")
        return below(path, f"/{stripped}" if stripped else "") in (LOGIN, CALLBACK)

    def _counted(self) -> Rate:
        if self._rate is None:
            try:
                self._rate = Rate(self._load().sign_ins_per_minute)
            except SettingsError:
                # Every page says what is wrong, and nobody can sign in before it is mended.
                return Rate(0)
        return self._rate


def _address(scope: Scope) -> str:
    """Behind a proxy the server in front of us (uvicorn) puts the browser's own here.

    Of IPv6 the first 64 bits, which one network has: a machine chooses the others, and may take new ones each time.
    """
    client = scope.get("client")
    said = str(client[0]) if client else ""
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return said
    if isinstance(address, ipaddress.IPv4Address):
        return said
    return str(address.ipv4_mapped or ipaddress.IPv6Network((int(address), 64), strict=False))
