"""A real coturn with the very file of ``deploy/coturn``: only addresses, ports, paths and the secret are replaced."""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from dashboard import free_port
from programs import certificate, program, started

FILE = Path(__file__).parents[1] / "deploy" / "coturn" / "turnserver.conf"
RELAYS = 200
"""So many ports it may use."""


@dataclass(frozen=True, slots=True)
class Coturn:
    """One that runs."""

    host: str
    port: int
    tls_port: int
    secret: str
    authority: Path
    log: Path

    @property
    def urls(self) -> tuple[str, str]:
        """By UDP, and by TCP."""
        return (f"turn:{self.host}:{self.port}?transport=udp", f"turn:{self.host}:{self.port}?transport=tcp")

    @property
    def settings(self) -> dict[str, str]:
        """What makes a dashboard use it."""
        return {
            "EMOTION_RTC_MODE": "turn",
            "EMOTION_TURN_URLS": json.dumps(self.urls),
            "EMOTION_TURN_SECRET": self.secret,
        }

    def says(self) -> str:
        return self.log.read_text(errors="replace")


@contextlib.contextmanager
def running(folder: Path, host: str, *, peer: str | None = None) -> Iterator[Coturn]:
    """On this machine's address ``host``; it relays to ``peer`` only, which is ``host`` itself if not given.

    Skips where there is no coturn, except under CI.
    """
    turnserver = program("turnserver", "coturn")
    folder.mkdir(parents=True, exist_ok=True)
    pair = certificate(folder, host)
    made = Coturn(host, free_port(host), free_port(host), secrets.token_hex(32), pair.trusted, folder / "coturn.log")
    lowest = 50_000 + secrets.randbelow(50) * RELAYS
    replaced = {
        "listening-ip=192.0.2.10": f"listening-ip={host}",
        "relay-ip=192.0.2.10": f"relay-ip={host}",
        "\nlistening-port=3478": f"\nlistening-port={made.port}",
        "tls-listening-port=5349": f"tls-listening-port={made.tls_port}",
        "min-port=49160": f"min-port={lowest}",
        "max-port=49999": f"max-port={lowest + RELAYS - 1}",
        "static-auth-secret=CHANGE-ME": f"static-auth-secret={made.secret}",
        "allowed-peer-ip=192.0.2.20": f"allowed-peer-ip={peer or host}",
        "/etc/ssl/emotion/fullchain.pem": str(pair.certificate),
        "/etc/ssl/emotion/key.pem": str(pair.key),
    }
    text = FILE.read_text()
    for old, new in replaced.items():
        if old not in text:
            pytest.fail(f"deploy/coturn no longer holds: {old}")
        text = text.replace(old, new)
    configuration = folder / "turnserver.conf"
    configuration.write_text(text)
    command = [turnserver, "-c", str(configuration), f"--userdb={folder / 'turn.db'}", f"--pidfile={folder / 'pid'}"]
    with started([*command, "--verbose"], made.log, listens=(host, made.port)):
        yield made
