"""A real coturn, as ``deploy/coturn`` configures it, and the credentials that the dashboard makes for it."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Iterator
from typing import Any

import coturn
import dashboard
import loops
import pytest
from aioice import Connection, stun, turn
from coturn import Coturn
from crew import until

from emotion.settings import Settings
from emotion.web import rtc

pytestmark = pytest.mark.slow

LONG_S = 60.0
PERSON = "oidc:zebedee@example.org"


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coturn]:
    with coturn.running(tmp_path_factory.mktemp("coturn"), dashboard.own_address()) as started:
        yield started


def credentials(relay: Coturn, *, age_s: float = 0, secret: str | None = None) -> dict[str, str]:
    settings = Settings.load(turn_urls=relay.urls, turn_secret=secret or relay.secret, rtc_mode="turn", turn_ttl_s=60)
    server = rtc.ways(settings, PERSON, now_s=time.time() - age_s).browser["iceServers"][0]
    return {"username": server["username"], "password": server["credential"]}


class Told(asyncio.DatagramProtocol):
    """Waits for what comes, or for why it could not be sent."""

    def __init__(self) -> None:
        self.came: asyncio.Future[bytes | Exception] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.came.set_result(data)

    def error_received(self, exc: Exception) -> None:
        self.came.set_result(exc)


async def allocated(relay: Coturn, **how: Any) -> tuple[asyncio.DatagramTransport, Told]:
    """A relay's address of one's own. Raises TransactionFailed where it is refused."""
    async with asyncio.timeout(LONG_S):
        return await turn.create_turn_endpoint(Told, server_addr=(relay.host, relay.port), lifetime=600, **how)


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_our_credentials_open_it(relay: Coturn, transport: str) -> None:
    async def ask() -> tuple[str, int]:
        opened, _ = await allocated(relay, transport=transport, **credentials(relay))
        address: tuple[str, int] = opened.get_extra_info("sockname")
        opened.close()
        return address

    assert loops.run(ask())[0] == relay.host


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"secret": "another-secret-of-somebody"}, id="made with another secret"),
        pytest.param({"age_s": 3600}, id="made an hour ago for a minute"),
    ],
)
def test_others_do_not(relay: Coturn, how: dict[str, Any]) -> None:
    async def ask() -> None:
        (await allocated(relay, **credentials(relay, **how)))[0].close()

    with pytest.raises(stun.TransactionFailed, match="401"):
        loops.run(ask())


def test_it_leads_to_the_dashboard(relay: Coturn) -> None:
    async def send() -> bytes | Exception:
        listener, told = await asyncio.get_running_loop().create_datagram_endpoint(Told, (relay.host, 0))
        opened, _ = await allocated(relay, **credentials(relay))
        opened.sendto(b"a picture", listener.get_extra_info("sockname"))
        try:
            return await asyncio.wait_for(told.came, LONG_S)
        finally:
            opened.close()
            listener.close()

    assert loops.run(send()) == b"a picture"


def test_a_relay_outlives_its_credentials(relay: Coturn) -> None:
    """They are needed to begin; who is live for longer than they last is not cut off."""

    async def send() -> bytes | Exception:
        listener, told = await asyncio.get_running_loop().create_datagram_endpoint(Told, (relay.host, 0))
        ends = credentials(relay, age_s=50)
        opened, _ = await allocated(relay, **ends)
        # coturn counts whole seconds, by a clock that may be some milliseconds behind ours.
        await asyncio.sleep(int(ends["username"].split(":")[0]) + 2 - time.time())
        with pytest.raises(stun.TransactionFailed, match="401"):
            await allocated(relay, **ends)
        # A new permission: as much as a relay is ever asked for while it lasts.
        opened.sendto(b"a picture", listener.get_extra_info("sockname"))
        try:
            return await asyncio.wait_for(told.came, LONG_S)
        finally:
            opened.close()
            listener.close()

    assert loops.run(send()) == b"a picture"


@pytest.mark.parametrize(
    "peer",
    [
        pytest.param("127.0.0.1", id="the relay's own loop"),
        pytest.param("10.1.2.3", id="the network"),
        pytest.param("203.0.113.7", id="the world"),
    ],
)
def test_it_leads_nowhere_else(relay: Coturn, peer: str) -> None:
    async def send() -> bytes | Exception:
        opened, told = await allocated(relay, **credentials(relay))
        opened.sendto(b"knock, knock", (peer, 40_000))
        try:
            return await asyncio.wait_for(told.came, LONG_S)
        finally:
            opened.close()

    refused = loops.run(send())
    assert isinstance(refused, stun.TransactionFailed)
    assert refused.response.attributes["ERROR-CODE"][0] == 403


def test_it_is_a_stun_server_too(relay: Coturn) -> None:
    """As `EMOTION_STUN_URL`: it tells which address one is seen under, without any credentials."""

    async def ask() -> set[str]:
        peer = Connection(ice_controlling=True, stun_server=(relay.host, relay.port))
        try:
            await asyncio.wait_for(peer.gather_candidates(), LONG_S)
            return {one.host for one in peer.local_candidates if one.type == "srflx"}
        finally:
            await peer.close()

    assert loops.run(ask()) == {relay.host}


def test_it_speaks_tls(relay: Coturn) -> None:
    context = ssl.create_default_context(cafile=str(relay.authority))
    with (
        socket.create_connection((relay.host, relay.tls_port), timeout=LONG_S) as plain,
        context.wrap_socket(plain, server_hostname=relay.host) as secure,
    ):
        assert secure.version() in ("TLSv1.2", "TLSv1.3")


def test_its_log_names_nobody(relay: Coturn) -> None:
    async def ask() -> None:
        (await allocated(relay, **credentials(relay)))[0].close()

    loops.run(ask())
    until(lambda: "ALLOCATE processed, success" in relay.says())
    assert "zebedee" not in relay.says()
