"""Rules at work: markers, and webhooks of a real HTTP server on this machine."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from dashboard import free_port

from emotion.live import webhook
from emotion.live.events import LATEST, Events
from emotion.live.rules import Rule, parse
from emotion.live.values import Marker
from emotion.live.webhook import SIGNATURE, Courier, Told, event_of, signature
from emotion.types import Analysis, Box, Emotion, Face, Frame, Scores

PATIENCE_S = 60.0
KEY = "a long secret"
EMPTY = np.zeros((4, 4, 3), np.uint8)
SAD_RULE = parse("sad above 0.6 for 1 s -> lamp", labels={}, hooks=frozenset({"lamp"}))[0]


def until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not reached():
        assert time.monotonic() < deadline, "It did not come to this."
        time.sleep(0.01)


@dataclass
class Hook:
    """A web server that answers as told, and remembers what it was asked."""

    answers: list[int] = field(default_factory=list)
    """One status after the other; then 204."""
    leads_to: str = ""
    wait: threading.Event | None = None
    bodies: list[bytes] = field(default_factory=list)
    signatures: list[str | None] = field(default_factory=list)
    logins: list[str | None] = field(default_factory=list)
    address: str = ""


@contextmanager
def serving(hook: Hook) -> Iterator[Hook]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hook.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            hook.signatures.append(self.headers[SIGNATURE])
            hook.logins.append(self.headers["Authorization"])
            if hook.wait:
                hook.wait.wait(PATIENCE_S)
            self.send_response(hook.answers.pop(0) if hook.answers else 204)
            if hook.leads_to:
                self.send_header("Location", hook.leads_to)
            self.send_header("Retry-After", "3600")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hook.address = f"http://127.0.0.1:{server.server_port}/hooks?token=hidden"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield hook
        finally:
            if hook.wait:
                hook.wait.set()
            server.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "PAUSE_S", 0.01)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@contextmanager
def courier(address: str, *, secret: str | None = None) -> Iterator[Courier]:
    opened = Courier({"lamp": address}, "s1", secret=secret)
    try:
        yield opened
    finally:
        opened.close()


def outcome(opened: Courier) -> Told:
    until(lambda: bool(opened.told()))
    return opened.told()["lamp"]


def test_what_is_told() -> None:
    with serving(Hook()) as hook, courier(hook.address, secret=KEY) as opened:
        opened.send(event_of(SAD_RULE, 12.3456, 0.71234))
        assert outcome(opened) == Told(sent=1, failed=0, why="")
    (body,), (signed,) = hook.bodies, hook.signatures
    said = json.loads(body)
    assert said.pop("at").endswith("+00:00")
    assert said == {
        "rule": "sad above 0.6 for 1 s",
        "emotion": "sad",
        "score": 0.7123,
        "time_s": 12.346,
        "session": "s1",
    }
    assert signed == signature(body, KEY)


def test_without_a_secret_nothing_is_signed_and_nobody_has_no_score() -> None:
    (rule,) = parse("no face for 2 s -> lamp", labels={}, hooks=frozenset({"lamp"}))
    with serving(Hook()) as hook, courier(hook.address) as opened:
        opened.send(event_of(rule, 2.0, None))
        assert outcome(opened).sent == 1
    assert hook.signatures == [None]
    said = json.loads(hook.bodies[0])
    assert (said["emotion"], said["score"]) == (None, None)


@pytest.mark.parametrize(
    ("answers", "calls", "told"),
    [
        pytest.param([500, 503], 3, Told(1, 0, ""), id="it comes back"),
        pytest.param([500] * 9, 4, Told(0, 1, "it answers 500"), id="it is broken"),
        pytest.param([404], 1, Told(0, 1, "it answers 404"), id="a wrong address"),
        pytest.param([429], 2, Told(1, 0, ""), id="it wants an hour's rest, and gets a moment"),
    ],
)
def test_answers(answers: list[int], calls: int, told: Told) -> None:
    with serving(Hook(answers=answers)) as hook, courier(hook.address) as opened:
        opened.send(event_of(SAD_RULE, 1.0, 0.7))
        assert outcome(opened) == told
    assert len(hook.bodies) == calls


@pytest.mark.parametrize(
    "variable", [pytest.param("http_proxy", id="a proxy"), pytest.param("ALL_PROXY", id="one for everything")]
)
def test_no_proxy_reads_along(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv(variable, f"http://127.0.0.1:{free_port()}")
    with serving(Hook()) as hook, courier(hook.address) as opened:
        opened.send(event_of(SAD_RULE, 1.0, 0.7))
        assert outcome(opened) == Told(1, 0, "")


def test_no_password_of_the_server_goes_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = tmp_path / "netrc"
    passwords.write_text("machine 127.0.0.1 login me password hidden\n")
    monkeypatch.setenv("NETRC", str(passwords))
    with serving(Hook()) as hook, courier(hook.address) as opened:
        opened.send(event_of(SAD_RULE, 1.0, 0.7))
        assert outcome(opened).sent == 1
    assert hook.logins == [None]


def test_nobody_is_led_elsewhere() -> None:
    with serving(Hook()) as elsewhere, serving(Hook(answers=[307] * 9, leads_to=elsewhere.address)) as hook:
        opened = Courier({"lamp": hook.address}, "s1")
        opened.send(event_of(SAD_RULE, 1.0, 0.7))
        assert outcome(opened) == Told(0, 1, "it answers 307")
        opened.close()
    assert elsewhere.bodies == []


def test_who_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT_S", 0.2)
    with serving(Hook(wait=threading.Event())) as hook, courier(hook.address) as opened:
        opened.send(event_of(SAD_RULE, 1.0, 0.7))
        assert outcome(opened) == Told(0, 1, "it cannot be reached, or does not answer in time")
    assert 1 <= len(hook.bodies) <= 1 + webhook.RETRIES


@pytest.mark.parametrize(
    ("address", "why"),
    [
        pytest.param("http://127.0.0.1:{port}/?token=hidden", "cannot be reached", id="nobody listens"),
        pytest.param("http://no.such.host.invalid/?token=hidden", "cannot be reached", id="no such host"),
        pytest.param("http://[::1/?token=hidden", "not possible", id="no address"),
    ],
)
def test_a_failure_is_counted_and_no_address_is_told(address: str, why: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), courier(address.format(port=free_port())) as opened:
        opened.send(event_of(SAD_RULE, 1.0, 0.7))
        told = outcome(opened)
    assert (told.sent, told.failed) == (0, 1)
    assert why in told.why
    assert "hidden" not in told.why + caplog.text
    assert "lamp" in caplog.text


def test_a_slow_webhook_holds_nobody_up() -> None:
    slow = threading.Event()
    with serving(Hook(wait=slow)) as hook, courier(hook.address) as opened:
        opened.send(event_of(SAD_RULE, 0.0, 0.7))
        until(lambda: bool(hook.bodies))
        for _ in range(webhook.WAITING + 3):
            opened.send(event_of(SAD_RULE, 1.0, 0.7))
        assert opened.told()["lamp"] == Told(0, 3, "too many are waiting")
        slow.set()
        until(lambda: opened.told()["lamp"].sent == webhook.WAITING + 1)


def webhook_threads() -> int:
    return sum(thread.name == "webhooks" for thread in threading.enumerate())


def test_its_thread_begins_with_the_first_event_and_ends_with_the_session() -> None:
    before = webhook_threads()
    with serving(Hook()) as hook, courier(hook.address) as opened:
        assert webhook_threads() == before
        opened.send(event_of(SAD_RULE, 1.0, 0.7))
        assert outcome(opened).sent == 1
        assert webhook_threads() == before + 1
        opened.close()
        opened.close()
        until(lambda: webhook_threads() == before)
        opened.send(event_of(SAD_RULE, 2.0, 0.7))
        assert webhook_threads() == before


class Session:
    """What rules need of a live session: markers, and the largest face as the chosen one."""

    def __init__(self) -> None:
        self.marked: list[str] = []

    def chosen_face(self, analysis: Analysis) -> Face | None:
        return analysis.main_face

    def mark(self, text: str = "") -> Marker:
        self.marked.append(text)
        return Marker(0.0, text)


def sad_for(events: Events, seconds: float, *, from_s: float = 0.0) -> None:
    scores = Scores.of({Emotion.SAD: 0.8, Emotion.NEUTRAL: 0.2})
    face = Face(1, Box(0, 0, 100, 100), 0.99, scores, scores, "sad")
    for step in range(round(seconds * 10)):
        time_s = from_s + step / 10
        events.take(Frame(step, time_s, EMPTY), Analysis(step, time_s, (face,)))


def watched(text: str, hooks: dict[str, str] | None = None) -> tuple[Events, Session, tuple[Rule, ...]]:
    hooks = hooks or {}
    session, rules = Session(), parse(text, labels={}, hooks=frozenset(hooks))
    events = Events(session, Courier(hooks, "s1"))
    events.watch_for(rules)
    return events, session, rules


def test_a_rule_sets_a_marker_and_calls_its_webhook() -> None:
    with serving(Hook()) as hook:
        events, session, (loud, _) = watched(
            "sad above 0.6 for 1 s -> lamp; sad above 0.5 for 2 s", {"lamp": hook.address}
        )
        sad_for(events, 3)
        until(lambda: bool(events.told()))
        events.close()
    assert session.marked == ["sad above 0.6 for 1 s", "sad above 0.5 for 2 s"]
    newest, oldest = events.latest()
    assert (oldest.rule, oldest.time_s, oldest.score) == (loud, pytest.approx(1.0), 0.8)
    assert newest.time_s == pytest.approx(2.0)
    assert [json.loads(body)["rule"] for body in hook.bodies] == ["sad above 0.6 for 1 s"]


def test_rules_that_stay_go_on_where_they_were() -> None:
    events, session, rules = watched("sad above 0.6 for 2 s")
    sad_for(events, 1.5)
    events.watch_for([*rules, *parse("sad above 0.7 for 1 s", labels={})])
    sad_for(events, 1.2, from_s=1.5)
    assert session.marked == ["sad above 0.6 for 2 s", "sad above 0.7 for 1 s"]
    events.watch_for([])
    assert events.rules == ()
    sad_for(events, 5, from_s=20)
    assert len(session.marked) == 2


def test_only_the_latest_are_kept() -> None:
    events, session, _ = watched("sad above 0.6 for 0 s")
    for number in range(LATEST + 5):
        events.watch_for([])
        events.watch_for(parse("sad above 0.6 for 0 s", labels={}))
        sad_for(events, 0.1, from_s=number * 10)
    assert len(session.marked) == LATEST + 5
    assert [event.time_s for event in events.latest()] == [10.0 * number for number in range(LATEST + 4, 4, -1)]
