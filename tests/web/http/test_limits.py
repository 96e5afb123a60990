"""How often, and how much: refused with a sentence, before a byte is sent."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import loops
import pytest
from starlette.types import Receive, Scope, Send
from web.http.servers import Server, Tus

from emotion.settings import Settings
from emotion.web.http.rates import Rate, SignInRate


def test_a_rate_is_for_each_name() -> None:
    rate = Rate(2)
    assert [rate.hit("ann"), rate.hit("ann"), rate.hit("bob")] == [None, None, None]
    wait_s = rate.hit("ann")
    assert wait_s is not None
    assert 1 <= wait_s <= 60
    assert rate.hit("bob") is None


def test_no_rate() -> None:
    rate = Rate(0)
    assert all(rate.hit("ann") is None for _ in range(1000))


@pytest.mark.parametrize(
    ("one", "other", "counted_together"),
    [
        pytest.param("192.0.2.7", "192.0.2.8", False, id="two machines"),
        pytest.param("2001:db8:1:2::7", "2001:db8:1:2:ffff::8", True, id="two addresses of one network"),
        pytest.param("2001:db8:1:2::7", "2001:db8:1:3::7", False, id="two networks"),
        pytest.param("::ffff:192.0.2.7", "192.0.2.7", True, id="IPv4, written as IPv6"),
        pytest.param("::ffff:192.0.2.7", "::ffff:192.0.2.8", False, id="two machines, written as IPv6"),
        pytest.param("fe80::1%eth0", "fe80::2%eth0", True, id="on one wire"),
        pytest.param("unix", "", False, id="no addresses"),
    ],
)
def test_who_tries_to_sign_in_is_counted_by_address(one: str, other: str, counted_together: bool) -> None:
    app = SignInRate(_answer, base=str, load=lambda: Settings.load(sign_ins_per_minute=1))

    async def ask(address: str) -> int:
        transport = httpx.ASGITransport(app, client=(address, 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return (await client.get("/auth/login")).status_code

    assert loops.run(ask(one)) == 200
    assert loops.run(ask(other)) == (429 if counted_together else 200)


async def _answer(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize(
    ("base", "path", "expected"),
    [
        pytest.param("", "/auth/login", [200, 200, 429], id="to the provider"),
        pytest.param("", "/oauth2callback", [200, 200, 429], id="back from it"),
        pytest.param("/emotion/", "/emotion/auth/login", [200, 200, 429], id="under a sub-path"),
        pytest.param("", "/library", [200, 200, 200], id="a page"),
        pytest.param("", "/x/auth/login", [200, 200, 200], id="another's"),
    ],
)
def test_tries_to_sign_in(base: str, path: str, expected: list[int]) -> None:
    app = SignInRate(_answer, base=lambda: base, load=lambda: Settings.load(sign_ins_per_minute=2))

    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app, client=("192.0.2.7", 5000))
        other = httpx.ASGITransport(app, client=("192.0.2.8", 5000))
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://here") as client,
            httpx.AsyncClient(transport=other, base_url="http://here") as neighbour,
        ):
            answers = [await client.get(path) for _ in expected]
            assert (await neighbour.get(path)).status_code == 200, "counted by address"
            return answers

    answers = loops.run(ask())
    assert [answer.status_code for answer in answers] == expected
    if expected[-1] == 429:
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
        assert "Wait a minute and try again" in answers[-1].json()["error"]


@pytest.mark.slow
def test_uploads_are_counted_and_measured(start: Callable[..., Server]) -> None:
    server = start(EMOTION_UPLOADS_PER_MINUTE="4", EMOTION_PERSON_JOBS="2", EMOTION_PERSON_GB="0.001")
    with httpx.Client(base_url=server.url, timeout=60) as client:
        tus = Tus(server, client, server.links.ticket())
        large = tus.create("large.mp4", 2 << 20)
        assert large.status_code == 403
        assert "This file has 2 MB, and of the 1.02 MB that you may have 1.02 MB are left" in large.json()["error"]
        assert [tus.create("a.mp4", 10).status_code for _ in range(2)] == [201, 201]
        third = tus.create("a.mp4", 10)
        assert third.status_code == 403
        assert "2 of your videos are waiting" in third.json()["error"]
        fifth = tus.create("a.mp4", 10)
        assert fifth.status_code == 429
        assert 1 <= int(fifth.headers["Retry-After"]) <= 60
        assert "goes on by itself" in fifth.json()["error"]
