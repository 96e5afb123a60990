"""Every request is counted by what came of it, and told of without its address."""

from __future__ import annotations

import logging

import loops
import pytest
from starlette.types import Message, Receive, Scope, Send

from emotion import metrics
from emotion.web.http.watch import Watch

ID = "0123456789abcdef" * 2


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the status that its address ends with; 0 leaves, 1 breaks."""
    status = int(scope["path"].rsplit("-", 1)[1])
    if status == 1:
        raise ZeroDivisionError
    if status:
        await receive()
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"12345"})


def ask(method: str, path: str) -> list[Message]:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"123"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": [], "query_string": b"key=secret"}
    loops.run(Watch(app)(scope, receive, send))
    return sent


def counted(name: str, **labels: str) -> float:
    return metrics.REGISTRY.get_sample_value(f"emotion_http_{name}_total", labels) or 0.0


@pytest.mark.parametrize(
    ("method", "path", "route", "status", "told"),
    [
        pytest.param("GET", f"/api/recordings/{ID}/files/x-200", "files", "200", True, id="a file"),
        pytest.param("GET", f"/emotion/api/recordings/{ID}/files/x-206", "files", "206", True, id="under a sub-path"),
        pytest.param("POST", "/api/uploads/x-201", "uploads", "201", True, id="an upload begins"),
        pytest.param("PATCH", "/api/uploads/x-204", "uploads", "204", False, id="and goes on"),
        pytest.param("PATCH", "/api/uploads/x-507", "uploads", "507", True, id="and fails"),
        pytest.param("GET", "/media/x-200", "media", "200", False, id="a picture of a page"),
        pytest.param("GET", "/media/x-403", "media", "403", True, id="one that is refused"),
        pytest.param("GET", "/library-200", "page", "200", False, id="a page"),
        pytest.param("GET", "/auth/login-302", "sign-in", "302", True, id="signing in"),
        pytest.param("BREW", "/coffee-418", "page", "418", True, id="an odd method"),
        pytest.param("GET", "/library-0", "page", "499", True, id="a client that left"),
    ],
)
def test_what_came_of_it(
    caplog: pytest.LogCaptureFixture, method: str, path: str, route: str, status: str, told: bool
) -> None:
    labels = {"route": route, "method": method if method != "BREW" else "other", "status": status}
    before, bytes_before = counted("requests", **labels), counted("sent_bytes", route=route)
    with caplog.at_level(logging.INFO, "emotion.web.http.watch"):
        sent = ask(method, path)
    assert counted("requests", **labels) == before + 1
    assert counted("sent_bytes", route=route) == bytes_before + (5 if sent else 0)
    assert len(caplog.messages) == told
    assert not any(secret in message for message in caplog.messages for secret in ("secret", ID, "coffee"))


def test_a_mistake_of_ours_goes_on_to_whoever_answers_it() -> None:
    labels = {"route": "page", "method": "GET", "status": "500"}
    before = counted("requests", **labels)
    with pytest.raises(ZeroDivisionError):
        ask("GET", "/broken-1")
    assert counted("requests", **labels) == before + 1
