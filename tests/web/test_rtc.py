"""Which STUN and TURN servers browser and server ask."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import pytest

from emotion.errors import SettingsError
from emotion.live.sources import Sample
from emotion.settings import Settings
from emotion.web import rtc
from emotion.web.live_source import FromServer
from emotion.web.stream import _Connection

NOW_S = 1_800_000_000.0
SECRET = "a-secret-that-is-long-enough"  # noqa: S105 - of nobody
STUN = "stun:stun.example.lan:3478"
TURN = ("turn:turn.example.lan:3478?transport=udp", "turns:turn.example.lan:5349?transport=tcp")
RELAY = {"turn_urls": TURN, "turn_secret": SECRET, "rtc_mode": "turn"}
NOBODY: rtc.Configuration = {"iceServers": []}
A_STUN: rtc.Configuration = {"iceServers": [{"urls": STUN}]}


def ways(person: str = "proxy:ann", now_s: float = NOW_S, **settings: Any) -> rtc.Ways:
    return rtc.ways(Settings.load(**settings), person, now_s=now_s)


@pytest.mark.parametrize(
    ("settings", "browser", "server"),
    [
        pytest.param({}, [], [], id="by default nobody is asked"),
        pytest.param({"stun_url": STUN}, [], [], id="lan asks nobody, whatever else is set"),
        pytest.param({"stun_url": STUN, "rtc_mode": "stun"}, [STUN], [STUN], id="stun: both ask"),
        pytest.param(RELAY, [TURN], [], id="turn: the browser has a relay, the server needs none"),
        pytest.param({**RELAY, "stun_url": STUN}, [STUN, TURN], [STUN], id="turn, with a NAT before the server"),
        pytest.param({**RELAY, "stun_url": STUN, "turn_only": True}, [TURN], [], id="only by the relay"),
    ],
)
def test_who_is_asked(settings: dict[str, Any], browser: list[Any], server: list[Any]) -> None:
    found = ways(**settings)
    asked = [one["urls"] if isinstance(one["urls"], str) else tuple(one["urls"]) for one in found.browser["iceServers"]]
    assert asked == browser
    assert [one["urls"] for one in found.server["iceServers"]] == server


@pytest.mark.parametrize(
    ("settings", "direct", "relayed", "only"),
    [
        pytest.param({}, NOBODY, False, False, id="lan"),
        pytest.param({"stun_url": STUN, "rtc_mode": "stun"}, A_STUN, False, False, id="stun"),
        pytest.param(RELAY, NOBODY, True, False, id="turn"),
        pytest.param({**RELAY, "turn_only": True}, None, True, True, id="turn only"),
    ],
)
def test_what_the_connection_check_tries(
    settings: dict[str, Any], direct: rtc.Configuration | None, relayed: bool, only: bool
) -> None:
    found = ways(**settings)
    assert found.direct == direct
    assert (found.relay is not None) is relayed
    assert (found.browser.get("iceTransportPolicy") == "relay") is only
    if found.relay:
        assert found.relay["iceTransportPolicy"] == "relay"


def credentials(found: rtc.Ways) -> tuple[str, str]:
    server = found.browser["iceServers"][-1]
    return server["username"], server["credential"]


def test_credentials_are_as_the_relay_makes_them() -> None:
    """The scheme that coturn calls ``use-auth-secret``; tests/deploy/test_coturn.py asks a real one."""
    name, password = credentials(ways(**RELAY, turn_ttl_s=600))
    assert name.split(":")[0] == "1800000600"
    expected = hmac.new(SECRET.encode(), name.encode(), hashlib.sha1).digest()
    assert base64.b64decode(password) == expected


def test_a_name_is_one_persons_and_tells_nobody_whose() -> None:
    names = [credentials(ways(person, **RELAY))[0] for person in ("oidc:ann@example.org", "oidc:bob@example.org")]
    assert names[0] != names[1]
    assert names[0] == credentials(ways("oidc:ann@example.org", **RELAY))[0]
    assert "ann" not in names[0]
    other = credentials(ways("oidc:ann@example.org", **{**RELAY, "turn_secret": SECRET[::-1]}))[0]
    assert other != names[0], "who has no secret could try all names"


@pytest.mark.parametrize(
    ("settings", "age_s", "kept"),
    [
        pytest.param({**RELAY, "turn_ttl_s": 600}, 299, True, id="young credentials"),
        pytest.param({**RELAY, "turn_ttl_s": 600}, 301, False, id="credentials past half their time"),
        pytest.param({}, 1e9, True, id="there are none"),
    ],
)
def test_renewed_in_time(settings: dict[str, Any], age_s: float, kept: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    old = ways(**settings)
    monkeypatch.setattr(rtc.time, "time", lambda: NOW_S + age_s)
    assert (rtc.renewed(old, Settings.load(**settings), "proxy:ann") is old) is kept


def test_nothing_changes_in_the_middle_of_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser would begin a new one."""
    now_s = [NOW_S]
    monkeypatch.setattr(rtc.time, "time", lambda: now_s[0])
    settings, source = Settings.load(**RELAY, turn_ttl_s=600), FromServer("Drawn face", Sample())
    connection = _Connection()

    def run_of_the_page(*, playing: bool) -> rtc.Ways:
        connection.line.follow(source, playing=playing)
        connection.move()
        return connection.found_ways(settings, "proxy:ann")

    first = run_of_the_page(playing=True)
    now_s[0] += 500
    assert run_of_the_page(playing=True) is first
    second = run_of_the_page(playing=False)
    assert second is not first
    assert run_of_the_page(playing=True) is second
    assert run_of_the_page(playing=False) is second
    now_s[0] += 500
    assert run_of_the_page(playing=True) is not second, "a page that was left alone begins with old credentials"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        pytest.param({"rtc_mode": "stun"}, "EMOTION_STUN_URL", id="stun without a server"),
        pytest.param({"rtc_mode": "turn", "turn_urls": TURN}, "EMOTION_TURN_SECRET", id="turn without a secret"),
        pytest.param({"rtc_mode": "turn", "turn_secret": SECRET}, "EMOTION_TURN_URLS", id="turn without a server"),
        pytest.param({"rtc_mode": "direct"}, "'lan', 'stun' or 'turn'", id="no such mode"),
        pytest.param({"turn_urls": ("http://turn.example.lan",)}, "turn:host:3478", id="an address of something else"),
        pytest.param({"stun_url": "stun.example.lan"}, "EMOTION_STUN_URL", id="a name instead of an address"),
    ],
)
def test_what_makes_no_sense_is_refused(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        Settings.load(**settings)


def test_the_secret_is_in_no_message() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.load(turn_secret="short-s3cret")  # noqa: S106 - of nobody
    assert "s3cret" not in str(refused.value)
    assert SECRET not in repr(Settings.load(**RELAY))
