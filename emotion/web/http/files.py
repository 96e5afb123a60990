"""A recording's files, with byte ranges and as one ZIP, out of the disk and not out of memory."""

from __future__ import annotations

import os
from pathlib import Path
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
from emotion.web.http.shelf import Shelf, media_type
from emotion.web.links import API

ALL = "all.zip"
NO_KEY = "This link is not valid, or not any more. Open the recording's page again."


def file_routes(office: Office) -> list[BaseRoute]:
    """``/api/recordings/<id>/files/<name>?key=…``; ``&as=…`` makes it a download of that name."""

    @answering
    async def send(request: Request) -> Response:
        desk = await office.desk()
        recording = request.path_params["recording"]
        if not may_read(request, desk.links, recording):
            return refused(NO_KEY, 403)
        download_as = request.query_params.get("as")
        if request.path_params["name"] == ALL:
            return await _zip(desk, recording, safe_name(download_as or ALL), head=request.method == "HEAD")
        return await _file(desk, recording, request.path_params["name"], download_as and safe_name(download_as))

    return [Route(f"{API}/recordings/{{recording}}/files/{{name}}", send, methods=["GET", "HEAD"])]


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
