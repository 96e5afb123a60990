"""What every answer of the server wears."""

from __future__ import annotations

from typing import Any

import httpx
import loops
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from emotion.settings import Settings
from emotion.web.http.clad import ALWAYS, HSTS, Clad
from emotion.web.http.doorman import Lodge
from emotion.web.http.office import GUARDED, refused


def answer(_: Request) -> Response:
    response = Response("hello")
    response.set_cookie("plain", "1")
    response.set_cookie("safe", "1", secure=True)
    return response


def ask(url: str, path: str = "/", **settings: Any) -> httpx.Response:
    lodge = Lodge(lambda: Settings.load(**settings), lambda _cookies, _settings: None)
    routes = [Route("/", answer), Route("/file", lambda _: refused("no", 403))]
    app = Starlette(routes=routes, middleware=[Middleware(Clad, lodge=lodge)])

    async def get() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=url) as client:
            return await client.get(path)

    return loops.run(get())


@pytest.mark.parametrize(
    ("url", "settings", "secure", "https_only"),
    [
        pytest.param("http://emotion.lan", {}, False, False, id="by HTTP"),
        pytest.param("http://emotion.lan", {"public_url": "https://emotion.lan"}, False, False, id="HTTP, by mistake"),
        pytest.param("https://emotion.lan", {}, True, False, id="by HTTPS"),
        pytest.param("https://emotion.lan", {"public_url": "https://emotion.lan"}, True, True, id="at its own host"),
        pytest.param(
            "https://emotion.lan:8501",
            {"public_url": "https://emotion.lan:8501"},
            True,
            False,
            id="on a port",
        ),
        pytest.param("https://emotion.lan", {"public_url": "nonsense"}, True, False, id="settings that make no sense"),
    ],
)
def test_cookies_and_hosts_are_for_https_where_it_is_spoken(
    url: str, settings: dict[str, Any], secure: bool, https_only: bool
) -> None:
    found = ask(url, **settings)
    plain, safe = found.headers.get_list("set-cookie")
    assert plain.endswith("; Secure") is secure
    assert safe.count("Secure") == 1
    assert (found.headers.get(HSTS[0]) == HSTS[1]) is https_only
    assert {name: found.headers[name] for name in ALWAYS} == ALWAYS


def test_an_answer_that_is_stricter_stays_so() -> None:
    found = ask("http://emotion.lan", "/file")
    assert {name: found.headers[name] for name in GUARDED} == GUARDED
    assert found.headers["x-frame-options"] == ALWAYS["X-Frame-Options"]


def test_nothing_of_a_page_comes_from_elsewhere() -> None:
    """No other host, and no scheme that could lead to one, in any part of the policy."""
    parts = dict(part.strip().partition(" ")[::2] for part in ALWAYS["Content-Security-Policy"].split(";"))
    assert parts["default-src"] == "'self'"
    allowed = {"'self'", "'none'", "'wasm-unsafe-eval'", "data:", "blob:"}
    styles = parts.pop("style-src").split()
    words = {word for words in parts.values() for word in words.split() if not word.startswith("'sha256-")}
    assert words <= allowed
    assert styles == ["'self'", "'unsafe-inline'"]
    assert not {"data:", "blob:"} & {*parts["frame-src"].split(), *parts["form-action"].split()}
