"""`emotion serve` as a process: what it refuses, how it begins, whom it answers, how it ends."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import dashboard
import pytest
from crew import alive, until
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from emotion.errors import SettingsError
from emotion.serve.plan import Plan, plan
from emotion.serve.server import IDLE_S, bind
from emotion.settings import Settings
from emotion.store import workers
from emotion.store.database import Database

LIMIT_S = 120


def emotion(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "emotion", *arguments]
    variables = {**os.environ, "EMOTION_DATA_DIR": str(cwd / "data"), **environment}
    return subprocess.run(command, cwd=cwd, env=variables, capture_output=True, text=True, timeout=LIMIT_S, check=False)


@contextlib.contextmanager
def taken(address: str = "127.0.0.1") -> Iterator[int]:
    """A port that another program has."""
    with socket.create_server((address, 0)) as other:
        yield other.getsockname()[1]


def test_it_is_not_open_to_a_network_by_itself(tmp_path: Path) -> None:
    ended = emotion("serve", cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("error: Without sign-in everybody in the network")
    assert not (tmp_path / "data").exists()


def test_a_port_that_is_taken_is_a_sentence(tmp_path: Path) -> None:
    with taken() as port:
        ended = emotion("serve", "--address=127.0.0.1", f"--port={port}", cwd=tmp_path)
    assert ended.returncode == 2
    assert (
        ended.stderr
        == f"error: Port {port} is taken by another program. Choose another one with --port or EMOTION_PORT.\n"
    )


def test_the_first_free_port_is_taken() -> None:
    with taken() as first:
        wanted = Plan(("127.0.0.1",), (first, dashboard.free_port()), False, ("localhost",), (), "", None)
        sockets, port = bind(wanted)
        assert port == wanted.ports[1]
        for each in sockets:
            each.close()


@pytest.mark.parametrize(
    ("address", "says"),
    [
        pytest.param("192.0.2.77", "'192.0.2.77' is no address of this machine", id="somebody else's"),
        pytest.param("2001:db8::77", "'2001:db8::77' is no address of this machine", id="by IPv6"),
    ],
)
def test_an_address_of_another_machine_is_a_sentence(address: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        bind(plan(Settings.load(address=address, auth="proxy")))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dashboard.Dashboard]:
    folder = tmp_path_factory.mktemp("served")
    with dashboard.serving(
        folder / "data", folder / "log", "--open", address=dashboard.own_address(), cwd=folder, EMOTION_WORKERS="1"
    ) as started:
        yield started


@pytest.mark.slow
@pytest.mark.parametrize(
    ("host", "let_in"),
    [
        pytest.param(None, True, id="its own address"),
        pytest.param("localhost", True, id="this machine's name for itself"),
        pytest.param("evil.example", False, id="a name that another site made for it"),
    ],
)
def test_without_sign_in_it_answers_to_its_own_names_only(
    served: dashboard.Dashboard, host: str | None, let_in: bool
) -> None:
    """Else any site that somebody visits could read everything, by a name of its own for this machine's address."""
    address = urlsplit(served.url)
    there = f"{host or address.hostname}:{address.port}"
    with (
        contextlib.nullcontext() if let_in else pytest.raises(InvalidStatus, match="403"),
        socket.create_connection((address.hostname, address.port), timeout=LIMIT_S) as plain,
        connect(
            f"wss://{there}/_stcore/stream",
            sock=plain,
            ssl=dashboard.unverified(),
            origin=Origin(f"https://{there}"),
            subprotocols=[Subprotocol("streamlit")],
            open_timeout=LIMIT_S,
        ),
    ):
        pass


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder for sockets, whose names may have 107 letters: that of the tests may be deep."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder)


@pytest.mark.slow
def test_it_ends_in_good_order_and_says_so_to_the_system(tmp_path: Path, short_path: Path) -> None:
    told = short_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as system:
        system.bind(str(told))
        system.settimeout(LIMIT_S)
        port = dashboard.free_port()
        settings = Settings.load(data_dir=tmp_path / "data", workers=1)
        variables = {**os.environ, **settings.as_environment(), "NOTIFY_SOCKET": str(told)}
        command = [sys.executable, "-m", "emotion", "serve", "--address=127.0.0.1", f"--port={port}"]
        with subprocess.Popen(command, cwd=tmp_path, env=variables, stdout=subprocess.PIPE, text=True) as process:
            assert system.recv(100) == b"READY=1"
            assert process.stdout
            said = [process.stdout.readline() for _ in range(3)]
            with Database.open(settings) as database:
                until(lambda: workers.alive(database))
                pids = [worker.pid for worker in workers.alive(database)]
            process.send_signal(signal.SIGTERM)
            assert system.recv(100) == b"STOPPING=1"
            assert process.wait(LIMIT_S) == 0
    assert f"  http://localhost:{port}/\n" in said
    until(lambda: not any(map(alive, pids)), limit_s=LIMIT_S)


@pytest.mark.slow
def test_a_connection_that_rests_is_kept(tmp_path: Path) -> None:
    """A reverse proxy sends the next request on it; where the server has just closed it, the browser gets a 502."""
    with dashboard.serving(tmp_path / "data", tmp_path / "log") as server:
        connection = HTTPConnection("127.0.0.1", urlsplit(server.url).port or 0)
        connection.connect()
        used = connection.sock
        for rests_s in (7, 0):  # uvicorn by itself closes after 5
            connection.request("GET", "/healthz")
            assert connection.getresponse().read()
            time.sleep(rests_s)
        assert connection.sock is used
        connection.close()
    assert IDLE_S > 120  # what Caddy keeps


@pytest.mark.slow
def test_it_serves_from_an_installed_package(tmp_path: Path) -> None:
    """Laid out as the wheel's build lays it out, far from any checkout."""
    build = tomllib.loads((dashboard.ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    site = tmp_path / "site"
    shutil.copytree(dashboard.ROOT / "emotion", site / "emotion", ignore=shutil.ignore_patterns("__pycache__"))
    for source, place in build["force-include"].items():
        found, to = dashboard.ROOT / source, site / place
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(found, to) if found.is_dir() else shutil.copy(found, to)
    # The working directory stands first where Python looks for packages.
    with dashboard.serving(tmp_path / "data", tmp_path / "log", cwd=site, EMOTION_SUB_PATH="/emotion") as started:
        with urllib.request.urlopen(f"{started.url}/", timeout=LIMIT_S) as answer:  # noqa: S310 - our own server
            assert b"<title>Streamlit</title>" in answer.read()
        words = subprocess.run(
            [sys.executable, "-c", "from emotion.serve import application; print(application.folder())"],
            cwd=site, capture_output=True, text=True, check=True,
        )  # fmt: skip
    assert words.stdout.strip() == str(site / "emotion" / "dashboard")


@pytest.mark.slow
def test_streamlits_own_settings_are_found_from_any_folder(tmp_path: Path) -> None:
    asked = ["client.showErrorDetails", "server.baseUrlPath", "server.address", "browser.gatherUsageStats"]
    code = (
        "from emotion.serve import application; application.load({'server.baseUrlPath': '/emotion'});"
        f"from streamlit import config; print(*map(config.get_option, {asked}))"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["none", "/emotion", "127.0.0.1", "False"]


def test_streamlit_run_stays_on_this_machine() -> None:
    settings = tomllib.loads((dashboard.ROOT / ".streamlit" / "config.toml").read_text())
    assert settings["server"]["address"] == "127.0.0.1"
