"""What this process counts while it works, for whoever watches over the server; docs/operations.md explains each.

Whoever does a thing counts it here, in a few microseconds and in any thread. What concerns the whole server, however
many processes it has, is not counted but measured when somebody asks (:mod:`emotion.web.http.measures`).
"""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

# Else each counter comes with a second one that says when it began.
disable_created_metrics()  # type: ignore[no-untyped-call]
# The library's own registry is one for everything that runs in the process, other libraries' numbers included.
REGISTRY = CollectorRegistry()
ProcessCollector(namespace="emotion", registry=REGISTRY)

live_sessions = Gauge(
    "emotion_live_sessions", "Live sessions of this process, running and waiting.", ["state"], registry=REGISTRY
)
live_pictures = Counter(
    "emotion_live_pictures",
    "Pictures of live sessions: analysed, skipped because the process was busy, failed.",
    ["outcome"],
    registry=REGISTRY,
)
pages_open = Gauge("emotion_pages_open", "Browser tabs that are connected to this process.", registry=REGISTRY)
requests = Counter("emotion_http_requests", "Answered requests.", ["route", "method", "status"], registry=REGISTRY)
request_seconds = Histogram(
    "emotion_http_request_seconds",
    "From the request to the end of the answer. A file takes as long as whoever fetches it.",
    ["route"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100),
    registry=REGISTRY,
)
request_bytes = Counter("emotion_http_received_bytes", "Bytes of bodies that came.", ["route"], registry=REGISTRY)
answer_bytes = Counter("emotion_http_sent_bytes", "Bytes of bodies that were sent.", ["route"], registry=REGISTRY)
messages = Counter("emotion_log_messages", "Lines in this process's log.", ["level"], registry=REGISTRY)

# A counter that is not there yet cannot rise: who watches for errors wants to see it at 0.
for _level in ("warning", "error"):
    messages.labels(_level)
for _outcome in ("analysed", "skipped", "failed"):
    live_pictures.labels(_outcome)
for _state in ("running", "waiting"):
    live_sessions.labels(_state)
