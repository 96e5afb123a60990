"""Ways for live pictures: which STUN and TURN servers the browser and this server ask, by ``EMOTION_RTC_MODE``.

``lan`` asks nobody: both know their own addresses, and nothing is looked up outside. ``stun`` lets both learn the
address that a NAT gives them. ``turn`` gives the browser a relay too; one end's is enough, so this server needs none,
and its start stays quick. Lists are always given, also empty ones: where there is none, streamlit-webrtc and aiortc ask
a public server.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass
from typing import Any

from emotion.settings import Settings
from emotion.settings.rtc import RtcMode

Configuration = dict[str, Any]
"""An ``RTCConfiguration`` of W3C WebRTC, section 4.2."""
FOREVER_S = float("inf")


@dataclass(frozen=True, slots=True)
class Ways:
    """The configurations of one connection, or of several one after the other."""

    browser: Configuration
    server: Configuration
    direct: Configuration | None
    """The browser's without a relay; None where only a relay is allowed."""
    relay: Configuration | None
    """The browser's with nothing but the relay; None where there is none."""
    renew_s: float
    """The time (since 1970) from which on a new connection needs new ones."""


def ways(settings: Settings, person: str, *, now_s: float) -> Ways:
    """With credentials for ``person`` that are good for ``settings.turn_ttl_s``."""
    stun = [{"urls": settings.stun_url}] if settings.stun_url and settings.rtc_mode is not RtcMode.LAN else []
    if settings.rtc_mode is not RtcMode.TURN:
        plain = {"iceServers": stun}
        return Ways(browser=plain, server=plain, direct=plain, relay=None, renew_s=FOREVER_S)
    turn = [_turn(settings, person, now_s)]
    relay = {"iceServers": turn, "iceTransportPolicy": "relay"}
    return Ways(
        browser=relay if settings.turn_only else {"iceServers": [*stun, *turn]},
        server={"iceServers": [] if settings.turn_only else stun},
        direct=None if settings.turn_only else {"iceServers": stun},
        relay=relay,
        renew_s=now_s + settings.turn_ttl_s / 2,
    )


def renewed(old: Ways | None, settings: Settings, person: str) -> Ways:
    """``old`` while it is good, for whoever is about to connect: in the middle of a connection nothing may change."""
    now_s = time.time()
    return old if old is not None and now_s < old.renew_s else ways(settings, person, now_s=now_s)


def _turn(settings: Settings, person: str, now_s: float) -> Configuration:
    """Credentials by a secret that the TURN server shares (draft-uberti-behave-turn-rest-00, section 2.2).

    coturn writes the name into its log and counts a person's relays by it: one name for each person, which tells nobody
    who that is.
    """
    secret = (settings.turn_secret or "").encode()
    alias = hmac.new(secret, b"person:" + person.encode(), hashlib.sha256).hexdigest()[:16]
    name = f"{int(now_s + settings.turn_ttl_s)}:{alias}"
    # SHA-1 is what the scheme asks for; as an HMAC it holds.
    password = base64.b64encode(hmac.new(secret, name.encode(), hashlib.sha1).digest()).decode()
    return {"urls": list(settings.turn_urls), "username": name, "credential": password}
