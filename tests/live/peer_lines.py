"""What both processes of ``peers.py`` share: JSON lines in, JSON lines out, and the machine's address."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

import aioice.ice


def serve(make: Callable[[], Any]) -> None:
    """Answers until the other end closes the pipe; each line names a method of what ``make`` makes."""
    answers = os.fdopen(os.dup(1), "w")
    # Whatever a library prints must not get between the lines.
    os.dup2(2, 1)
    connect_anywhere()
    # Six of them in a row without an answer end a connection: nine seconds instead of the library's 33.
    aioice.ice.CONSENT_INTERVAL = 1
    parts = make()
    for line in sys.stdin:
        request = json.loads(line)
        answers.write(json.dumps(_answer(parts, request.pop("do"), request)) + "\n")
        answers.flush()
    # Connections that are still open have threads that wait for ever.
    os._exit(0)


def _answer(parts: Any, do: str, request: dict[str, Any]) -> dict[str, Any]:
    if do == "hello":
        return {}
    try:
        answer: dict[str, Any] = getattr(parts, do)(**request)
    except Exception as error:
        traceback.print_exc()
        return {"error": repr(error)}
    return answer


def connect_anywhere() -> None:
    """aioice offers no loopback address, so that a machine that has no other could not reach itself."""
    found = aioice.ice.get_host_addresses

    def addresses(use_ipv4: bool, use_ipv6: bool) -> list[str]:
        return found(use_ipv4, False) or ["127.0.0.1"]

    aioice.ice.get_host_addresses = addresses
