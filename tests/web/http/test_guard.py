"""Every way to data is closed to whoever has not signed in, and to everybody else's."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from itsdangerous import URLSafeTimedSerializer
from load.guest import Guest, Visit, guest
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
from emotion.web import sessions
from emotion.web.seal import HEADER

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
    with httpx.Client(transport=transport, timeout=30) as client:
        return client.request(method, url, headers=headers)


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


def chunked() -> dict[str, str]:
    """A sign-in with so many claims that Streamlit cuts its cookie in pieces."""
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
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in pieces.items())}


@pytest.mark.parametrize(
    ("headers", "let_in"),
    [
        pytest.param(cookie(), True, id="a sign-in"),
        pytest.param(chunked(), True, id="a sign-in in pieces"),
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
            async with httpx.AsyncClient() as nobody:
                for tab, own in ((anna, hers), (ben, his)):
                    other = ben if tab is anna else anna
                    files = [f"{server.url}{file}" for file in (*media_of(own), await later(tab, own))]
                    asked = [each.get(file) for file in files for each in (tab.browser, other.browser, nobody)]
                    codes = [answer.status_code for answer in await asyncio.gather(*asked)]
                    assert codes == [200, 404, 403] * 3
            made = await later(anna, hers)
            assert (await anna.browser.get(f"{server.url}{made}")).text == "made for proxy:anna"

    asyncio.run(scenario())


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

    asyncio.run(scenario())


def test_the_audit_log_has_whom_a_proxy_brings_once_a_day(servers: Callable[..., Server]) -> None:
    server = servers(TRUSTING)

    async def scenario() -> None:
        for _ in range(2):
            async with guest(server.url, {"X-Forwarded-User": "once"}) as tab:
                await tab.open()

    asyncio.run(scenario())
    with Database.open(Settings.load(data_dir=server.data_dir)) as database:
        entries = [entry for entry in audit.latest(database) if entry.actor == "proxy:once"]
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

    asyncio.run(scenario())


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

    asyncio.run(scenario())


def test_nobody_takes_over_anothers_session(servers: Callable[..., Server]) -> None:
    server = servers(TRUSTING)

    async def scenario() -> None:
        async with guest(server.url, ANNA) as anna:
            session = session_of(await anna.open())
        # Her connection is gone: she may go on with her session, and Ben begins one of his own.
        for headers, same in ((BEN, False), (ANNA, True)):
            async with socket_to(server, headers, session=session) as socket, httpx.AsyncClient() as browser:
                assert (session_of(await Guest(browser, socket).open()) == session) is same

    asyncio.run(scenario())


def test_a_page_ends_with_the_sign_in(servers: Callable[..., Server]) -> None:
    server = servers(SIGNED_IN)

    async def scenario() -> None:
        headers = cookie(exp=time.time() + 3)
        async with socket_to(server, headers, url=PUBLIC) as socket, httpx.AsyncClient() as browser:
            assert "oidc:42 is a viewer" in (await Guest(browser, socket).open()).words
            async with asyncio.timeout(60):
                await socket.wait_closed()
        # What the browser does then: it connects again with the same cookie, and is nobody.
        async with socket_to(server, headers, url=PUBLIC) as socket, httpx.AsyncClient() as browser:
            assert "nobody" in (await Guest(browser, socket).open()).words

    asyncio.run(scenario())


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

    asyncio.run(scenario())


def test_without_sign_in_everybody_is_let_in_and_metrics_are_not(servers: Callable[..., Server]) -> None:
    server = servers({"EMOTION_AUTH": "none"})

    async def scenario() -> None:
        async with guest(server.url, ANNA) as tab:
            visit = await tab.open()
            assert "local is a administrator" in visit.words
            for file in media_of(visit):
                assert (await tab.browser.get(f"{server.url}{file}")).status_code == 200
            assert (await tab.browser.get(f"{server.url}/_stcore/metrics")).status_code == 404

    asyncio.run(scenario())
