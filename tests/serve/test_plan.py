"""What `emotion serve` decides before it opens anything, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from emotion.errors import SettingsError
from emotion.serve import machine
from emotion.serve.plan import EVERYWHERE, PORT, PORTS, plan
from emotion.settings import Settings

NETWORK = "192.0.2.7"
OIDC = {"auth": "oidc"}
PROXY = {"auth": "proxy"}


@pytest.mark.parametrize(
    ("settings", "open_to_all", "hosts", "tls"),
    [
        pytest.param(OIDC, False, EVERYWHERE, True, id="with sign-in: the network, by HTTPS"),
        pytest.param(PROXY, False, ("127.0.0.1",), False, id="a proxy stands on this machine"),
        pytest.param({**PROXY, "address": NETWORK}, False, (NETWORK,), True, id="a proxy on another machine"),
        pytest.param(
            {**PROXY, "address": NETWORK, "tls": False}, False, (NETWORK,), False, id="... trusted to be near"
        ),
        pytest.param({}, True, EVERYWHERE, True, id="open, as was said"),
        pytest.param({"address": "127.0.0.1"}, False, ("127.0.0.1",), False, id="this machine needs no sign-in"),
        pytest.param({"address": "[::1]"}, False, ("::1",), False, id="... nor by IPv6"),
        pytest.param(
            {"address": "::1", "public_url": "http://localhost:8501"}, False, ("::1",), False, id="... by its own name"
        ),
        pytest.param(
            {"address": "127.0.0.1", "public_url": "http://127.0.0.1:8501"}, False, ("127.0.0.1",), False, id="a number"
        ),
        pytest.param(
            {"address": "127.0.0.1", "public_url": "https://emotion.lan"},
            True,
            ("127.0.0.1",),
            False,
            id="open behind a proxy, as was said",
        ),
        pytest.param({"address": "localhost", "tls": True}, False, ("127.0.0.1",), True, id="HTTPS at home"),
        pytest.param(
            {"address": "127.0.0.1", "cert": "c", "key": "k"}, False, ("127.0.0.1",), True, id="a certificate"
        ),
    ],
)
def test_where_it_listens(settings: dict[str, Any], open_to_all: bool, hosts: tuple[str, ...], tls: bool) -> None:
    made = plan(Settings.load(**settings), open_to_all=open_to_all)
    # What `localhost` is first, IPv4 or IPv6, is the machine's business.
    assert made.hosts == hosts or (settings.get("address") == "localhost" and made.hosts == ("::1",))
    assert made.tls is tls


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        pytest.param({}, "Without sign-in everybody in the network", id="open to a network by itself"),
        pytest.param({"address": NETWORK}, "Without sign-in everybody in the network", id="one address of it"),
        pytest.param({"address": "::"}, "Without sign-in everybody in the network", id="IPv6"),
        pytest.param(
            {"address": "127.0.0.1", "public_url": "https://emotion.lan"},
            "Without sign-in everybody who reaches emotion.lan",
            id="a proxy leads the network here",
        ),
        pytest.param(
            {"address": "127.0.0.1", "names": ["localhost", "emotion.lan"]},
            "Without sign-in everybody who reaches emotion.lan",
            id="... by a name beside the machine's own",
        ),
        pytest.param({**OIDC, "address": "no such host"}, "'no such host' is neither", id="no address"),
        pytest.param(
            {**OIDC, "public_url": "https://emotion.lan", "oidc_url": "https://sso.lan/x", "oidc_client_id": "emotion"},
            "needs EMOTION_OIDC_CLIENT_SECRET too",
            id="a provider whose secret is not filled in",
        ),
        pytest.param({**OIDC, "cert": "c"}, "belong together", id="a certificate without a key"),
        pytest.param(
            {**OIDC, "cert": "c", "key": "k", "tls": False}, "TLS is turned off", id="a certificate for nothing"
        ),
        pytest.param(
            {**PROXY, "public_url": "https://intranet/emotion"}, "EMOTION_SUB_PATH is ''", id="an address below another"
        ),
    ],
)
def test_what_it_refuses(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingsError, match=says) as caught:
        plan(Settings.load(**settings))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "ports"),
    [
        pytest.param(PROXY, tuple(range(PORT, PORT + PORTS)), id="the first that is free"),
        pytest.param(OIDC, (PORT,), id="whoever signed in comes back to one port"),
        pytest.param({**OIDC, "port": 443}, (443,), id="the one asked for"),
    ],
)
def test_which_port(settings: dict[str, Any], ports: tuple[int, ...]) -> None:
    assert plan(Settings.load(**settings)).ports == ports


@pytest.mark.parametrize(
    ("settings", "addresses"),
    [
        pytest.param({"address": "127.0.0.1"}, ["http://localhost:9/", "http://127.0.0.1:9/"], id="this machine"),
        pytest.param(
            {**OIDC, "address": NETWORK, "names": ["Emotion.lan"], "sub_path": "emotion/"},
            ["https://emotion.lan:9/emotion/", f"https://{NETWORK}:9/emotion/"],
            id="a name, below a sub-path",
        ),
        pytest.param(
            {**PROXY, "names": ["emotion.lan"]}, ["http://localhost:9/", "http://127.0.0.1:9/"], id="behind a proxy"
        ),
        pytest.param({**OIDC, "address": "2001:db8::7"}, ["https://[2001:db8::7]:9/"], id="IPv6 in brackets"),
        pytest.param(
            {**PROXY, "public_url": "https://emotion.lan/"},
            ["https://emotion.lan/"],
            id="the address that people were given",
        ),
    ],
)
def test_which_addresses_it_prints(settings: dict[str, Any], addresses: list[str]) -> None:
    assert plan(Settings.load(**settings)).addresses(9) == addresses


def test_it_prints_no_address_that_its_certificate_is_not_for() -> None:
    made = plan(Settings.load(**OIDC, names=["emotion.lan"]))
    assert made.addresses(9, names={"emotion.lan"}) == ["https://emotion.lan:9/"]


@pytest.mark.parametrize(
    ("settings", "given"),
    [
        pytest.param({**OIDC, "public_url": "https://emotion.lan:8501"}, ("emotion.lan",), id="the address given out"),
        pytest.param({**OIDC, "names": ["a.lan", "B.lan"]}, ("a.lan", "b.lan"), id="names"),
        pytest.param({**OIDC, "address": NETWORK}, (NETWORK,), id="the address to listen on"),
        pytest.param({**OIDC, "address": "0.0.0.0"}, (machine.name(),), id="anything"),  # noqa: S104 - with sign-in
        pytest.param({**PROXY, "names": ["a.lan"]}, ("a.lan",), id="a proxy's name"),
        pytest.param(PROXY, (), id="nobody but a proxy comes here"),
        pytest.param(OIDC, (machine.name(),) if machine.name() else (), id="nothing: the machine's own name"),
    ],
)
def test_what_a_certificate_must_hold(settings: dict[str, Any], given: tuple[str, ...]) -> None:
    made = plan(Settings.load(**settings))
    assert made.given == given
    assert set(given) <= set(made.names)


def test_everywhere_is_the_machines_own_name_and_addresses() -> None:
    names = plan(Settings.load(**OIDC)).names
    assert set(names) == {name for name in (machine.name(), *map(str, machine.addresses())) if name}
    assert not {"localhost", "127.0.0.1", "::1", "0.0.0.0", "::"} & set(names)  # noqa: S104 - must not be
