"""A recording's files, with byte ranges and as one ZIP, out of the disk and not out of memory."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from zipstream import ZipStream

from emotion.errors import NotFound
from emotion.files import safe_name
from emotion.web.http.access import may_read
from emotion.web.http.office import GUARDED, Desk, Office, answering, refused
from emotion.web.http.shelf import SOURCE, Shelf, media_type
from emotion.web.links import API, Reader

ALL = "all.zip"
PLAYED = "annotated.mp4"
AGAIN_S = 3600.0
NO_KEY = "This link is not valid, or not any more. Open the recording's page again."


def file_routes(office: Office) -> list[BaseRoute]:
    """``/api/recordings/<id>/files/<name>?key=…``; ``&as=…`` makes it a download of that name."""
    downloads = _Downloads()

    @answering
    async def send(request: Request) -> Response:
        desk = await office.desk()
        recording = request.path_params["recording"]
        name, download_as = request.path_params["name"], request.query_params.get("as")
        reader = await may_read(request, desk.links, desk.database, recording)
        # The video as it came may show faces that its owner blurred in all that is shared.
        if reader is None or (reader.share and name == SOURCE):
            return refused(NO_KEY, 403)
        if name == ALL:
            answer = await _zip(desk, recording, safe_name(download_as or ALL), head=request.method == "HEAD")
        else:
            answer = await _file(desk, recording, name, download_as and safe_name(download_as))
        if _is_download(request, name):
            await run_in_threadpool(downloads.note, desk, reader, recording, name)
        return answer

    return [Route(f"{API}/recordings/{{recording}}/files/{{name}}", send, methods=["GET", "HEAD"])]


def _is_download(request: Request, name: str) -> bool:
    """Whether the audit log shall know. The player reads one file only; that its page was opened is known already."""
    return request.method == "GET" and (name != PLAYED or "as" in request.query_params)


class _Downloads:
    """Writes them into the audit log, each once an hour: a browser fetches a file in as many pieces as it likes."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, ...], float] = {}

    def note(self, desk: Desk, reader: Reader, recording: str, name: str) -> None:
        """For a thread."""
        which, now_s = (reader.person, reader.share, recording, name), time.monotonic()
        if now_s - self._told.get(which, -AGAIN_S) < AGAIN_S:
            return
        self._told = {other: at_s for other, at_s in self._told.items() if now_s - at_s < AGAIN_S}
        from emotion.store import audit, shares

        shared: dict[str, Any] = {"share": shares.in_log(reader.share)} if reader.share else {}
        if audit.mention(desk.database, reader.person, "recording.downloaded", recording, file=name, **shared):
            self._told[which] = now_s


async def _file(desk: Desk, recording: str, name: str, download_as: str | None) -> Response:
    """Starlette does ranges, If-Range, HEAD and ETag (of size and time: results never change under their name)."""
    path = await run_in_threadpool(desk.shelf.find, recording, name)
    headers = {**GUARDED, **(_attachment(download_as) if download_as else {})}
    return FileResponse(path, headers=headers, media_type=media_type(path), stat_result=await _facts(path))


async def _facts(path: Path) -> os.stat_result:
    try:
        return await run_in_threadpool(path.stat)
    except OSError as error:
        raise NotFound from error


async def _zip(desk: Desk, recording: str, download_as: str, *, head: bool) -> Response:
    """All results as a stream. They are stored as they are, videos do not get smaller, so the size is known before."""
    packed = await run_in_threadpool(_packed, desk.shelf, recording)
    headers = {**GUARDED, **_attachment(download_as), "Content-Length": str(len(packed)), "Accept-Ranges": "none"}
    if head:
        return Response(media_type="application/zip", headers=headers)
    return StreamingResponse(iter(packed), media_type="application/zip", headers=headers)


def _packed(shelf: Shelf, recording: str) -> ZipStream:
    packed = ZipStream(sized=True)
    paths = shelf.results(recording)
    if not paths:
        raise NotFound
    for path in paths:
        packed.add_path(path, path.name)
    return packed


def _attachment(name: str) -> dict[str, str]:
    """RFC 6266: the name in UTF-8, quoted so that nothing in it ends the header."""
    return {"Content-Disposition": f"attachment; filename*=utf-8''{quote(name, safe='')}"}
