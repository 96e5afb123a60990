"""What streamlit-webrtc 0.79 and aiortc 1.16 do when nobody minds them; each trap has the number of our notes.

Real connections between two processes (``peers.py``). What needs a browser besides is in ``test_soak.py``: a browser
that is killed (T5), and servers of the internet that nobody may ask (T6, T7).
"""

from __future__ import annotations

import ast
import os
import signal
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import aioice.ice
import pytest
from crew import until
from live import peer_lines
from live.peers import Callers, Server

from emotion.settings import Settings
from emotion.web import rtc
from emotion.web.line import TRIES, Line
from emotion.web.live_source import FromBrowser

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
STREAM = ROOT / "emotion" / "web" / "stream.py"
LIMIT_S = 120.0
# Drawing needs a font: a session whose font cannot be read fails at every picture.
BROKEN = {"font": "/nowhere.ttf"}
# Threads of one connection; those of the pool that encodes stay, for whoever comes next.
OWN_THREADS = ("video-decoder", "async_media_processor", "process_offer", "live-close", "camera-stop")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server.running() as running:
        yield running


@pytest.fixture(scope="module")
def callers() -> Iterator[Callers]:
    with Callers.running() as running:
        yield running


@pytest.fixture
def call(request: pytest.FixtureRequest, server: Server, callers: Callers) -> Iterator[str]:
    """A connection that ends with the test; the test's parameter is its options."""
    name = request.node.name
    callers.call(server, name, **getattr(request, "param", {}))
    yield name
    callers.leave(name)
    until(lambda: server.look(name)["closed"], limit_s=LIMIT_S)
    server.forget(name)


def own_threads(server: Server) -> list[str]:
    return [name for name in server.threads() if name.startswith(OWN_THREADS)]


@pytest.mark.parametrize("call", [{"slow_s": 0.3}], indirect=True, ids=["T1"])
def test_pictures_that_nobody_has_time_for_do_not_pile_up(server: Server, callers: Callers, call: str) -> None:
    """aiortc's queue has no end: whoever does not take each picture out of it fills the memory."""
    until(lambda: server.look(call)["dropped"] > 20, limit_s=LIMIT_S)
    seen = server.look(call)
    # What waits is what came during one turn, and what the network still has.
    turn = max(seen["delays_ms"]) / 1000 * 20
    assert callers.counts(call).sent - server.look(call)["arrivals"] < 2 * turn + 20


@pytest.mark.parametrize("call", [{"settings": BROKEN}], indirect=True, ids=["T2"])
def test_a_picture_that_cannot_be_analysed_comes_back_and_is_counted(
    server: Server, callers: Callers, call: str
) -> None:
    """An exception in there ends the library's thread without a word, while the page says that it plays."""
    until(lambda: server.look(call)["failed"] > 10, limit_s=LIMIT_S)
    before = callers.counts(call).received
    until(lambda: callers.counts(call).received > before + 10, limit_s=LIMIT_S)
    look = server.look(call)
    assert not look["closed"]
    assert look["failures"] == look["failed"] > 10


@pytest.mark.parametrize("call", [{"slow_s": 1.0}], indirect=True, ids=["T3"])
def test_work_never_holds_up_the_event_loop(server: Server, call: str) -> None:
    """On it everything of all other people happens."""
    until(lambda: server.look(call)["delays_ms"], limit_s=LIMIT_S)
    late_ms = [server.late_ms() for _ in range(9)]
    assert server.look(call)["thread"].startswith("async_media_processor")
    assert statistics.median(late_ms) < 500, "less than half of what one picture takes"


def test_the_ends_of_a_connection_free_its_threads(server: Server, callers: Callers) -> None:
    """By a press on Stop, and by a browser that goes; aiortc's threads would even keep the server from ending."""
    assert own_threads(server) == []
    for name in ("stopped", "left"):
        callers.call(server, name)
        until(lambda name=name: server.look(name)["frames"], limit_s=LIMIT_S)  # type: ignore[misc]
    assert len([name for name in own_threads(server) if name.startswith("video-decoder")]) == 2
    server.stop("stopped")
    callers.leave("left")
    for name in ("stopped", "left"):
        until(lambda name=name: server.look(name)["closed"], limit_s=LIMIT_S)  # type: ignore[misc]
        server.forget(name)
    until(lambda: own_threads(server) == [], limit_s=LIMIT_S)


def test_a_lost_network_ends_the_connection_too(server: Server) -> None:
    """T5: nobody says so, but ICE asks. A closed page is noticed sooner, by its websocket, and a page that lives on
    without pictures by the desk (``test_desk.py``)."""
    names = ("killed", "killed while busy")
    with Callers.running() as lost:
        lost.call(server, names[0])
        lost.call(server, names[1], slow_s=0.5)
        for name in names:
            until(lambda name=name: server.look(name)["frames"], limit_s=LIMIT_S)  # type: ignore[misc]
        lost.kill()
    for name in names:
        until(lambda name=name: server.look(name)["closed"], limit_s=LIMIT_S)  # type: ignore[misc]
        server.forget(name)
    until(lambda: own_threads(server) == [], limit_s=LIMIT_S)


def test_a_lost_network_gives_up_its_place_before_anybody_notices() -> None:
    """T5: the other side neither sends nor says anything; its place, its connection and its threads go all the same."""
    with Server.running(EMOTION_LIVE_IDLE_S="2") as server, Callers.running() as callers:
        callers.call(server, "asleep")
        until(lambda: server.look("asleep")["frames"], limit_s=LIMIT_S)
        assert server.guests() == ["asleep"]
        os.kill(callers.pid, signal.SIGSTOP)
        try:
            until(lambda: server.look("asleep")["closed"] and not server.guests(), limit_s=LIMIT_S)
            server.forget("asleep")
            until(lambda: own_threads(server) == [], limit_s=LIMIT_S)
        finally:
            os.kill(callers.pid, signal.SIGCONT)


def test_the_component_is_imported_by_a_page_only() -> None:
    """T4: imported before, it is not registered, and every browser gets "Component not found"."""
    code = "import app, emotion.web.routes, sys; print('streamlit_webrtc' in sys.modules)"
    command = [sys.executable, "-W", "ignore", "-c", code]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.split() == ["False"]


def test_what_the_component_is_told() -> None:
    """T1, T3, T6, T7: servers named (none unless the settings say so), work in a thread, pictures back, no sound."""
    calls = [node for node in ast.walk(ast.parse(STREAM.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    streamers = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "webrtc_streamer"]
    told = [{word.arg: ast.unparse(word.value) for word in call.keywords} for call in streamers]
    assert len(told) == 1
    assert told[0]["async_processing"] == "True"
    assert (told[0]["frontend_rtc_configuration"], told[0]["server_rtc_configuration"]) == (
        "ways.browser",
        "ways.server",
    )
    assert "sendback_video" not in told[0]
    asked = rtc.ways(Settings.load(), "anna", now_s=0.0)
    assert asked.browser == asked.server == {"iceServers": []}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(["192.0.2.7"], ["192.0.2.7"], id="T12, an address"),
        pytest.param([], ["127.0.0.1"], id="T12, a machine alone"),
    ],
)
def test_peers_meet_on_a_machine_without_a_network(
    monkeypatch: pytest.MonkeyPatch, found: list[str], expected: list[str]
) -> None:
    """aioice never offers the loopback address."""
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda use_ipv4, use_ipv6: found)
    peer_lines.connect_anywhere()
    assert aioice.ice.get_host_addresses(True, True) == expected


def test_a_start_that_came_to_nothing_is_tried_again() -> None:
    """T14: one in twenty on a cold server."""
    line = Line(clock=lambda: 0.0)
    line.follow(FromBrowser("Camera"), playing=True)
    line._opened = True
    for _ in range(TRIES - 1):
        line.connected(playing=False, signalling=True)
        line.connected(playing=False, signalling=False)
        assert line.ready
    line.connected(playing=False, signalling=False)
    assert not line.ready
    assert line.problem
