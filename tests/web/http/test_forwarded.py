"""What a reverse proxy says about a request is believed from trusted ones only."""

from __future__ import annotations

from typing import Any

import loops
import pytest
from starlette.types import Receive, Scope, Send

from emotion.settings import Settings
from emotion.web.http.forwarded import PROXIED, Forwarded

PROXY, STRANGER, VISITOR = "10.0.0.1", "10.9.9.9", "192.0.2.5"
SAID = [(b"x-forwarded-for", VISITOR.encode()), (b"x-forwarded-proto", b"https"), (b"x-forwarded-user", b"ada")]
OWN = (b"host", b"emotion.lan")


def through(peer: str | None, headers: list[tuple[bytes, bytes]], *, kind: str = "http", **settings: Any) -> Scope:
    """What the application behind it sees."""
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    async def nothing(*_: object) -> Any:
        raise AssertionError("nobody asks")

    scope = {"type": kind, "client": peer and (peer, 1), "scheme": "ws" if kind == "websocket" else "http"}
    loaded = {"trusted_proxies": [PROXY, "2001:db8::/32"], **settings}
    forwarded = Forwarded(app, load=lambda: Settings.load(**loaded))
    loops.run(forwarded({**scope, "headers": [OWN, *headers]}, nothing, nothing))
    return seen[0]


@pytest.mark.parametrize(
    ("peer", "kind", "client", "scheme"),
    [
        pytest.param(PROXY, "http", VISITOR, "https", id="a trusted proxy"),
        pytest.param(PROXY, "websocket", VISITOR, "wss", id="its web socket"),
        pytest.param("2001:db8::9", "http", VISITOR, "https", id="one of a trusted network"),
        pytest.param(STRANGER, "http", STRANGER, "http", id="anybody else"),
        pytest.param(STRANGER, "websocket", STRANGER, "ws", id="anybody else's web socket"),
        pytest.param(None, "http", None, "http", id="nobody knows who"),
    ],
)
def test_who_is_believed(peer: str | None, kind: str, client: str | None, scheme: str) -> None:
    scope = through(peer, SAID, kind=kind)
    believed = scheme in ("https", "wss")
    assert (scope["client"] and scope["client"][0], scope["scheme"], scope[PROXIED]) == (client, scheme, believed)
    assert scope["headers"] == ([OWN, *SAID] if believed else [OWN])


@pytest.mark.parametrize(
    "header",
    ["X-Forwarded-For", "x-forwarded-proto", "X-FORWARDED-HOST", "X-Forwarded-Email", "Forwarded", "X-Real-IP"],
)
def test_what_a_stranger_says_about_others_is_not_heard(header: str) -> None:
    assert through(STRANGER, [(header.encode(), b"x")])["headers"] == [OWN]


def test_a_visitor_cannot_put_words_into_the_proxys_mouth() -> None:
    """Proxies append: the last address that is no proxy is the one that was seen, the others were sent by it."""
    said = [(b"x-forwarded-for", f"203.0.113.1, {VISITOR}, {PROXY}".encode())]
    assert through(PROXY, said)["client"][0] == VISITOR


def test_with_settings_that_make_no_sense_nobody_is_believed() -> None:
    scope = through(PROXY, SAID, trusted_proxies=["everybody"])
    assert (scope["client"][0], scope[PROXIED]) == (PROXY, False)
