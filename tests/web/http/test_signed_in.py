"""A sign-in that Streamlit's cookie keeps: read exactly, and over everywhere when it is over."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from typing import Any

import httpx
import loops
import pytest
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from load.guest import Guest
from streamlit.auth_util import set_cookie_with_chunks
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from web.http.servers import Server
from web.http.sign_ins import COOKIE_SECRET, PUBLIC, SIGNED_IN, ask, cookie, socket_to

from emotion.settings import Settings
from emotion.web.http.doorman import Lodge
from emotion.web.seal import Visit

pytestmark = pytest.mark.slow


class Earlier(TimestampSigner):
    """Signs as it would have a minute ago."""

    def get_timestamp(self) -> int:
        return super().get_timestamp() - 60


def chunked(*, last_of_another: bool = False) -> dict[str, str]:
    """A sign-in with so many claims that Streamlit cuts its cookie in pieces; the last may be of an earlier one."""
    told: dict[str, Any] = {
        "sub": "42",
        "exp": time.time() + 86_400,
        "origin": PUBLIC,
        "is_logged_in": True,
        "provider": "default",
    }
    pieces: dict[str, str] = {}

    def sign(name: str, value: str) -> bytes:
        return create_signed_value(COOKIE_SECRET, name, value)

    def keep(name: str, value: str) -> None:
        pieces[name] = sign(name, value).decode()

    told["groups"] = [secrets.token_hex(9000)]
    set_cookie_with_chunks(keep, sign, "_streamlit_user", told, cookie_attr_size=80)
    assert len(pieces) > 2
    if last_of_another:
        name = f"_streamlit_user_{len(pieces) - 1}"
        value = URLSafeTimedSerializer(COOKIE_SECRET, salt=name).loads(pieces[name])
        pieces[name] = str(URLSafeTimedSerializer(COOKIE_SECRET, salt=name, signer=Earlier).dumps(value))
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in pieces.items())}


@pytest.mark.parametrize(
    ("headers", "let_in"),
    [
        pytest.param(cookie(), True, id="a sign-in"),
        pytest.param(chunked(), True, id="a sign-in in pieces"),
        pytest.param(chunked(last_of_another=True), False, id="pieces of two sign-ins"),
        pytest.param(cookie() | {"Origin": PUBLIC}, True, id="from our own page"),
        pytest.param(cookie() | {"Origin": "http://evil.test"}, False, id="from another site's page"),
        pytest.param(cookie() | {"Origin": "null"}, False, id="from a page without an address"),
        pytest.param(cookie(secret=secrets.token_hex()), False, id="signed by another"),
        pytest.param(cookie(name="_streamlit_user_tokens"), False, id="another cookie of ours"),
        pytest.param(cookie(salt="_streamlit_user_tokens"), False, id="signed as another cookie"),
        pytest.param(cookie(exp=1), False, id="its time is over"),
        pytest.param(cookie(exp=None), False, id="it has no end"),
        pytest.param(cookie(exp=True), False, id="its end is no time"),
        pytest.param(cookie(origin="http://127.0.0.1:9999"), False, id="made elsewhere"),
        pytest.param(cookie(origin=None), False, id="made nowhere"),
        pytest.param(cookie(provider="another"), False, id="another provider"),
        pytest.param(cookie(is_logged_in=False), False, id="not signed in"),
        pytest.param(cookie(is_logged_in="yes"), False, id="signed in, as a text"),
        pytest.param(cookie(sub=""), False, id="without a subject"),
        pytest.param({"Cookie": "_streamlit_user=eyJzdWIiOiI0MiJ9"}, False, id="not signed"),
        pytest.param({"Cookie": "_streamlit_user="}, False, id="empty"),
        pytest.param({"Cookie": "_streamlit_user=\u00ff\u00fe; ; ="}, False, id="no cookie at all"),
        pytest.param({"X-Forwarded-User": "anna"}, False, id="a proxy's header"),
    ],
)
def test_streamlits_cookie_is_read_exactly(
    servers: Callable[..., Server], headers: dict[str, str], let_in: bool
) -> None:
    raw = {name: value.encode("latin-1") for name, value in headers.items()}
    answer = ask(servers(SIGNED_IN), "OPTIONS", "/api/uploads", **raw)  # type: ignore[arg-type]
    assert answer.status_code == (204 if let_in else 401)


def test_a_page_ends_with_the_sign_in(servers: Callable[..., Server]) -> None:
    server = servers(SIGNED_IN)

    async def scenario() -> None:
        # The first page of a server takes a busy machine some seconds.
        async with socket_to(server, cookie(), url=PUBLIC) as socket, httpx.AsyncClient() as browser:
            await Guest(browser, socket).open()
        headers = cookie(exp=time.time() + 10)
        async with socket_to(server, headers, url=PUBLIC) as socket, httpx.AsyncClient() as browser:
            assert "oidc:42 is a viewer" in (await Guest(browser, socket).open()).words
            async with asyncio.timeout(60):
                await socket.wait_closed()
        # What the browser does then: it connects again with the same cookie, and is nobody.
        async with socket_to(server, headers, url=PUBLIC) as socket, httpx.AsyncClient() as browser:
            assert "nobody" in (await Guest(browser, socket).open()).words

    loops.run(scenario())


def test_signing_out_ends_all_pages_and_copies_of_the_cookie(servers: Callable[..., Server]) -> None:
    server, headers, others = servers(SIGNED_IN), cookie(), cookie()

    async def scenario() -> None:
        async with (
            socket_to(server, headers, url=PUBLIC) as tab,
            socket_to(server, others, url=PUBLIC) as elsewhere,
            httpx.AsyncClient(timeout=60) as browser,
        ):
            assert "oidc:42" in (await Guest(browser, tab).open()).words
            assert (await browser.options(f"{server.url}/api/uploads", headers=headers)).status_code == 204
            assert (await browser.get(f"{server.url}/auth/logout", headers=headers)).status_code == 302
            async with asyncio.timeout(60):
                await tab.wait_closed()
            assert (await browser.options(f"{server.url}/api/uploads", headers=headers)).status_code == 401
            # In another browser the same person is still signed in.
            assert "oidc:42" in (await Guest(browser, elsewhere).open()).words

    loops.run(scenario())


def test_what_is_known_of_ends_does_not_pile_up() -> None:
    lodge, now_s = Lodge(Settings.load, lambda _cookies, _settings: None), time.time()
    signed_out = Visit(key="oidc:ada", until_s=now_s + 3600)
    lodge.end(signed_out)
    for number in range(1000):
        lodge.ending(Visit(key=f"oidc:{number}", until_s=now_s - 1))
    assert lodge.ended(signed_out)
    assert len(lodge._ends) == 2
