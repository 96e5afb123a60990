"""A server process of our own, started and killed at will, and a small tus client."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from dashboard import free_port

from emotion.settings import Settings
from emotion.store import recordings
from emotion.store.database import Database
from emotion.store.values import Origin
from emotion.web.links import EVERYBODY, Links

ROOT = Path(__file__).parents[3]
START_S = 120
# A server with all our routes, but without workers, which would only take the time of whoever waits for a test.
PARTS = "tests/browser/parts/app.py"
WHOLE = "app.py"
CHUNK = 1 << 20


@dataclass(slots=True)
class Server:
    """A server as people start it, on a data folder of its own."""

    data_dir: Path
    options: dict[str, str] = field(default_factory=dict)
    base: str = ""
    app: str = PARTS
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def links(self) -> Links:
        return Links.of(Settings.load(data_dir=self.data_dir), self.base)

    def start(self) -> None:
        flags = {"port": self.port, "headless": "true", "address": "127.0.0.1", "baseUrlPath": self.base}
        command = [sys.executable, "-m", "streamlit", "run", self.app]
        command += [f"--server.{name}={value}" for name, value in flags.items()]
        environment = {
            **os.environ,
            "EMOTION_DATA_DIR": str(self.data_dir),
            "EMOTION_MIN_FREE_GB": "0",
            **self.options,
        }
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.TransportError):
                httpx.options(f"{self.url}/api/uploads", timeout=60)
                return
            time.sleep(0.1)
        raise TimeoutError("The server does not start.")

    def record(self, *recording_ids: str, owner: str = EVERYBODY) -> None:
        """Somebody has these recordings; their files are for the test to make."""
        with Database.open(Settings.load(data_dir=self.data_dir)) as database:
            for number in recording_ids:
                facts = {"name": "talk.mp4", "origin": Origin.UPLOAD, "source": "talk.mp4", "size_bytes": 9}
                recordings.add(database, owner=owner, settings={}, recording_id=number, **facts)  # type: ignore[arg-type]

    def kill(self) -> None:
        """As a power cut does."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def highest_mb(self) -> float:
        """The most memory that the process had so far."""
        assert self.process
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024


def raw(server: Server, method: str, target: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """A request whose address nobody tidies up on the way."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    with contextlib.closing(connection):
        connection.request(method, target, headers=headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


@dataclass(frozen=True, slots=True)
class Tus:
    """Uploads as the browser does."""

    server: Server
    client: httpx.Client
    ticket: str

    def headers(self, **more: str) -> dict[str, str]:
        return {"Tus-Resumable": "1.0.0", "Emotion-Ticket": self.ticket, **more}

    def create(self, name: str, length: int, **more: str) -> httpx.Response:
        metadata = f"filename {base64.b64encode(name.encode()).decode()},type {base64.b64encode(b'video/mp4').decode()}"
        headers = self.headers(**{"Upload-Length": str(length), "Upload-Metadata": metadata, **more})
        return self.client.post(self.server.links.uploads, headers=headers)

    def patch(self, path: str, offset: int, body: bytes | Iterator[bytes], **more: str) -> httpx.Response:
        headers = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset), **more}
        return self.client.patch(path, headers=self.headers(**headers), content=body)

    def offset(self, path: str) -> int | None:
        response = self.client.head(path, headers=self.headers())
        return int(response.headers["Upload-Offset"]) if response.status_code == 200 else None

    def send(self, name: str, body: bytes) -> str:
        """The whole of it; the upload's id."""
        path = str(self.create(name, len(body)).headers["Location"])
        for offset in range(0, len(body), CHUNK):
            last = offset + CHUNK >= len(body)
            digest = {"Repr-Digest": repr_digest(body)} if last else {}
            assert self.patch(path, offset, body[offset : offset + CHUNK], **digest).status_code == 204
        return path.rsplit("/", 1)[1]


def repr_digest(body: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
