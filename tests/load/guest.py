"""A browser's tab without a browser: it speaks Streamlit's protocol over the web socket and notes how long pages take.

What it sends is what Streamlit's own frontend sends when an address is opened (``BackMsg.rerun_script``); it reads all
that comes, understands where a run ends and what went wrong in it, draws nothing and answers nothing else: a part of
a page that would refresh itself does not.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

LIMIT_S = 120.0
"""Whoever gets no page for so long gets none."""
XSRF = "_streamlit_xsrf"


@dataclass(frozen=True, slots=True)
class Visit:
    """A page that came."""

    page: str
    seconds: float
    """From the request to the end of its script."""
    bytes: int
    messages: tuple[ForwardMsg, ...] = field(repr=False)

    @property
    def complaints(self) -> list[str]:
        """The red boxes on it, and what was raised in it."""
        return [*self._complaints()]

    @property
    def words(self) -> str:
        """All it says in texts, headings, boxes and bars of progress."""
        return "\n".join(one for element in self._elements() for one in _words(element))

    def component(self, name: str) -> Any:
        """A component of ours on it. Raises StopIteration where there is none."""
        found = (element.bidi_component for element in self._elements() if element.HasField("bidi_component"))
        return next(one for one in found if one.component_name.endswith(name))

    def given(self, name: str) -> dict[str, Any]:
        """What the page gave to that component."""
        data: dict[str, Any] = json.loads(self.component(name).json)
        return data

    def _elements(self) -> Iterator[Any]:
        for message in self.messages:
            if message.HasField("delta") and message.delta.HasField("new_element"):
                yield message.delta.new_element

    def _complaints(self) -> Iterator[str]:
        for element in self._elements():
            if element.HasField("exception"):
                yield f"{element.exception.type}: {element.exception.message}"
            if element.HasField("alert") and element.alert.format == Alert.ERROR:
                yield element.alert.body
        for message in self.messages:
            if message.HasField("page_not_found"):
                yield f"There is no page {self.page}"


def _words(element: Any) -> Iterator[str]:
    kind = element.WhichOneof("type")
    for name in ("body", "text", "label"):
        found = getattr(getattr(element, kind), name, "") if kind else ""
        if isinstance(found, str) and found:
            yield found


@dataclass(slots=True)
class Guest:
    """One open tab. One task at a time may use it."""

    browser: httpx.AsyncClient
    """With its cookies; closed with the guest."""
    _socket: ClientConnection

    async def open(self, page: str = "", query: str = "", said: Mapping[str, object] | None = None) -> Visit:
        """Goes to a page, "" being the first. Raises TimeoutError, ConnectionClosed.

        ``said`` is what components on it tell: a component's id and its state.
        """
        wanted = BackMsg()
        wanted.rerun_script.page_name = page
        wanted.rerun_script.query_string = query
        for number, state in (said or {}).items():
            wanted.rerun_script.widget_states.widgets.add(id=number, json_value=json.dumps(state))
        began, size, messages = time.monotonic(), 0, []
        await self._socket.send(wanted.SerializeToString())
        async with asyncio.timeout(LIMIT_S):
            while not messages or not _ends(messages[-1]):
                raw = await self._socket.recv(decode=False)
                size += len(raw)
                messages.append(ForwardMsg.FromString(raw))
        return Visit(page, time.monotonic() - began, size, tuple(messages))


def _ends(message: ForwardMsg) -> bool:
    """A run that was ended for another one (st.rerun, st.switch_page) is not the end."""
    return message.HasField("script_finished") and message.script_finished in (
        ForwardMsg.FINISHED_SUCCESSFULLY,
        ForwardMsg.FINISHED_WITH_COMPILE_ERROR,
    )


@contextlib.asynccontextmanager
async def guest(url: str, headers: Mapping[str, str] | None = None, **client: Any) -> AsyncIterator[Guest]:
    """A tab on ``url`` (with its sub-path, without a slash at its end), as far as the open web socket.

    ``headers`` go with every request, ``client`` to :class:`httpx.AsyncClient` (cookies; ``verify`` for a
    certificate that nobody knows).
    """
    browser = httpx.AsyncClient(headers=headers, timeout=LIMIT_S, **client)
    async with browser:
        # As a browser does: its page asks whether the server lives, and gets a cookie that the web socket repeats.
        (await browser.get(f"{url}/_stcore/host-config")).raise_for_status()
        async with connect(
            f"ws{url.removeprefix('http')}/_stcore/stream",
            origin=_origin(url),
            subprotocols=["streamlit", browser.cookies.get(XSRF) or "none"],  # type: ignore[list-item]
            additional_headers={**(headers or {}), "Cookie": _cookies(browser)},
            ssl=client.get("verify") if url.startswith("https") else None,
            compression=None,
            max_size=None,
            proxy=None,
            open_timeout=LIMIT_S,
            ping_timeout=LIMIT_S,
        ) as socket:
            yield Guest(browser, socket)


def _origin(url: str) -> Any:
    found = httpx.URL(url)
    return f"{found.scheme}://{found.netloc.decode()}"


def _cookies(browser: httpx.AsyncClient) -> str:
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies.jar)
