"""uvicorn on the dashboard's application, from the socket to the last word."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import socket
from collections.abc import Callable, Iterator
from functools import partial

import uvicorn

from emotion.errors import SettingsError
from emotion.serve import application, certificates
from emotion.serve.plan import Plan
from emotion.settings import Settings
from emotion.settings.auth import Auth

STOP_S = 10
"""Requests under way have so long to end; a download goes on by its range, an upload by its offset."""
IDLE_S, BROWSERS_IDLE_S = 180, 5
"""A connection that rests is kept so long. Without TLS a reverse proxy may be at its other end: longer than it keeps it
itself (Caddy 120 s). One that the server closes first may be just the one that a request is being sent on, and whoever
asked gets an error. Browsers ask again by themselves, and each of theirs that rests holds up the end of the server,
because TLS waits for an answer when it closes.
"""
BACKLOG = 2048
BUSY = "Port {} is taken by another program. Choose another one with --port or EMOTION_PORT."
NO_FREE = "The ports {} to {} are all taken. Choose another one with --port or EMOTION_PORT."
FORBIDDEN = "Port {} is only for the system's own programs. Choose one from 1024 on, or see docs/deploy.md."
NOT_OURS = "'{}' is no address of this machine. Look at EMOTION_ADDRESS or --address."
NO_IPV6 = (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT)


def serve(settings: Settings, plan: Plan, *, say: Callable[[str], None]) -> None:
    """Serves until SIGTERM or SIGINT. ``say`` prints one line. Raises EmotionError where it cannot begin."""
    sockets, port = bind(plan)
    with contextlib.ExitStack() as stack:
        for each in sockets:
            stack.enter_context(each)
        find = partial(certificates.obtain, settings, plan.given, plan.names)
        pair = find() if plan.tls else None
        app = application.load(_options(plan, port, pair, rebinding=settings.auth is Auth.NONE))
        config = uvicorn.Config(
            app,
            host=plan.hosts[0],
            port=port,
            ssl_certfile=pair.certificate if pair else None,
            ssl_keyfile=pair.key if pair else None,
            # Whose X-Forwarded headers are believed: web/http/forwarded.py, by EMOTION_TRUSTED_PROXIES.
            proxy_headers=False,
            # Addresses hold keys to files.
            access_log=False,
            log_config=None,
            # It tells who connects from where, and stopping in four lines.
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=STOP_S,
            timeout_keep_alive=BROWSERS_IDLE_S if plan.tls else IDLE_S,
            **application.websocket_limits(),
        )
        config.load()
        if config.ssl:
            stack.enter_context(certificates.kept_fresh(config.ssl, find))
        server = _Server(config, lambda: _welcome(plan, port, pair, say))
        stack.enter_context(_heeding_signals(server))
        server.run(sockets)


class _Server(uvicorn.Server):
    """Says so when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()
            tell_system("READY=1")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        tell_system("STOPPING=1")
        await super().shutdown(sockets)


def bind(plan: Plan) -> tuple[list[socket.socket], int]:
    """Sockets on the first port that is free on all of the plan's addresses. Raises SettingsError."""
    for port in plan.ports:
        with contextlib.suppress(_Taken):
            return _on(plan.hosts, port), port
    first, last = plan.ports[0], plan.ports[-1]
    raise SettingsError(BUSY.format(first) if first == last else NO_FREE.format(first, last))


class _Taken(Exception):
    """Another program has the port."""


def _on(hosts: tuple[str, ...], port: int) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    try:
        for host in hosts:
            try:
                sockets.append(_listening(host, port))
            except OSError as error:
                if not (sockets and error.errno in NO_IPV6):
                    raise
    except BaseException as error:
        for each in sockets:
            each.close()
        if isinstance(error, OSError):
            raise _refusal(error, hosts[0], port) from error
        raise
    return sockets


def _listening(host: str, port: int) -> socket.socket:
    # asyncio sends small packets at once (TCP_NODELAY) only on sockets that are said to be TCP; socket.create_server
    # leaves that open, and each page then waits for a delayed acknowledgement: 45 ms instead of 15.
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name != "nt":  # there it would let two programs have one port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if made.family == socket.AF_INET6:
            # IPv4 has a socket of its own: its clients are known by their own addresses, not as ::ffff:192.0.2.1.
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind((host, port))
        made.listen(BACKLOG)
    except BaseException:
        made.close()
        raise
    return made


def _refusal(error: OSError, host: str, port: int) -> Exception:
    match error.errno:
        case errno.EADDRINUSE:
            return _Taken()
        case errno.EACCES:
            return SettingsError(FORBIDDEN.format(port))
        case _:
            return SettingsError(NOT_OURS.format(host))


def _options(plan: Plan, port: int, pair: certificates.Pair | None, *, rebinding: bool) -> dict[str, object]:
    """Streamlit's own settings that follow from ours.

    ``rebinding``: a page of another site could come here under a name of its own (DNS rebinding) and would be let in,
    as everybody is. A sign-in belongs to one name, so it needs no such list.
    """
    options: dict[str, object] = {
        "server.address": plan.hosts[0],
        "server.port": port,
        "server.headless": True,
        "server.baseUrlPath": plan.sub_path,
        "browser.serverAddress": plan.names[0],
    }
    if pair:
        options |= {"server.sslCertFile": str(pair.certificate), "server.sslKeyFile": str(pair.key)}
    if rebinding:
        options["server.allowedHosts"] = [*plan.names, "localhost", "127.0.0.1", "::1"]
    return options


def _welcome(plan: Plan, port: int, pair: certificates.Pair | None, say: Callable[[str], None]) -> None:
    say("Emotion Dashboard is ready. Open it here:")
    for address in plan.addresses(port, pair.names() if pair else None):
        say(f"  {address}")
    if plan.public_url:
        say(f"It listens on {' and '.join(plan.hosts)}, port {port}.")
    if pair and pair.authority:
        say(
            "Browsers do not know its certificate yet: on each computer trust this file once (docs/deploy.md says how)."
        )
        say(f"  {pair.authority.absolute()}")
    say("Stop it with Ctrl-C.")


@contextlib.contextmanager
def _heeding_signals(server: uvicorn.Server) -> Iterator[None]:
    """Signals end the server, also before it runs; and no more than that.

    When it has ended, uvicorn raises the signal once more: for our command line that would be an error.
    """
    before = {number: signal.signal(number, server.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def tell_system(state: str) -> None:
    """For systemd, where it started us (man sd_notify): it then knows when the server is ready, or going."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address or not hasattr(socket, "AF_UNIX"):
        return
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.connect(f"\0{address[1:]}" if address.startswith("@") else address)
        channel.send(state.encode())
