"""Uploads as the Videos page makes them: tus, in pieces, with the hash of the whole; and what makes them recordings."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import time
from pathlib import Path
from typing import Any

import httpx
from load.guest import Guest, Visit

PIECE_BYTES = 4 << 20
TUS = {"Tus-Resumable": "1.0.0"}
VIDEOS = "videos"


async def send(guest: Guest, url: str, path: Path, name: str, *, rate: float | None = None) -> Visit:
    """Opens the Videos page, uploads a file as ``name``, and lets the page make it a recording: that visit.

    ``rate`` is the most bytes a second. Raises HTTPStatusError where the server refuses.
    """
    page = await guest.open(VIDEOS)
    zone = page.component("dropzone")
    upload_id = await upload(guest.browser, url, page.given("dropzone"), path, name, rate)
    return await guest.open(VIDEOS, said={zone.id: {"finished": [upload_id]}})


async def upload(
    browser: httpx.AsyncClient, url: str, zone: dict[str, Any], path: Path, name: str, rate: float | None = None
) -> str:
    """The number of an upload that came whole; ``zone`` is what the page gave to its drop zone.

    Raises HTTPStatusError where the server refuses.
    """
    location = await begin(browser, url, zone, path, name)
    await go_on(browser, location, zone, path, rate=rate)
    return location.rsplit("/", 1)[-1]


async def begin(browser: httpx.AsyncClient, url: str, zone: dict[str, Any], path: Path, name: str) -> str:
    """The address of a new upload without a byte in it."""
    said = f"filename {base64.b64encode(name.encode()).decode()}"
    about = {"Upload-Length": str(path.stat().st_size), "Upload-Metadata": said}
    # The page says where uploads go below the server's name; its sub-path is in it already.
    began = await browser.post(httpx.URL(url).join(zone["endpoint"]), headers={**_right(zone), **about})
    return str(httpx.URL(url).join(began.raise_for_status().headers["Location"]))


async def go_on(
    browser: httpx.AsyncClient,
    location: str,
    zone: dict[str, Any],
    path: Path,
    *,
    offset: int = 0,
    until: int | None = None,
    rate: float | None = None,
) -> None:
    """Sends the file from there to the byte ``until``, else to its end and with the hash of the whole."""
    size, began_s = path.stat().st_size, time.monotonic()
    with path.open("rb") as file:
        whole = hashlib.sha256(file.read(offset))
        while piece := file.read(min(PIECE_BYTES, (until or size) - offset)):
            whole.update(piece)
            digest = f"sha-256=:{base64.b64encode(whole.digest()).decode()}:"
            last = {"Repr-Digest": digest} if offset + len(piece) == size else {}
            body = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset), **last}
            answer = await browser.patch(location, content=piece, headers={**_right(zone), **body})
            offset = int(answer.raise_for_status().headers["Upload-Offset"])
            if rate:
                await asyncio.sleep(max(began_s + offset / rate - time.monotonic(), 0))


def _right(zone: dict[str, Any]) -> dict[str, str]:
    return {**TUS, "Emotion-Ticket": zone["ticket"]}
