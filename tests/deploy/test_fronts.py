"""What nginx and Caddy, as ``deploy/`` configures them, make of requests before they reach a dashboard."""

from __future__ import annotations

import contextlib
import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import caddy
import httpx
import nginx
import pytest
import upstream
from nginx import Front

pytestmark = pytest.mark.slow

LONG_S = 60.0
PEOPLE = 30
"""So many that not all of them go to one of two servers by chance."""
FRONTS = {"nginx": nginx.running, "caddy": caddy.running}
COOKIE = "emotion_server"
FORGED = {
    "X-Forwarded-User": "boss",
    "X-Forwarded-Preferred-Username": "boss",
    "X-Forwarded-Email": "boss@example.org",
    "X-Forwarded-Groups": "administrators",
    "X-Auth-Request-User": "boss",
    "X-Auth-Request-Groups": "administrators",
    "Remote-User": "boss",
    "Remote-Groups": "administrators",
    "X_Forwarded_User": "boss",
    "X-Forwarded-For": "203.0.113.7",
    "X-Forwarded-Proto": "gopher",
    "X-Forwarded-Host": "elsewhere.example.org",
    "Forwarded": "for=203.0.113.7;proto=gopher",
    "X-Request-ID": "boss",
}

Two = tuple[upstream.Upstream, upstream.Upstream]


@pytest.fixture(scope="module")
def servers() -> Iterator[Two]:
    with upstream.running() as first, upstream.running() as second:
        yield first, second


@pytest.fixture(scope="module", params=FRONTS)
def front(request: pytest.FixtureRequest, servers: Two, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Before two servers, under a sub-path."""
    run: Callable[..., Any] = FRONTS[request.param]
    with run(tmp_path_factory.mktemp("front"), [one.at for one in servers], sub_path="/emotion") as started:
        yield started


def client(front: Front, **options: Any) -> httpx.Client:
    """With cookies of its own, as a browser just opened."""
    return httpx.Client(verify=front.tls(), base_url=front.address, timeout=LONG_S, **options)


def test_nobody_says_of_himself_who_he_is(front: Front) -> None:
    with client(front) as browser:
        told = browser.get("/emotion/library?recording=x", headers=FORGED).json()
    for_sure = {name.lower(): value for name, value in told["headers"].items()}
    assert not [name for name, value in for_sure.items() if "boss" in value or "administrators" in value]
    assert not [name for name, value in for_sure.items() if "203.0.113" in value or "gopher" in value]
    assert "elsewhere" not in str(for_sure)
    assert for_sure["x-forwarded-proto"] == "https"
    assert for_sure["x-forwarded-for"] == "127.0.0.1"
    # With the port: Streamlit compares it with the page's origin.
    assert for_sure["host"] == urlsplit(front.address).netloc
    assert told["path"] == "/emotion/library?recording=x"


def test_a_person_stays_with_one_server_from_the_first_request_on(front: Front) -> None:
    met = set()
    for _ in range(PEOPLE):
        with client(front) as browser:
            answers = [browser.get("/emotion/") for _ in range(4)]
        ports = {answer.json()["port"] for answer in answers}
        assert len(ports) == 1
        assert [COOKIE in answer.cookies for answer in answers] == [True, False, False, False]
        met |= ports
    assert len(met) == 2, "all went to one server"


@pytest.mark.parametrize("kind", FRONTS)
def test_where_a_server_is_gone_another_takes_over(kind: str, tmp_path: Path) -> None:
    run: Callable[..., Any] = FRONTS[kind]
    with contextlib.ExitStack() as first_life, upstream.running() as other, contextlib.ExitStack() as opened:
        gone = first_life.enter_context(upstream.running())
        front = opened.enter_context(run(tmp_path, [gone.at, other.at]))
        browsers = [opened.enter_context(client(front)) for _ in range(PEOPLE)]
        assert {browser.get("/").json()["port"] for browser in browsers} == {gone.server_port, other.server_port}
        first_life.close()
        assert {browser.get("/").json()["port"] for browser in browsers} == {other.server_port}


def test_an_upload_arrives_while_it_is_sent(front: Front, servers: Two) -> None:
    """Neither is it kept on the way, nor does it arrive only when it is whole."""
    half = bytes(4 * upstream.PIECE)
    with client(front) as browser:
        port = browser.get("/emotion/").json()["port"]
        server = next(one for one in servers if one.server_port == port)

        def body() -> Iterator[bytes]:
            yield half
            assert server.came.acquire(timeout=LONG_S), "nothing arrived before all was sent"
            yield half

        headers = {"Content-Length": str(2 * len(half)), "Content-Type": "application/offset+octet-stream"}
        assert browser.patch("/emotion/api/uploads/x", content=body(), headers=headers).status_code == 204


@pytest.mark.parametrize(
    ("size", "statuses"),
    [
        pytest.param(21 * 2**20, {204}, id="the largest picture, and what stands around it"),
        # Caddy before 2.7 looks at what comes, not at what is announced, and has no better word for it.
        pytest.param(80 * 2**20, {413, 502}, id="larger than any request of ours"),
    ],
)
def test_how_large_a_request_may_be(front: Front, size: int, statuses: set[int]) -> None:
    def body() -> Iterator[bytes]:
        piece = bytes(2**20)
        for _ in range(0, size, len(piece)):
            yield piece

    with client(front) as browser:
        try:
            answer = browser.patch("/emotion/x", content=body(), headers={"Content-Length": str(size)})
        except (httpx.NetworkError, httpx.RemoteProtocolError):
            # It says so and hangs up, while the client is still sending.
            assert 413 in statuses
        else:
            assert answer.status_code in statuses


def test_other_paths_of_the_host_are_not_the_dashboards(front: Front) -> None:
    with client(front) as browser:
        assert "port" not in browser.get("/private").text
        assert "port" not in browser.get("/emotional").text
        assert "port" not in browser.get("/private/auth/login").text
        assert "port" in browser.get("/emotion/auth/login").text


def test_the_sub_path_without_its_slash_leads_there_too(front: Front) -> None:
    with client(front) as browser:
        answer = browser.get("/emotion")
    assert answer.status_code in (301, 302)
    assert urlsplit(answer.headers["Location"]).path == "/emotion/"


def test_plain_http_is_sent_to_https(front: Front) -> None:
    answer = httpx.get(f"{front.plain}/emotion/library?recording=x", timeout=LONG_S)
    assert answer.status_code in (301, 308)
    assert answer.headers["Location"].startswith("https://")
    assert answer.headers["Location"].endswith("/emotion/library?recording=x")


def test_old_tls_is_refused(front: Front) -> None:
    old = front.tls()
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{front.address}/emotion/", verify=old, timeout=LONG_S)


@pytest.fixture
def before_one(servers: Two, tmp_path: Path) -> Iterator[Front]:
    with nginx.running(tmp_path, [servers[0].at]) as started:
        yield started


def test_a_dashboard_that_is_away_gets_a_sentence(tmp_path: Path) -> None:
    with upstream.running() as gone:
        at = gone.at
    with nginx.running(tmp_path, [at]) as front, client(front) as browser:
        answer = browser.get("/library")
    assert answer.status_code == 503
    assert "Reload the page in a minute" in answer.text
    assert answer.headers["Retry-After"] == "10"


def test_sign_in_cannot_be_tried_without_end(before_one: Front) -> None:
    with client(before_one) as browser:
        tries = [browser.get("/oauth2callback?code=x").status_code for _ in range(40)]
        assert tries[0] == 200
        assert set(tries) == {200, 429}
        # Nobody else's pages suffer.
        assert {browser.get("/library").status_code for _ in range(40)} == {200}


def test_what_opens_a_door_is_not_in_the_log(before_one: Front) -> None:
    with client(before_one) as browser:
        for address in ("/api/recordings/1/files/a.mp4?key=s3cret", "/oauth2callback?code=s3cret&state=x"):
            browser.get(address, headers={"Authorization": "Bearer s3cret", "Emotion-Ticket": "s3cret"})
    log = (before_one.folder / "emotion.log").read_text()
    assert "/api/recordings/1/files/a.mp4 200" in log
    assert "s3cret" not in log


def test_a_page_may_be_quiet_for_long(before_one: Front) -> None:
    """Streamlit's server pings every 30 s; the time-out is what nginx itself has understood."""
    command = ["nginx", "-T", "-c", str(before_one.folder / "nginx.conf"), "-e", str(before_one.folder / "error.log")]
    told = subprocess.run(command, capture_output=True, text=True, check=True, env={"PATH": "/usr/sbin:/usr/bin"})
    assert "proxy_read_timeout 1h;" in told.stdout


@pytest.fixture
def with_passwords(servers: Two, tmp_path: Path) -> Iterator[Front]:
    """nginx itself knows Ann."""
    hashed = subprocess.run(["openssl", "passwd", "-6", "sesame"], capture_output=True, text=True, check=True).stdout
    people = tmp_path / "people"
    people.write_text(f"ann:{hashed}")
    with nginx.running(
        tmp_path, [servers[0].at], people="basic", others={"/etc/nginx/emotion.htpasswd": str(people)}
    ) as front:
        yield front


@pytest.mark.parametrize(
    ("who", "status", "known_as"),
    [
        pytest.param(None, 401, None, id="nobody"),
        pytest.param(("ann", "wrong"), 401, None, id="a wrong password"),
        pytest.param(("bob", "sesame"), 401, None, id="an unknown person"),
        pytest.param(("ann", "sesame"), 200, "ann", id="ann"),
    ],
)
def test_people_with_passwords(
    with_passwords: Front, who: tuple[str, str] | None, status: int, known_as: str | None
) -> None:
    with client(with_passwords, auth=who) as browser:
        answer = browser.get("/library", headers=FORGED)
    assert answer.status_code == status
    if known_as:
        headers = answer.json()["headers"]
        assert headers["X-Forwarded-User"] == known_as
        assert "Authorization" not in headers
        assert "boss" not in str(headers)


@pytest.fixture
def with_door(servers: Two, tmp_path: Path) -> Iterator[Front]:
    """Something like oauth2-proxy knows people, by a cookie."""
    with (
        upstream.running(door=True) as door,
        nginx.running(tmp_path, [servers[0].at], people="oauth2", others={"127.0.0.1:4180": door.at}) as front,
    ):
        yield front


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        pytest.param("/library?recording=x&share=y", {}, id="a page"),
        pytest.param("/_stcore/stream", {"Connection": "Upgrade", "Upgrade": "websocket"}, id="a web socket"),
        pytest.param("/api/recordings/x/files/a.mp4?key=s3cret", {"Range": "bytes=0-1"}, id="a video"),
        pytest.param("/auth/login", {}, id="what has a rule of its own"),
    ],
)
def test_people_with_a_door(with_door: Front, path: str, headers: dict[str, str]) -> None:
    with client(with_door) as nobody:
        refused = nobody.get(path, headers={**FORGED, **headers})
    assert (refused.status_code, refused.text) == (403, f"Sign in, then go to {path}")
    with client(with_door, cookies={"who": "ann"}) as ann:
        told = ann.get(path, headers={**FORGED, **headers}).json()["headers"]
    assert (told["X-Forwarded-User"], told["X-Forwarded-Groups"]) == ("ann", "staff,makers")
    assert "boss" not in str(told)


def test_the_door_is_not_asked_by_people(with_door: Front) -> None:
    with client(with_door) as browser:
        assert browser.get("/oauth2/auth").status_code == 404
        assert browser.get("/oauth2/start?rd=/").status_code == 200


@pytest.fixture
def with_caddys_door(servers: Two, tmp_path: Path) -> Iterator[Front]:
    with upstream.running(door=True) as door, caddy.running(tmp_path, [servers[0].at], door=door.at) as front:
        yield front


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        pytest.param("/library?recording=x&share=y", {}, id="a page"),
        pytest.param("/_stcore/stream", {"Connection": "Upgrade", "Upgrade": "websocket"}, id="a web socket"),
        pytest.param("/api/recordings/x/files/a.mp4?key=s3cret", {"Range": "bytes=0-1"}, id="a video"),
    ],
)
def test_people_with_a_door_in_caddy(with_caddys_door: Front, path: str, headers: dict[str, str]) -> None:
    with client(with_caddys_door) as nobody:
        refused = nobody.get(path, headers={**FORGED, **headers})
    assert (refused.status_code, refused.text) == (403, f"Sign in, then go to {path}")
    with client(with_caddys_door, cookies={"who": "ann"}) as ann:
        told = ann.get(path, headers={**FORGED, **headers}).json()["headers"]
    assert (told["X-Forwarded-User"], told["X-Forwarded-Groups"]) == ("ann", "staff,makers")
    assert "boss" not in str(told)
    assert "administrators" not in str(told)


def test_caddys_door_is_not_asked_by_people(with_caddys_door: Front) -> None:
    with client(with_caddys_door, cookies={"who": "ann"}) as browser:
        assert browser.get("/oauth2/auth").status_code == 404
        assert browser.get("/oauth2/start?rd=/").status_code == 200
