"""Every way to data is closed to whoever has not signed in."""

from __future__ import annotations

from collections.abc import Callable

import loops
import pytest
from starlette.routing import Route
from web.http.servers import Server
from web.http.sign_ins import ANNA, PROXIED, SIGNED_IN, TRUSTING, ask, cookie, socket_to
from websockets.exceptions import InvalidStatus

from emotion.web import http
from emotion.web.seal import HEADER

pytestmark = pytest.mark.slow

RECORDING = "0" * 32

# All that this server answers, and what Streamlit's own routes are that no page of ours uses.
CARRY_DATA = [
    ("GET", "/media/abc.png"),
    ("HEAD", "/media/abc.png"),
    ("OPTIONS", "/media/abc.png"),
    ("PUT", "/_stcore/upload_file/session/file"),
    ("DELETE", "/_stcore/upload_file/session/file"),
    ("GET", "/_stcore/metrics"),
    ("GET", "/_stcore/script-health-check"),
    ("GET", "/_stcore/agent"),
    ("POST", "/_stcore/agent/session"),
    ("GET", "/_stcore/message"),
    ("GET", "/app/static/anything.mp4"),
    ("GET", f"/api/recordings/{RECORDING}/files/annotated.mp4"),
    ("HEAD", f"/api/recordings/{RECORDING}/files/source"),
    ("GET", f"/api/recordings/{RECORDING}/files/all.zip"),
    ("POST", "/api/uploads"),
    ("OPTIONS", "/api/uploads"),
    ("POST", f"/api/uploads/{RECORDING}"),
    ("OPTIONS", f"/api/uploads/{RECORDING}"),
    ("HEAD", f"/api/uploads/{RECORDING}"),
    ("PATCH", f"/api/uploads/{RECORDING}"),
    ("DELETE", f"/api/uploads/{RECORDING}"),
    ("GET", "/anything/else"),
    ("GET", "//media/abc.png"),
    ("GET", "/static/../media/abc.png"),
    ("GET", "/static/%2e%2e/media/abc.png"),
    ("GET", "/live/../api/uploads"),
]
NEEDED_FIRST = ["/", "/live", "/library?recording=abc", "/_stcore/host-config", "/favicon.png"]
PROBES = ["/healthz", "/_stcore/health"]
WITH_A_TOKEN = ["/readyz", "/metrics"]
"""For machines, which do not sign in; test_health.py asks them."""


def test_every_route_of_ours_is_asked() -> None:
    asked = [*CARRY_DATA, *((method, path) for method in ("GET", "HEAD") for path in (*PROBES, *WITH_A_TOKEN))]
    for route in http.routes():
        assert isinstance(route, Route)
        found = {method for method, path in asked if route.path_regex.match(path)}
        assert found >= (route.methods or set()), f"What may whoever has not signed in do at {route.path}?"


@pytest.mark.parametrize("base", ["", "/emotion"])
@pytest.mark.parametrize(("method", "target"), CARRY_DATA)
def test_whoever_has_not_signed_in_gets_no_data(
    servers: Callable[..., Server], method: str, target: str, base: str
) -> None:
    for options in (PROXIED, SIGNED_IN) if not base else (SIGNED_IN,):
        answer = ask(servers(options, base), method, target)
        assert answer.status_code in (400, 401, 403, 404), answer.text
        assert len(answer.content) < 300


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"X-Forwarded-User": "anna"}, id="another's name"),
        pytest.param({"X-Forwarded-User": "anna", "X-Forwarded-For": "127.0.0.2"}, id="the proxy's address"),
        pytest.param({"X-Forwarded-User": "anna", "Forwarded": "for=127.0.0.2"}, id="the proxy's address, RFC 7239"),
        pytest.param({"X-Forwarded-User": "anna", "X-Real-IP": "127.0.0.2"}, id="the proxy's address, nginx"),
        pytest.param({"x_forwarded_user": "anna"}, id="an underscore"),
        pytest.param({HEADER: "WyJhbm5hIl0.forged"}, id="our own header"),
    ],
)
@pytest.mark.parametrize(("method", "target"), [*CARRY_DATA, *(("GET", page) for page in NEEDED_FIRST)])
def test_headers_are_believed_from_the_proxy_alone(
    servers: Callable[..., Server], method: str, target: str, headers: dict[str, str]
) -> None:
    assert ask(servers(PROXIED), method, target, **headers).status_code in (400, 403, 404)


def test_the_proxys_word_counts(servers: Callable[..., Server]) -> None:
    server = servers(PROXIED)
    assert ask(server, "GET", "/", via="127.0.0.2", **ANNA).status_code == 200
    assert ask(server, "OPTIONS", "/api/uploads", via="127.0.0.2", **ANNA).status_code == 204
    assert ask(server, "GET", "/", via="127.0.0.2").status_code == 403


@pytest.mark.parametrize("target", PROBES)
def test_probes_are_answered_whatever_the_way_to_sign_in(servers: Callable[..., Server], target: str) -> None:
    for options in (PROXIED, SIGNED_IN):
        assert ask(servers(options), "GET", target).status_code == 200


@pytest.mark.parametrize("base", ["", "/emotion"])
@pytest.mark.parametrize("target", NEEDED_FIRST)
def test_the_page_with_the_sign_in_is_open(servers: Callable[..., Server], target: str, base: str) -> None:
    assert ask(servers(SIGNED_IN, base), "GET", target).status_code == 200


@pytest.mark.parametrize(
    ("options", "headers", "origin"),
    [
        pytest.param("trusting", {}, None, id="nobody, behind a proxy"),
        pytest.param("trusting", ANNA, "http://evil.test", id="another site's page"),
        pytest.param("trusting", ANNA, "http://127.0.0.1", id="another port's page"),
        pytest.param("proxied", ANNA, None, id="not from the proxy"),
        pytest.param("signed in", cookie(), "http://evil.test", id="another site's page, with a sign-in"),
    ],
)
def test_web_sockets_that_are_not_let_in(
    servers: Callable[..., Server], options: str, headers: dict[str, str], origin: str | None
) -> None:
    server = servers({"trusting": TRUSTING, "proxied": PROXIED, "signed in": SIGNED_IN}[options])

    async def scenario() -> None:
        with pytest.raises(InvalidStatus) as caught:
            async with socket_to(server, headers, origin=origin):
                pass
        assert caught.value.response.status_code == 403

    loops.run(scenario())
