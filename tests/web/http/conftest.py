"""One server for all tests that leave it as it was, and servers of one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from web.http.servers import PARTS, Server, Tus

GATE = "tests/web/http/gate/app.py"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("data"), {"EMOTION_MAX_UPLOAD_GB": "1"})
    started.start()
    yield started
    started.kill()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts a server of one's own with such settings."""
    started: list[Server] = []

    def make(*, base: str = "", app: str = PARTS, **options: str) -> Server:
        made = Server(tmp_path / "data", options, base=base, app=app)
        started.append(made)
        made.start()
        return made

    yield make
    for made in started:
        made.kill()


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """A server for each way to sign in and each sub-path, started when it is first asked for."""
    running: dict[tuple[str, ...], Server] = {}

    def get(options: dict[str, str], base: str = "") -> Server:
        kind = (*options.values(), base)
        if kind not in running:
            running[kind] = Server(tmp_path_factory.mktemp("data"), options, base=base, app=GATE)
            running[kind].start()
        return running[kind]

    yield get
    for server in running.values():
        server.kill()


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=60) as made:
        yield made


@pytest.fixture
def tus(server: Server, client: httpx.Client) -> Tus:
    return Tus(server, client, server.links.ticket())
