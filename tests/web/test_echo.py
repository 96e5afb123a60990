"""The server's end of the connection check, called by a real peer."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from typing import Any

import loops
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import VideoStreamTrack

from emotion.web import connection, echo
from emotion.web.connection import LONGEST_OFFER, _offer
from emotion.web.echo import Echo

LONG_S = 30.0
SCRIPTS = Path(connection.__file__).parent / "components" / "connection"


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "connection-check"]


def wait_until_gone() -> None:
    deadline = time.monotonic() + LONG_S
    while threads():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.slow
def test_pictures_come_back_and_nothing_stays() -> None:
    async def call() -> None:
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        back: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        peer.on("track", lambda track: back.set_result(track))
        peer.addTrack(VideoStreamTrack())
        await peer.setLocalDescription(await peer.createOffer())
        server = Echo(peer.localDescription.sdp)
        answer = await asyncio.to_thread(server.answer)
        await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        track = await asyncio.wait_for(back, LONG_S)
        for _ in range(3):
            await asyncio.wait_for(track.recv(), LONG_S)
        await peer.close()
        server.close()
        server.close()

    loops.run(call())
    wait_until_gone()


def test_closing_what_is_over_does_nothing() -> None:
    server = Echo("v=0\r\nm=video x\r\n")
    server.answer()
    wait_until_gone()
    server.close()


def test_what_is_no_offer_gets_no_answer() -> None:
    assert Echo("v=0\r\nm=video x\r\n").answer() == ""
    wait_until_gone()


@pytest.mark.slow
def test_it_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(echo, "LASTS_S", 0.1)

    async def offer() -> str:
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        peer.createDataChannel("nothing")
        await peer.setLocalDescription(await peer.createOffer())
        await peer.close()
        return str(peer.localDescription.sdp)

    assert Echo(loops.run(offer())).answer().startswith("v=0")
    wait_until_gone()


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        pytest.param({"offer": {"turn": 7, "sdp": "v=0"}}, (7, "v=0"), id="an offer"),
        pytest.param(None, None, id="nothing yet"),
        pytest.param({"offer": None}, None, id="none"),
        pytest.param({"offer": "v=0"}, None, id="no turn"),
        pytest.param({"offer": {"turn": "7", "sdp": "v=0"}}, None, id="no number"),
        pytest.param({"offer": {"turn": 7, "sdp": "v" * (LONGEST_OFFER + 1)}}, None, id="far too long"),
    ],
)
def test_the_browser_may_say_anything(said: object, taken: tuple[int, str] | None) -> None:
    assert _offer(said) == taken


def test_each_step_and_word_of_the_script_has_its_sentence() -> None:
    text = (SCRIPTS / "connection.js").read_text(encoding="utf-8")
    for name in connection.NAMES:
        assert f'"{name}"' in text
    for word in connection.WORDS:
        assert f'"{word}"' in text, f"Nobody says {word!r}."
