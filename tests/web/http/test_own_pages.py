"""What a page shows, is given and says concerns nobody but the person whose it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import loops
import pytest
from load.guest import Guest, Visit, guest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from web.http.servers import Server
from web.http.sign_ins import ANNA, BEN, TRUSTING, session_of

from emotion.web import sessions

pytestmark = pytest.mark.slow


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
