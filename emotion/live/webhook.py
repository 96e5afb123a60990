"""Telling another program that a rule's moment has come: a POST with a few words of JSON, never a picture or a name.

Addresses are the administrator's (``EMOTION_WEBHOOKS``); people on a page choose among their names. An address may hold
a secret, so none is ever shown or logged.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import queue
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from emotion.live.rules import Rule

log = logging.getLogger(__name__)
# It names the path, which may hold a secret, at every retry (and with DEBUG at every call). Nobody else uses it here.
logging.getLogger("urllib3").setLevel(logging.ERROR)

# To connect, and to begin to answer.
TIMEOUT_S = 5.0
# Three more tries: at once, after 1 and after 2 seconds (urllib3 doubles the pause from the second on). A restart of
# the other side is bridged, a dead one costs 23 s at most.
RETRIES = 3
PAUSE_S = 0.5
# Rules fire every few seconds at most; what a dead address holds up is old news.
WAITING = 20
SIGNATURE = "X-Emotion-Signature"
"""The header with ``sha256=`` and the HMAC-SHA256 of the body, in hex, keyed with EMOTION_WEBHOOK_SECRET."""


@dataclass(frozen=True, slots=True)
class Event:
    """A rule's moment."""

    rule: Rule
    time_s: float
    """Since the session's first picture."""
    score: float | None
    """Of the rule's emotion at this moment; None where the rule is about no face."""
    at: str
    """The same moment as the clock on the wall says it, ISO 8601 in UTC."""


@dataclass(frozen=True, slots=True)
class Told:
    """How it went with one webhook."""

    sent: int
    """Answered with a success."""
    failed: int
    """Given up, or never tried because too many were waiting."""
    why: str
    """The last failure in a few words, without the address; empty if there was none."""


def event_of(rule: Rule, time_s: float, score: float | None) -> Event:
    """The event of this moment."""
    return Event(rule, time_s, score, datetime.now(UTC).isoformat(timespec="milliseconds"))


class Courier:
    """Carries one session's events to their webhooks, one after the other, in a thread of its own.

    The thread starts with the first event and ends with :meth:`close`; it never keeps a process alive.
    """

    def __init__(self, hooks: Mapping[str, str], session: str, *, secret: str | None = None) -> None:
        """``session`` is what the events call the live session: made up, and nobody's name."""
        self._hooks, self._session, self._secret = hooks, session, secret
        self._waiting: queue.Queue[Event | None] = queue.Queue(WAITING)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._sent: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()
        self._why: dict[str, str] = {}

    def send(self, event: Event) -> None:
        """Puts it into the queue; never waits. What the queue has no room for counts as failed."""
        with self._lock:
            if self._closed:
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="webhooks", daemon=True)
                self._thread.start()
        try:
            self._waiting.put_nowait(event)
        except queue.Full:
            self._count(event.rule.hook, "too many are waiting")

    def told(self) -> dict[str, Told]:
        """By the name of the webhook, for those that were called."""
        with self._lock:
            names = sorted({*self._sent, *self._failed})
            return {name: Told(self._sent[name], self._failed[name], self._why.get(name, "")) for name in names}

    def close(self) -> None:
        """What waits is dropped; the thread ends when the call under way does, within seconds. May be called twice."""
        with self._lock:
            self._closed = True
        while True:
            try:
                self._waiting.get_nowait()
            except queue.Empty:
                break
        self._waiting.put_nowait(None)

    def _work(self) -> None:
        with _http() as http:
            while (event := self._waiting.get()) is not None:
                name = event.rule.hook
                try:
                    self._count(name, self._post(http, self._hooks[name], event))
                except Exception:
                    # The edge of this thread: whatever it is, the next event shall go out.
                    log.exception("Webhook %s: an event could not be sent", name)
                    self._count(name, "an error in this program")

    def _post(self, http: requests.Session, address: str, event: Event) -> str:
        """Why it did not arrive, in a few words; "" if it did."""
        body = json.dumps(content(event, self._session)).encode()
        headers = {"Content-Type": "application/json", "User-Agent": "emotion-dashboard"}
        if self._secret:
            headers[SIGNATURE] = signature(body, self._secret)
        try:
            # The body of the answer is not read: with stream it may be as long as it likes.
            with http.post(
                address, data=body, headers=headers, timeout=TIMEOUT_S, allow_redirects=False, stream=True
            ) as answer:
                return "" if answer.ok and not answer.is_redirect else f"it answers {answer.status_code}"
        except (requests.ConnectionError, requests.Timeout):
            return "it cannot be reached, or does not answer in time"
        except requests.RequestException as error:
            # Their messages hold the address.
            return f"the call is not possible ({type(error).__name__})"

    def _count(self, name: str, why: str) -> None:
        with self._lock:
            if why:
                self._failed[name] += 1
                self._why[name] = why
            else:
                self._sent[name] += 1
        if why:
            log.warning("Webhook %s was not told: %s", name, why)


def content(event: Event, session: str) -> dict[str, object]:
    """What is sent."""
    return {
        "rule": event.rule.text,
        "emotion": event.rule.emotion.value if event.rule.emotion else None,
        "score": None if event.score is None else round(event.score, 4),
        "time_s": round(event.time_s, 3),
        "at": event.at,
        "session": session,
    }


def signature(body: bytes, secret: str) -> str:
    """What stands in the header SIGNATURE, so that the other side knows who speaks."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _http() -> requests.Session:
    http = requests.Session()
    # The administrator named the address, and nothing else shall have a say: neither a proxy of the environment, which
    # would read what is told, nor the passwords in ~/.netrc, which would go out with it.
    http.trust_env = False
    retry = Retry(
        total=RETRIES,
        redirect=0,  # the administrator allowed one address, and no other that it may name
        status_forcelist=(429, 500, 502, 503, 504),
        allowed_methods=None,  # a POST as well: an event that comes twice is better than none
        backoff_factor=PAUSE_S,
        raise_on_status=False,
        raise_on_redirect=False,
        respect_retry_after_header=False,  # it may ask for an hour
    )
    for scheme in ("http://", "https://"):
        http.mount(scheme, HTTPAdapter(max_retries=retry))
    return http
