"""A run of the page ends when what it drew has been sent."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.testing.v1 import AppTest

from emotion.web import settle as module
from emotion.web.settle import settle


class Tab:
    """Streamlit's session, as far as this looks at it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._event_loop = loop
        self._browser_queue = ForwardMsgQueue()


@pytest.fixture
def tab(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tab]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    made = Tab(loop)
    monkeypatch.setattr(module, "_session", lambda: made)
    monkeypatch.setattr(module, "_has_parts", lambda: True)
    yield made
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def message() -> ForwardMsg:
    drawn = ForwardMsg()
    drawn.delta.new_element.text.body = "drawn"
    return drawn


def test_it_waits_for_what_is_still_on_its_way(tab: Tab) -> None:
    """The script hands messages to the event loop, which sends them a moment later."""
    sent: list[ForwardMsg] = []
    tab._event_loop.call_soon_threadsafe(tab._browser_queue.enqueue, message())
    tab._event_loop.call_soon_threadsafe(
        tab._event_loop.call_later, 0.05, lambda: sent.extend(tab._browser_queue.flush())
    )
    settle()
    assert len(sent) == 1


def test_a_browser_that_takes_nothing_holds_nobody_up(tab: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_S", 0.05)
    tab._browser_queue.enqueue(message())
    settle()
    assert not tab._browser_queue.is_empty()


@pytest.mark.parametrize(
    ("script", "waits"),
    [
        pytest.param("st.text('whole')", False, id="whole"),
        pytest.param("st.fragment(lambda: st.text('a part'))()", True, id="a part of its own"),
    ],
)
def test_only_a_page_with_parts_waits(script: str, waits: bool) -> None:
    """A page that nothing refreshes loses nothing, and need not wait."""
    look = "import streamlit as st\nfrom emotion.web import settle\n{}\nst.json(settle._has_parts())"
    app = AppTest.from_string(look.format(script)).run()
    assert app.json[0].value == json.dumps(waits)


def test_without_parts_what_is_on_its_way_holds_nobody_up(tab: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_has_parts", lambda: False)
    tab._browser_queue.enqueue(message())
    began_s = time.monotonic()
    settle()
    assert time.monotonic() - began_s < module.LONGEST_S / 2


def test_without_a_server_there_is_nothing_to_wait_for() -> None:
    settle()


def test_streamlit_still_has_what_this_looks_at() -> None:
    names = AppSession.__init__.__code__.co_names
    assert {"_event_loop", "_browser_queue"} <= set(names)
