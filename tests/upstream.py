"""A server that tells what reached it: stands where a dashboard would, to see what a proxy makes of requests."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PIECE = 64 * 1024


class Upstream(ThreadingHTTPServer):
    """One that runs. It answers every request with a JSON object: its own port, path and headers of the request."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.came = threading.Semaphore(0)
        """Released for every piece of a body that came."""

    @property
    def at(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that is gone is no fault."""


class _Handler(BaseHTTPRequestHandler):
    server: Upstream

    def do_GET(self) -> None:
        told = {"port": self.server.server_port, "path": self.path, "headers": dict(self.headers.items())}
        self._answer(200, json.dumps(told).encode())

    def do_PATCH(self) -> None:
        left = int(self.headers["Content-Length"])
        while left:
            left -= len(self.rfile.read(min(left, PIECE)))
            self.server.came.release()
        self._answer(204, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


class _Door(_Handler):
    """Answers like oauth2-proxy: whoever has a cookie ``who`` is signed in under that name."""

    def do_GET(self) -> None:
        cookies = dict(part.strip().split("=", 1) for part in self.headers.get("Cookie", "").split(";") if "=" in part)
        if self.path != "/oauth2/auth":
            return self._answer(200, f"Sign in, then go to {self.headers['X-Auth-Request-Redirect']}".encode())
        self.send_response(202 if "who" in cookies else 401)
        if "who" in cookies:
            self.send_header("X-Auth-Request-User", cookies["who"])
            self.send_header("X-Auth-Request-Groups", "staff,makers")
        self.send_header("Content-Length", "0")
        self.end_headers()
        return None


@contextlib.contextmanager
def running(*, door: bool = False, port: int = 0) -> Iterator[Upstream]:
    with Upstream(port) as server:
        if door:
            server.RequestHandlerClass = _Door
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
