"""``/healthz``, ``/readyz``, ``/metrics``: for probes and for monitoring, not for people.

The first two are open to all and say yes or no. Whoever shows ``EMOTION_METRICS_TOKEN`` as a bearer token hears from
``/readyz`` what is amiss, and may read ``/metrics``, which is not there at all where no token is set.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable

from prometheus_client import CONTENT_TYPE_LATEST, Metric
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from emotion.errors import EmotionError
from emotion.settings import Settings
from emotion.web.http.lately import Lately
from emotion.web.http.measures import exposition, measure
from emotion.web.http.office import GUARDED, Office, refused
from emotion.web.http.readiness import Check, examine

log = logging.getLogger(__name__)

HEALTH, READY, METRICS = "/healthz", "/readyz", "/metrics"
OPEN = (HEALTH, READY, METRICS)
"""Who asks for one of these need not be signed in."""

# Whoever likes may ask; the database and the disk hear of it this often.
READY_KEEP_S = 2.0
METRICS_KEEP_S = 5.0
# Probes of load balancers wait a few seconds.
LIMIT_S = 5.0
SLOW = Check("answer", f"The database or the data folder did not answer within {LIMIT_S:g} s.")
NO_TOKEN = "Send EMOTION_METRICS_TOKEN as a bearer token."  # noqa: S105 - a sentence


def health_routes(load: Callable[[], Settings], office: Office) -> list[BaseRoute]:
    """The three of them."""
    checks = Lately(lambda: examine(load, office), keep_s=READY_KEEP_S, limit_s=LIMIT_S)
    change = _Change()
    measures = Lately(lambda: measure(office), keep_s=METRICS_KEEP_S, limit_s=LIMIT_S)

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok\n", headers=GUARDED)

    async def readyz(request: Request) -> Response:
        found = await checks.ask() or (SLOW,)
        change.tell(found)
        told = _told(found) if await _may_know(request, load) else {}
        good = not any(check.problem for check in found)
        return JSONResponse({"ready": good, **told}, 200 if good else 503, headers=GUARDED)

    async def metrics(request: Request) -> Response:
        if await _token(load) is None:
            return refused("Not found.", 404)
        if not await _may_know(request, load):
            return refused(NO_TOKEN, 401, **{"WWW-Authenticate": "Bearer"})
        measured: tuple[Metric, ...] = await measures.ask() or ()
        return Response(exposition(measured), headers={**GUARDED, "Content-Type": CONTENT_TYPE_LATEST})

    handlers = {HEALTH: healthz, READY: readyz, METRICS: metrics}
    return [Route(path, handler, methods=["GET", "HEAD"]) for path, handler in handlers.items()]


class _Change:
    """Writes to the log what is amiss, and that nothing is any more: once, and not at every probe."""

    def __init__(self) -> None:
        self._amiss: dict[str, str] = {}

    def tell(self, found: tuple[Check, ...]) -> None:
        amiss = {check.name: check.problem for check in found if check.problem}
        if amiss and amiss.keys() != self._amiss.keys():
            log.warning("Not ready: %s", " ".join(amiss.values()))
        elif self._amiss and not amiss:
            log.info("Ready again")
        self._amiss = amiss


def _told(found: tuple[Check, ...]) -> dict[str, dict[str, str]]:
    return {"checks": {check.name: check.problem or "ok" for check in found}}


async def _may_know(request: Request, load: Callable[[], Settings]) -> bool:
    token = await _token(load)
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    same = token is not None and hmac.compare_digest(shown.strip().encode(), token.encode())
    return same and scheme.lower() == "bearer"


async def _token(load: Callable[[], Settings]) -> str | None:
    try:
        return (await run_in_threadpool(load)).metrics_token
    except EmotionError:
        return None
