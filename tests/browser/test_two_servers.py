"""Two servers behind nginx on one PostgreSQL and one data folder: it does not matter which of them somebody meets."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import ssl
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dashboard
import httpx
import loops
import nginx
import postgres
import provider
import pytest
from clips import make_face_clip
from load.guest import XSRF, Guest, guest
from load.sending import TUS, begin, go_on, send
from playwright.sync_api import Browser

pytestmark = [pytest.mark.slow, pytest.mark.browser]

LIMIT_S = 400.0
STICKY = "emotion_server"
DONE = ":material/check_circle:"


@dataclass(frozen=True, slots=True)
class House:
    """All of it, running."""

    front: nginx.Front
    servers: tuple[dashboard.Dashboard, ...]
    logs: tuple[Path, ...]

    def tab(self, cookies: Mapping[str, str]) -> contextlib.AbstractAsyncContextManager[Guest]:
        return guest(self.front.address, cookies=dict(cookies), verify=self.tls)

    @property
    def tls(self) -> ssl.SSLContext:
        return self.front.tls()

    async def who_serves(self, cookies: Mapping[str, str]) -> int:
        """Which server nginx chose: the one that wrote a line about this request."""
        async with httpx.AsyncClient(verify=self.tls, cookies=dict(cookies), timeout=60) as client:
            answer = await client.options(f"{self.front.address}/api/uploads")
        number = answer.headers["X-Request-ID"]
        async with asyncio.timeout(LIMIT_S):
            while not (found := [place for place, log in enumerate(self.logs) if number in log.read_text()]):
                await asyncio.sleep(0.05)
        return found[0]

    async def at(self, server: int, signed_in: Mapping[str, str]) -> dict[str, str]:
        """The cookies of somebody whom nginx sends to that server."""
        while True:
            cookies = {**signed_in, STICKY: uuid.uuid4().hex}
            if await self.who_serves(cookies) == server:
                return cookies


@pytest.fixture
def house(postgres_server: postgres.Server, tmp_path: Path, artifacts: Path) -> Iterator[House]:
    ports, logs = [dashboard.free_port() for _ in range(2)], [artifacts / f"server-{place}.log" for place in range(2)]
    with contextlib.ExitStack() as stack:
        offered = [f"127.0.0.1:{port}" for port in ports]
        front = stack.enter_context(nginx.running(tmp_path / "nginx", offered))
        rules = stack.enter_context(provider.running(tmp_path / "provider.log")).register(front.address)
        rules |= {"EMOTION_DATABASE_URL": postgres_server.fresh(), "EMOTION_WORKERS": "1", "EMOTION_MIN_FREE_GB": "0"}
        servers = [
            stack.enter_context(dashboard.serving(tmp_path / "data", log, port=port, **rules))
            for port, log in zip(ports, logs, strict=True)
        ]
        yield House(front, tuple(servers), tuple(logs))


def test_whichever_server_somebody_meets(house: House, browser: Browser, tmp_path: Path) -> None:
    clip = tmp_path / "astronaut.mp4"
    make_face_clip(clip, count=24, rate=12)
    ben, emil = (signed_in(browser, house.front.address, person) for person in (provider.BEN, provider.EMIL))

    async def live_through() -> None:
        first, second = [await house.at(server, ben) for server in range(2)]
        async with house.tab(first) as tab:
            await send(tab, house.front.address, clip, "astronaut.mp4")
            zone = (await tab.open("videos")).given("dropzone")
            half = await begin(tab.browser, house.front.address, zone, clip, "broken off.mp4")
            await go_on(tab.browser, half, zone, clip, until=clip.stat().st_size // 2)
        async with house.tab(second) as tab:
            await until_it_says(tab, "videos", DONE)
            assert_fine(await tab.open("library"))
        async with house.tab(await house.at(1, emil)) as tab:
            assert "astronaut" not in (await tab.open("videos")).words

        os.kill(house.servers[0].pid, signal.SIGKILL)
        assert await house.who_serves(first) == 1
        async with house.tab(first) as tab:
            assert_fine(await tab.open("library"))
            page = await tab.open("videos")
            assert DONE in page.words
            ticket = {**TUS, "Emotion-Ticket": page.given("dropzone")["ticket"]}
            reached = int((await tab.browser.head(half, headers=ticket)).headers["Upload-Offset"])
            assert reached == clip.stat().st_size // 2
            await go_on(tab.browser, half, page.given("dropzone"), clip, offset=reached)
            told = {page.component("dropzone").id: {"finished": [half.rsplit("/", 1)[-1]]}}
            await tab.open("videos", said=told)
            # Whoever looked after the workers may have died: the other does it now.
            await until_it_says(tab, "videos", "broken off")
            await until_it_says(tab, "videos", DONE, times=2)

    loops.run(live_through())


def signed_in(browser: Browser, address: str, person: provider.Person) -> dict[str, str]:
    """Signs in as people do; the cookies that say so."""
    context = browser.new_context(ignore_https_errors=True)
    page = context.new_page()
    page.goto(address)
    provider.sign_in(page, person)
    page.get_by_text("Live", exact=True).first.wait_for(timeout=provider.WAIT_MS)
    cookies: list[Any] = context.cookies(address)
    context.close()
    return {one["name"]: one["value"] for one in cookies if one["name"] not in (STICKY, XSRF)}


def assert_fine(visit: Any) -> None:
    assert visit.complaints == []


async def until_it_says(tab: Guest, page: str, words: str, *, times: int = 1) -> None:
    async with asyncio.timeout(LIMIT_S):
        while (await tab.open(page)).words.count(words) < times:
            await asyncio.sleep(0.5)
