"""Whom a proxy brings is told of in the audit log, and nobody waits for it."""

from __future__ import annotations

import asyncio
from typing import Any

import loops
from starlette.types import Receive, Scope, Send

from emotion.access.values import Identity, Role
from emotion.settings import Settings
from emotion.web.http.access import IDENTITY
from emotion.web.http.doorman import Lodge
from emotion.web.http.entry import MOST_TELLING, Entry


class Log:
    """Takes entries while it is ``open``, and says that it could not where it ``fails``."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.fails = False
        self.asked: list[str] = []

    async def note(self, actor: str, action: str, name: str) -> bool:
        self.asked.append(actor)
        await self.open.wait()
        return not self.fails


async def _page(scope: Scope, receive: Receive, send: Send) -> None:
    """One that is over at once."""


def entry(log: Log) -> Entry:
    lodge = Lodge(lambda: Settings.load(auth="proxy"), lambda _cookies, _settings: None)
    return Entry(_page, base=str, lodge=lodge, note=log.note)


async def comes(door: Entry, who: str) -> None:
    async def nothing(*_: Any) -> Any: ...

    scope = {"type": "websocket", "path": "/", IDENTITY: Identity(who, who, Role.MEMBER)}
    async with asyncio.timeout(5):
        await door(scope, nothing, nothing)
    await asyncio.sleep(0)


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_no_page_waits_for_a_database_that_hangs() -> None:
    async def scenario() -> None:
        log = Log()
        door = entry(log)
        for number in [*range(10), *range(10)]:
            await comes(door, f"proxy:{number}")
        assert log.asked == [f"proxy:{number}" for number in range(MOST_TELLING)]
        log.open.set()
        await settled()
        await comes(door, "proxy:0")
        await comes(door, "proxy:9")
        await settled()
        assert log.asked[MOST_TELLING:] == ["proxy:9"]

    loops.run(scenario())


def test_whom_the_log_could_not_take_is_told_of_with_the_next_page() -> None:
    async def scenario() -> None:
        log = Log()
        door = entry(log)
        log.open.set()
        for log.fails, asked in ((True, 1), (True, 2), (False, 3), (False, 3)):
            await comes(door, "proxy:ann")
            await settled()
            assert len(log.asked) == asked

    loops.run(scenario())
