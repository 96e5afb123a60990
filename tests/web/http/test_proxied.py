"""Whom a proxy brings: told of once, asked for again and again, and in nobody else's session."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import loops
import pytest
from crew import until
from load.guest import Guest, guest
from web.http.servers import Server
from web.http.sign_ins import ANNA, BEN, TRUSTING, session_of, socket_to
from websockets.exceptions import InvalidStatus

from emotion.settings import Settings
from emotion.store import audit
from emotion.store.database import Database

pytestmark = pytest.mark.slow


def test_the_audit_log_has_whom_a_proxy_brings_once_a_day(servers: Callable[..., Server]) -> None:
    server = servers(TRUSTING)

    async def scenario() -> None:
        for _ in range(2):
            async with guest(server.url, {"X-Forwarded-User": "once"}) as tab:
                await tab.open()

    loops.run(scenario())
    with Database.open(Settings.load(data_dir=server.data_dir)) as database:
        # No page waits for it.
        entries = until(lambda: [entry for entry in audit.latest(database) if entry.actor == "proxy:once"])
    assert [entry.action for entry in entries] == ["signed.in"]


def test_nobody_takes_over_anothers_session(servers: Callable[..., Server]) -> None:
    server = servers(TRUSTING)

    async def scenario() -> None:
        async with guest(server.url, ANNA) as anna:
            session = session_of(await anna.open())
        # Her connection is gone: she may go on with her session, and Ben begins one of his own.
        for headers, same in ((BEN, False), (ANNA, True)):
            async with socket_to(server, headers, session=session) as socket, httpx.AsyncClient() as browser:
                assert (session_of(await Guest(browser, socket).open()) == session) is same

    loops.run(scenario())


def test_a_proxy_is_asked_again_after_a_while(servers: Callable[..., Server]) -> None:
    server = servers({**TRUSTING, "EMOTION_SIGN_IN_HOURS": str(10 / 3600)})

    async def scenario() -> None:
        # The first page of a server takes a busy machine some seconds.
        async with guest(server.url, BEN) as ben:
            await ben.open()
        async with socket_to(server, ANNA) as socket, httpx.AsyncClient() as browser:
            session = session_of(await Guest(browser, socket).open())
            async with asyncio.timeout(60):
                await socket.wait_closed()
        with pytest.raises(InvalidStatus):
            async with socket_to(server, {}, session=session):
                pass
        # Whom the proxy still knows goes on where she was.
        async with socket_to(server, ANNA, session=session) as socket, httpx.AsyncClient() as browser:
            assert session_of(await Guest(browser, socket).open()) == session

    loops.run(scenario())
