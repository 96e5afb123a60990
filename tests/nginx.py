"""A real nginx with the very files of ``deploy/nginx``: only names, ports and paths are replaced."""

from __future__ import annotations

import contextlib
import os
import ssl
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from dashboard import free_port
from programs import certificate, program, started

DEPLOY = Path(__file__).parents[1] / "deploy" / "nginx"
CONFIGURATION, SNIPPET = "emotion.conf", "emotion-proxy.conf"

# What Debian's own nginx.conf says around the files of conf.d, with folders of the test's own.
MAIN = """
daemon off;
worker_processes 1;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/emotion.conf;
}}
"""


@dataclass(frozen=True, slots=True)
class Front:
    """One that runs."""

    address: str
    """``https://host:port``, without a sub-path and without a slash at the end."""
    plain: str
    """The same without TLS; it sends everybody to the other."""
    authority: Path
    """What a client has to trust."""
    folder: Path
    """With its logs."""
    pid: int

    def tls(self) -> ssl.SSLContext:
        """For a client that checks the certificate."""
        return ssl.create_default_context(cafile=str(self.authority))


@contextlib.contextmanager
def running(
    folder: Path,
    upstreams: Sequence[str],
    *,
    host: str = "127.0.0.1",
    sub_path: str = "",
    people: str = "",
    others: Mapping[str, str] | None = None,
) -> Iterator[Front]:
    """In front of ``upstreams`` (``host:port`` each), on an address ``host`` of this machine, with TLS.

    ``sub_path`` is as in ``/emotion``; ``people`` is the snippet that says who somebody is, ``basic`` or ``oauth2``;
    ``others`` are texts to replace in it. Skips where there is no nginx, except under CI.
    """
    nginx = program("nginx", "nginx")
    folder.mkdir(parents=True, exist_ok=True)
    secure, plain = free_port(host), free_port(host)
    pair = certificate(folder, host)
    replaced = {
        "listen 80;": f"listen {host}:{plain};",
        "listen [::]:80;": "",
        "listen 443 ssl http2;": f"listen {host}:{secure} ssl http2;",
        "listen [::]:443 ssl http2;": "",
        "https://$host$request_uri": f"https://{host}:{secure}$request_uri",
        "server_name emotion.lan;": f"server_name {host};",
        "server 127.0.0.1:8501;": " ".join(f"server {upstream};" for upstream in upstreams),
        "/etc/ssl/emotion/fullchain.pem": str(pair.certificate),
        "/etc/ssl/emotion/key.pem": str(pair.key),
        "/var/log/nginx": str(folder),
        f"/etc/nginx/snippets/{SNIPPET}": str(DEPLOY / SNIPPET),
        "location / {": f"location {sub_path}/ {{",
        "location ~ ^/(auth": f"location ~ ^{sub_path}/(auth",
    }
    if people:
        snippet = f"emotion-people-{people}.conf"
        (folder / snippet).write_text(replaced_in((DEPLOY / snippet).read_text(), others or {}))
        replaced[f"# include /etc/nginx/snippets/{snippet};"] = f"include {folder / snippet};"
    (folder / CONFIGURATION).write_text(replaced_in((DEPLOY / CONFIGURATION).read_text(), replaced))
    main = folder / "nginx.conf"
    # Root's nginx works as another user, who may not look into a folder of the tests.
    main.write_text(MAIN.format(folder=folder, user="user root;" if os.geteuid() == 0 else ""))
    command = [nginx, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(main)]
    _check(command)
    with started(command, folder / "nginx.out", listens=(host, secure)) as process:
        yield Front(f"https://{host}:{secure}", f"http://{host}:{plain}", pair.trusted, folder, process.pid)


def replaced_in(text: str, replaced: Mapping[str, str]) -> str:
    for old, new in replaced.items():
        if old not in text:
            pytest.fail(f"deploy/nginx no longer holds: {old}")
        text = text.replace(old, new)
    return text


def _check(command: Sequence[str]) -> None:
    """As an administrator does before a reload: no complaint, no warning."""
    said = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    wrong = [line for line in said.stderr.splitlines() if "[warn]" in line or "[emerg]" in line]
    assert said.returncode == 0, said.stderr
    assert not wrong, said.stderr
