"""The connection check: a panel that says in plain words which step between camera and server fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from emotion.web import rtc, state
from emotion.web.component import component
from emotion.web.echo import Echo

KEY = "connection-check"
# An offer of one small picture has some 4 KB; what is longer is none.
LONGEST_OFFER = 20_000

STATES = {
    "works": "works",
    "fails": "fails",
    "waits": "testing",
    "unknown": "not reached",
    "unneeded": "not needed",
}
NAMES = {
    "secure": "Secure page",
    "api": "Camera access of the browser",
    "device": "Camera",
    "permission": "Permission",
    "server": "Way to the server",
    "relay": "Relay (TURN)",
    "pictures": "Pictures there and back",
}
WORDS = {
    "secure": "The page was opened in a way that lets browsers give it the camera.",
    "insecure": "Browsers give a page the camera only by HTTPS or on localhost. Open the dashboard by its https:// "
    "address, or ask whoever runs it for one.",
    "api": "This browser can give a page the camera.",
    "no_api": "This browser gives this page no camera. Open the page by HTTPS, in a current Chrome, Edge, Firefox or "
    "Safari.",
    "device": "There is a camera.",
    "no_device": "The browser sees no camera. Plug one in, or switch it on (some have a slider or a key), then check "
    "again. Without one, choose another source.",
    "asking": "Answer the question that your browser asks.",
    "permission": "You allowed the camera, and it gives pictures.",
    "refused": "The camera is refused for this page. Click the symbol beside the page's address, allow the camera, "
    "then check again. If it cannot be changed, your organisation's settings refuse it.",
    "busy": "Another program uses the camera. Close it (video calls, other tabs), then check again.",
    "connecting": "Looking for a way between browser and server.",
    "server": "Browser and server reach each other directly (…). No internet is needed.",
    "no_webrtc": "This browser has no WebRTC, or it is switched off. Use another, or ask your administrator.",
    "no_address": "The browser tells no address of this machine: WebRTC is restricted by a setting or an extension. "
    "Switch that off for this page.",
    "no_answer": "The server did not answer in time. Reload the page; if that does not help, tell the administrator.",
    "no_server": "The server could not take part in the test. Tell the administrator; the server's log says why.",
    "blocked": "Pictures travel by UDP, past any web proxy, and nothing came through to the server (…). A firewall, a "
    "VPN or a container's network is in between. Ask the administrator to let UDP through between the two.",
    "roundabout": "Nothing came through directly, so pictures go by the relay.",
    "relay_only": "Pictures always go by the relay: your administrator has set it so.",
    "relay": "The direct way works. None is configured; it would help only where there is none.",
    "no_relay": "None is configured, so there is no other way than the direct one.",
    "relaying": "Looking for a way by the relay.",
    "relayed": "Browser and server reach each other by the relay (…).",
    "relay_silent": "The relay gave no address: it was not reached, or it refused the credentials. Tell the "
    "administrator to look whether it runs, its port is open to you, and it has the dashboard's secret.",
    "relay_blocked": "The relay answers, but nothing came through it to the server (…). Tell the administrator to look "
    "whether it may send to that address (allowed-peer-ip), and whether UDP is open between the two.",
    "sending": "Sending a small drawn picture and waiting for it to come back.",
    "pictures": "Pictures arrive at the server and come back.",
    "no_pictures": "The connection stands, but no picture came back. Reload the page and check again; if it stays so, "
    "tell the administrator that the server could not decode or encode the video.",
    "not_reached": "A step before it fails.",
    "other": "The test itself failed. Reload the page and check again.",
}


@dataclass(slots=True)
class _Trial:
    """The test connection of one browser tab, and which offer it answers."""

    turn: int = 0
    echo: Echo | None = None
    ways: rtc.Ways | None = None

    def take(self, turn: int, offer: str, ways: rtc.Ways) -> None:
        if turn != self.turn:
            self.close()
            stun = [server["urls"] for server in ways.server["iceServers"]]
            self.turn, self.echo = turn, Echo(offer, stun=stun)

    def answer(self) -> dict[str, Any] | None:
        return {"turn": self.turn, "sdp": self.echo.answer()} if self.echo else None

    def close(self) -> None:
        if self.echo is not None:
            self.echo.close()


@st.cache_resource(scope="session", show_spinner=False, on_release=_Trial.close)
def _trial() -> _Trial:
    return _Trial()


@st.fragment
def connection_check() -> None:
    """Draws the panel: a button, and after it was pressed one line for each step with what to do."""
    st.caption(
        "Tests each step from your camera to the server and back. It takes some seconds, keeps nothing, and sends a "
        "small drawn picture instead of yours."
    )
    trial = _trial()
    trial.ways = ways = rtc.renewed(trial.ways, state.settings(), state.person())
    offer = _offer(st.session_state.get(KEY))
    if offer is not None:
        trial.take(*offer, ways)
    component("connection", "connection.js")(
        key=KEY,
        data={
            "states": STATES,
            "names": NAMES,
            "words": WORDS,
            "ways": {"direct": ways.direct, "relay": ways.relay},
            "answer": trial.answer(),
        },
        default={"offer": None},
        on_offer_change=_nothing,
    )
    st.caption("If a step cannot be mended now: “Try a picture instead” on the Live page needs none of them.")


def _nothing() -> None:
    """The state counts, not its change; naming it is how a component's state is declared."""


def _offer(value: Any) -> tuple[int, str] | None:
    """What the browser asks; it may say anything."""
    said = value.get("offer") if hasattr(value, "get") else None
    if not isinstance(said, Mapping):
        return None
    turn, sdp = said.get("turn"), said.get("sdp")
    if not isinstance(turn, int) or not isinstance(sdp, str) or len(sdp) > LONGEST_OFFER:
        return None
    return turn, sdp
