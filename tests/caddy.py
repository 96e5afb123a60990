"""A real Caddy with the very file ``deploy/Caddyfile``: only names, ports and paths are replaced."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from dashboard import free_port
from nginx import Front, replaced_in
from programs import START_S, program, started

FILE = Path(__file__).parents[1] / "deploy" / "Caddyfile"
PEOPLE = FILE.with_name("caddy-people-oauth2")


@contextlib.contextmanager
def running(
    folder: Path, upstreams: Sequence[str], *, host: str = "127.0.0.1", sub_path: str = "", door: str = ""
) -> Iterator[Front]:
    """In front of ``upstreams`` (``host:port`` each), on an address ``host`` of this machine, with a certificate of its
    own authority; ``door`` (``host:port``) knows people, as oauth2-proxy does.

    Skips where there is no Caddy, except under CI.
    """
    caddy = program("caddy", "caddy")
    folder.mkdir(parents=True, exist_ok=True)
    secure, plain = free_port(host), free_port(host)
    # The ports of its authority's redirects, and a name for clients that give none because they ask for an address.
    ports = f"admin off\n\thttp_port {plain}\n\thttps_port {secure}\n\tdefault_sni {host}\n\tdefault_bind {host}"
    text = replaced_in(
        FILE.read_text(),
        {
            "admin off": ports,
            "emotion.lan {": f"https://{host}:{secure} {{",
            "reverse_proxy 127.0.0.1:8501 {": " ".join(
                ["reverse_proxy", *([f"{sub_path}/*"] if sub_path else []), *upstreams, "{"]
            ),
        },
    )
    if sub_path:
        text = replaced_in(text, {"# redir /emotion /emotion/": f"redir {sub_path} {sub_path}/"})
    if door:
        (folder / PEOPLE.name).write_text(replaced_in(PEOPLE.read_text(), {"127.0.0.1:4180": door}))
        text = replaced_in(text, {"# import /etc/caddy/emotion-people-oauth2": f"import {folder / PEOPLE.name}"})
    (folder / "Caddyfile").write_text(text)
    command = [caddy, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    home = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with started(command, folder / "caddy.log", listens=(host, secure), environment=home) as process:
        front = Front(
            f"https://{host}:{secure}",
            f"http://{host}:{plain}",
            folder / "caddy" / "pki" / "authorities" / "local" / "root.crt",
            folder,
            process.pid,
        )
        _wait(front, (host, secure))
        yield front


def _wait(front: Front, listens: tuple[str, int]) -> None:
    """Until it has made its certificate: it listens before."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        with (
            contextlib.suppress(OSError),
            socket.create_connection(listens, timeout=2) as plain,
            front.tls().wrap_socket(plain, server_hostname=listens[0]),
        ):
            return
        time.sleep(0.05)
    pytest.fail(f"Caddy made no certificate: {(front.folder / 'caddy.log').read_text()[-2000:]}")
