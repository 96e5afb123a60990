"""Every way to data is closed to whoever has not signed in, and to everybody else's."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import loops
import pytest
from crew import until
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from load.guest import Guest, Visit, guest
from starlette.routing import Route
from streamlit.auth_util import set_cookie_with_chunks
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from web.http.servers import Server
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from emotion.settings import Settings
from emotion.store import audit
from emotion.store.database import Database
from emotion.web import http, sessions
from emotion.web.http.doorman import Lodge
from emotion.web.seal import HEADER
from emotion.web.seal import Visit as Sealed

pytestmark = pytest.mark.slow

GATE = "tests/web/http/gate/app.py"
COOKIE_SECRET = secrets.token_hex()
PUBLIC = "http://emotion.test"
ANNA, BEN = {"X-Forwarded-User": "anna"}, {"X-Forwarded-User": "ben"}
PROXIED = {
    "EMOTION_AUTH": "proxy",
    "EMOTION_DEFAULT_ROLE": "member",
    # An address of this machine's own loop, so that requests can come from it and from another.
    "EMOTION_TRUSTED_PROXIES": '["127.0.0.2"]',
    # uvicorn under `streamlit run` would believe what we send from here; `emotion serve` tells it not to.
    "FORWARDED_ALLOW_IPS": "",
}
# The same, and we are the proxy.
TRUSTING = {**PROXIED, "EMOTION_TRUSTED_PROXIES": '["127.0.0.1"]'}
SIGNED_IN = {
    "EMOTION_AUTH": "oidc",
    "EMOTION_PUBLIC_URL": PUBLIC,
    "EMOTION_OIDC_URL": "http://127.0.0.1:9/.well-known/openid-configuration",
    "EMOTION_OIDC_CLIENT_ID": "test",
    "EMOTION_OIDC_CLIENT_SECRET": "nobody knows",
    "EMOTION_COOKIE_SECRET": COOKIE_SECRET,
}
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


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """A server for each way to sign in and each sub-path, started when it is first asked for."""
    running: dict[tuple[str, ...], Server] = {}

    def get(options: dict[str, str], base: str = "") -> Server:
        kind = (*options.values(), base)
        if kind not in running:
            running[kind] = Server(tmp_path_factory.mktemp("data"), options, base=base, app=GATE)
            running[kind].start()
        return running[kind]

    yield get
    for server in running.values():
        server.kill()


def ask(server: Server, method: str, target: str, *, via: str = "127.0.0.1", **headers: str) -> httpx.Response:
    """A request from the address ``via``, with its path as it is written."""
    # Certificates are of no use here, and reading all that the system trusts takes longer than the request.
    transport = httpx.HTTPTransport(local_address=via, verify=False)
    url = httpx.URL(server.url, raw_path=f"{server.base}{target}".encode())
    with httpx.Client(transport=transport, timeout=60) as client:
        return client.request(method, url, headers=headers)


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


def cookie(**changes: Any) -> dict[str, str]:
    """Streamlit's cookie of a sign-in, as its own code makes it, with ``changes``."""
    secret, name = changes.pop("secret", COOKIE_SECRET), changes.pop("name", "_streamlit_user")
    salt = changes.pop("salt", name)
    claims = {"sub": "42", "name": "Ada", "exp": time.time() + 86_400, "origin": PUBLIC, "is_logged_in": True}
    told = json.dumps({**claims, "provider": "default", **changes})
    value = URLSafeTimedSerializer(secret, salt=salt).dumps(told)
    return {"Cookie": f"{name}={value}"}


class Earlier(TimestampSigner):
    """Signs as it would have a minute ago."""

    def get_timestamp(self) -> int:
        return super().get_timestamp() - 60


def chunked(*, last_of_another: bool = False) -> dict[str, str]:
    """A sign-in with so many claims that Streamlit cuts its cookie in pieces; the last may be of an earlier one."""
    told: dict[str, Any] = {
        "sub": "42",
        "exp": time.time() + 86_400,
        "origin": PUBLIC,
        "is_logged_in": True,
        "provider": "default",
    }
    pieces: dict[str, str] = {}

    def sign(name: str, value: str) -> bytes:
        return create_signed_value(COOKIE_SECRET, name, value)

    def keep(name: str, value: str) -> None:
        pieces[name] = sign(name, value).decode()

    told["groups"] = [secrets.token_hex(9000)]
    set_cookie_with_chunks(keep, sign, "_streamlit_user", told, cookie_attr_size=80)
    assert len(pieces) > 2
    if last_of_another:
        name = f"_streamlit_user_{len(pieces) - 1}"
        value = URLSafeTimedSerializer(COOKIE_SECRET, salt=name).loads(pieces[name])
        pieces[name] = str(URLSafeTimedSerializer(COOKIE_SECRET, salt=name, signer=Earlier).dumps(value))
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in pieces.items())}


@pytest.mark.parametrize(
    ("headers", "let_in"),
    [
        pytest.param(cookie(), True, id="a sign-in"),
        pytest.param(chunked(), True, id="a sign-in in pieces"),
        pytest.param(chunked(last_of_another=True), False, id="pieces of two sign-ins"),
        pytest.param(cookie() | {"Origin": PUBLIC}, True, id="from our own page"),
        pytest.param(cookie() | {"Origin": "http://evil.test"}, False, id="from another site's page"),
        pytest.param(cookie() | {"Origin": "null"}, False, id="from a page without an address"),
        pytest.param(cookie(secret=secrets.token_hex()), False, id="signed by another"),
        pytest.param(cookie(name="_streamlit_user_tokens"), False, id="another cookie of ours"),
        pytest.param(cookie(salt="_streamlit_user_tokens"), False, id="signed as another cookie"),
        pytest.param(cookie(exp=1), False, id="its time is over"),
        pytest.param(cookie(exp=None), False, id="it has no end"),
        pytest.param(cookie(exp=True), False, id="its end is no time"),
        pytest.param(cookie(origin="http://127.0.0.1:9999"), False, id="made elsewhere"),
        pytest.param(cookie(origin=None), False, id="made nowhere"),
        pytest.param(cookie(provider="another"), False, id="another provider"),
        pytest.param(cookie(is_logged_in=False), False, id="not signed in"),
        pytest.param(cookie(is_logged_in="yes"), False, id="signed in, as a text"),
        pytest.param(cookie(sub=""), False, id="without a subject"),
        pytest.param({"Cookie": "_streamlit_user=eyJzdWIiOiI0MiJ9"}, False, id="not signed"),
        pytest.param({"Cookie": "_streamlit_user="}, False, id="empty"),
        pytest.param({"Cookie": "_streamlit_user=\u00ff\u00fe; ; ="}, False, id="no cookie at all"),
        pytest.param({"X-Forwarded-User": "anna"}, False, id="a proxy's header"),
    ],
)
def test_streamlits_cookie_is_read_exactly(
    servers: Callable[..., Server], headers: dict[str, str], let_in: bool
) -> None:
    raw = {name: value.encode("latin-1") for name, value in headers.items()}
    answer = ask(servers(SIGNED_IN), "OPTIONS", "/api/uploads", **raw)  # type: ignore[arg-type]
    assert answer.status_code == (204 if let_in else 401)


def session_of(visit: Visit) -> str:
    return next(
        message.new_session.initialize.session_id for message in visit.messages if message.HasField("new_session")
    )


def media_of(visit: Visit) -> list[str]:
    """The addresses of what Streamlit keeps in memory for a page."""
    elements = [message.delta.new_element for message in visit.messages if message.HasField("delta")]
    pictures = [element.imgs.imgs[0].url for element in elements if element.HasField("imgs")]
    return pictures + [element.download_button.url for element in elements if element.download_button.url]


async def later(tab: Guest, visit: Visit) -> str:
    """Presses the button whose file is made only then; the file's address."""
    elements = [message.delta.new_element for message in visit.messages if message.HasField("delta")]
    wanted = BackMsg()
    wanted.backend_operation_request.request_id = "1"
    wanted.backend_operation_request.session_id = session_of(visit)
    wanted.backend_operation_request.deferred_file.file_id = next(
        element.download_button.deferred_file_id for element in elements if element.download_button.deferred_file_id
    )
    await tab._socket.send(wanted.SerializeToString())
    while True:
        message = ForwardMsg.FromString(await tab._socket.recv(decode=False))
        if message.HasField("backend_operation_response"):
            return str(message.backend_operation_response.deferred_file.url)


def test_what_is_on_a_persons_page_is_theirs_alone(servers: Callable[..., Server]) -> None:
    server = servers(TRUSTING)

    async def scenario() -> None:
        async with guest(server.url, ANNA) as anna, guest(server.url, BEN) as ben:
            hers, his = await anna.open(), await ben.open()
            assert "proxy:anna is a member" in hers.words
            assert "proxy:ben is a member" in his.words
            async with httpx.AsyncClient(timeout=60) as nobody:
                for tab, own in ((anna, hers), (ben, his)):
                    other = ben if tab is anna else anna
                    files = [f"{server.url}{file}" for file in (*media_of(own), await later(tab, own))]
                    asked = [each.get(file) for file in files for each in (tab.browser, other.browser, nobody)]
                    codes = [answer.status_code for answer in await asyncio.gather(*asked)]
                    assert codes == [200, 404, 403] * 3
            made = await later(anna, hers)
            assert (await anna.browser.get(f"{server.url}{made}")).text == "made for proxy:anna"

    loops.run(scenario())


def test_nobody_uploads_into_anothers_page(servers: Callable[..., Server]) -> None:
    server = servers(TRUSTING)

    async def scenario() -> None:
        async with guest(server.url, ANNA) as anna, guest(server.url, BEN) as ben:
            session = session_of(await anna.open())
            await ben.open()
            address = f"{server.url}/_stcore/upload_file/{session}/file"
            for tab, put, deleted in ((ben, 404, 404), (anna, 204, 204)):
                await tab.browser.get(f"{server.url}/_stcore/health")
                token = {"X-Xsrftoken": tab.browser.cookies["_streamlit_xsrf"]}
                answer = await tab.browser.put(address, files={"file": ("a.txt", b"hello")}, headers=token)
                assert answer.status_code == put
                assert (await tab.browser.delete(address, headers=token)).status_code == deleted
            # Not even she may without the token that only her own page knows.
            assert (await anna.browser.put(address, files={"file": ("a.txt", b"x")})).status_code == 403

    loops.run(scenario())


async def given(tab: Guest, session: str, name: str, size: int = 20 << 20, *, called: str = "a.png") -> int:
    """Puts a file into a page under a made-up id; the answer's status."""
    headers = {"X-Xsrftoken": tab.browser.cookies["_streamlit_xsrf"]}
    address = f"/_stcore/upload_file/{session}/{name}"
    answer = await tab.browser.put(address, files={"file": (called, bytes(size))}, headers=headers)
    if answer.status_code == 429:
        assert "Take some away, or close some pages" in answer.json()["error"]
    return answer.status_code


def test_a_persons_pages_hold_so_much_and_no_more(servers: Callable[..., Server]) -> None:
    server = servers(TRUSTING)

    async def open_page(tab: Guest) -> str:
        tab.browser.base_url = httpx.URL(server.url)
        tab.browser.timeout = httpx.Timeout(120)
        await tab.browser.get("/_stcore/health")
        return session_of(await tab.open())

    async def scenario() -> None:
        carl, dora = {"X-Forwarded-User": "carl"}, {"X-Forwarded-User": "dora"}
        async with guest(server.url, carl) as tab:
            session = await open_page(tab)
            assert await given(tab, session, "large", size=22 << 20) == 413
            # A name takes memory too, of a file without a byte.
            assert await given(tab, session, "named", size=0, called="x" * (1 << 20)) == 400
            codes = await asyncio.gather(*(given(tab, session, f"file-{number}") for number in range(7)))
            assert sorted(codes) == [204] * 5 + [429] * 2
        async with guest(server.url, carl) as tab, guest(server.url, dora) as other:
            # What Streamlit keeps for a page that is gone, in case it comes back, counts too.
            assert await given(tab, await open_page(tab), "one more", size=1) == 429
            assert await given(other, await open_page(other), "the first", size=1) == 204
            headers = {"X-Xsrftoken": tab.browser.cookies["_streamlit_xsrf"]}
            kept = [f"/_stcore/upload_file/{session}/file-{number}" for number, code in enumerate(codes) if code == 204]
            assert (await tab.browser.delete(kept[0], headers=headers)).status_code == 204
            assert await given(tab, await open_page(tab), "one more", size=1) == 204

    loops.run(scenario())


def test_the_audit_log_has_whom_a_proxy_brings_once_a_day(servers: Callable[..., Server]) -> None:
    server = servers(TRUSTING)

    async def scenario() -> None:
        for _ in range(2):
            async with guest(server.url, {"X-Forwarded-User": "once"}) as tab:
                await tab.open()

    loops.run(scenario())
    with Database.open(Settings.load(data_dir=server.data_dir)) as database:
        # No page waits for it.
        entries = until(lambda: [entry for entry in audit.latest(database) if entry.actor == "proxy:once"])
    assert [entry.action for entry in entries] == ["signed.in"]


def socket_to(
    server: Server, headers: dict[str, str], *, url: str = "", origin: str | None = None, session: str = ""
) -> Any:
    """``url`` is what the browser believes to be talking to, the server's own if empty."""
    url = url or server.url
    return connect(
        f"ws{url.removeprefix('http')}/_stcore/stream",
        host="127.0.0.1",
        port=server.port,
        origin=origin or url,  # type: ignore[arg-type]
        subprotocols=["streamlit", "none", *([session] if session else [])],  # type: ignore[list-item]
        additional_headers=headers,
        proxy=None,
        open_timeout=60,
        ping_timeout=60,
    )


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


@pytest.mark.parametrize(
    ("message", "obeyed"),
    [
        pytest.param({"rerun_script": {}}, True, id="draws the page"),
        pytest.param({"stop_script": True}, True, id="stops drawing"),
        pytest.param({"app_heartbeat": True}, True, id="says that it is there"),
        pytest.param({"file_urls_request": {}}, True, id="asks where to upload"),
        pytest.param({"backend_operation_request": {"deferred_file": {}}}, True, id="asks for a file"),
        pytest.param({"backend_operation_request": {"dataframe_chunk": {}}}, True, id="asks for more rows"),
        pytest.param({"backend_operation_request": {"install_skills": {}}}, False, id="writes beside the pages"),
        pytest.param({"backend_operation_request": {"dismiss_skills_nudge": {}}}, False, id="writes at home"),
        pytest.param({"backend_operation_request": {}}, False, id="does something unknown"),
        pytest.param({"clear_cache": True}, False, id="forgets what all share"),
        pytest.param({"set_run_on_save": True}, False, id="watches files"),
        pytest.param({"load_git_info": True}, False, id="asks git"),
        pytest.param({"debug_shutdown_runtime": True}, False, id="ends the server"),
        pytest.param({}, False, id="says nothing"),
    ],
)
def test_what_a_page_may_say(message: dict[str, Any], obeyed: bool) -> None:
    assert sessions.may_say(BackMsg(**message).SerializeToString()) is obeyed


def test_no_page_clears_what_all_share(servers: Callable[..., Server]) -> None:
    server = servers(TRUSTING)

    async def scenario() -> None:
        async with guest(server.url, ANNA) as anna:
            before = (await anna.open()).words
            await anna._socket.send(BackMsg(clear_cache=True).SerializeToString())
            assert "kept by the server: " in before
            assert (await anna.open()).words == before

    loops.run(scenario())


def test_nobody_takes_over_anothers_session(servers: Callable[..., Server]) -> None:
    server = servers(TRUSTING)

    async def scenario() -> None:
        async with guest(server.url, ANNA) as anna:
            session = session_of(await anna.open())
        # Her connection is gone: she may go on with her session, and Ben begins one of his own.
        for headers, same in ((BEN, False), (ANNA, True)):
            async with socket_to(server, headers, session=session) as socket, httpx.AsyncClient() as browser:
                assert (session_of(await Guest(browser, socket).open()) == session) is same

    loops.run(scenario())


def test_a_proxy_is_asked_again_after_a_while(servers: Callable[..., Server]) -> None:
    server = servers({**TRUSTING, "EMOTION_SIGN_IN_HOURS": str(10 / 3600)})

    async def scenario() -> None:
        # The first page of a server takes a busy machine some seconds.
        async with guest(server.url, BEN) as ben:
            await ben.open()
        async with socket_to(server, ANNA) as socket, httpx.AsyncClient() as browser:
            session = session_of(await Guest(browser, socket).open())
            async with asyncio.timeout(60):
                await socket.wait_closed()
        with pytest.raises(InvalidStatus):
            async with socket_to(server, {}, session=session):
                pass
        # Whom the proxy still knows goes on where she was.
        async with socket_to(server, ANNA, session=session) as socket, httpx.AsyncClient() as browser:
            assert session_of(await Guest(browser, socket).open()) == session

    loops.run(scenario())


def test_what_is_known_of_ends_does_not_pile_up() -> None:
    lodge, now_s = Lodge(Settings.load, lambda _cookies, _settings: None), time.time()
    signed_out = Sealed(key="oidc:ada", until_s=now_s + 3600)
    lodge.end(signed_out)
    for number in range(1000):
        lodge.ending(Sealed(key=f"oidc:{number}", until_s=now_s - 1))
    assert lodge.ended(signed_out)
    assert len(lodge._ends) == 2


def test_a_page_ends_with_the_sign_in(servers: Callable[..., Server]) -> None:
    server = servers(SIGNED_IN)

    async def scenario() -> None:
        # The first page of a server takes a busy machine some seconds.
        async with socket_to(server, cookie(), url=PUBLIC) as socket, httpx.AsyncClient() as browser:
            await Guest(browser, socket).open()
        headers = cookie(exp=time.time() + 10)
        async with socket_to(server, headers, url=PUBLIC) as socket, httpx.AsyncClient() as browser:
            assert "oidc:42 is a viewer" in (await Guest(browser, socket).open()).words
            async with asyncio.timeout(60):
                await socket.wait_closed()
        # What the browser does then: it connects again with the same cookie, and is nobody.
        async with socket_to(server, headers, url=PUBLIC) as socket, httpx.AsyncClient() as browser:
            assert "nobody" in (await Guest(browser, socket).open()).words

    loops.run(scenario())


def test_signing_out_ends_all_pages_and_copies_of_the_cookie(servers: Callable[..., Server]) -> None:
    server, headers, others = servers(SIGNED_IN), cookie(), cookie()

    async def scenario() -> None:
        async with (
            socket_to(server, headers, url=PUBLIC) as tab,
            socket_to(server, others, url=PUBLIC) as elsewhere,
            httpx.AsyncClient(timeout=60) as browser,
        ):
            assert "oidc:42" in (await Guest(browser, tab).open()).words
            assert (await browser.options(f"{server.url}/api/uploads", headers=headers)).status_code == 204
            assert (await browser.get(f"{server.url}/auth/logout", headers=headers)).status_code == 302
            async with asyncio.timeout(60):
                await tab.wait_closed()
            assert (await browser.options(f"{server.url}/api/uploads", headers=headers)).status_code == 401
            # In another browser the same person is still signed in.
            assert "oidc:42" in (await Guest(browser, elsewhere).open()).words

    loops.run(scenario())


def test_without_sign_in_everybody_is_let_in_and_metrics_are_not(servers: Callable[..., Server]) -> None:
    server = servers({"EMOTION_AUTH": "none"})

    async def scenario() -> None:
        async with guest(server.url, ANNA) as tab:
            visit = await tab.open()
            assert "local is a administrator" in visit.words
            for file in media_of(visit):
                assert (await tab.browser.get(f"{server.url}{file}")).status_code == 200
            assert (await tab.browser.get(f"{server.url}/_stcore/metrics")).status_code == 404

    loops.run(scenario())
