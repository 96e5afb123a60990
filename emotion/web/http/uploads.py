"""Resumable uploads: tus 1.0.0 with creation, termination and expiration (https://tus.io/protocols/resumable-upload).

A small server of our own, because none on the Python package index fits: those for Starlette (tussi 3.1, asgi-tus 0.1)
run on Linux only or on Python 3.12 only, hold a whole chunk in memory, throw away what came of one when the connection
breaks, refuse names that are not ASCII, and have no termination or expiration.

The hash of the whole comes with the last ``PATCH`` as ``Repr-Digest`` (RFC 9530); a client that sends none is checked
by size alone. tus's own checksum is of one chunk, and would not notice that a file changed between two of them.
"""

from __future__ import annotations

import base64
import binascii
import email.utils
from collections.abc import Awaitable, Callable
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emotion.errors import DiskFull, UploadRefused
from emotion.jobs.inbox import Inbox, Upload
from emotion.settings import Privacy
from emotion.web.http.access import uploader
from emotion.web.http.office import GUARDED, Desk, Office, answering, refused
from emotion.web.http.rates import Rate
from emotion.web.http.receive import Overtaken, Receiver, TooLong
from emotion.web.links import API

VERSION = "1.0.0"
HEADERS = {**GUARDED, "Tus-Resumable": VERSION}
BODY_TYPE = "application/offset+octet-stream"
MISMATCH = 460
"""tus's own status for a wrong checksum."""
MOST_METADATA = 4096

NO_TICKET = "You may not upload here, or this page is too old. Reload the page and try again."
TOO_FAST = "So many uploads were begun in the last minute that this one has to wait. It goes on by itself."
GONE = "This upload is not here any more. Choose the video again."
DAMAGED = "The file changed while it was uploaded, or was damaged on the way. Choose it again."

Handler = Callable[[Request, Desk, str], Awaitable[Response]]


def upload_routes(office: Office) -> list[BaseRoute]:
    """``/api/uploads`` and ``/api/uploads/<id>``."""
    uploads = Uploads()
    return [
        Route(f"{API}/uploads", _guarded(office, {"POST": uploads.create}), methods=["POST", "OPTIONS"]),
        Route(
            f"{API}/uploads/{{upload}}",
            _guarded(office, {"HEAD": uploads.look, "PATCH": uploads.append, "DELETE": uploads.remove}),
            methods=["HEAD", "PATCH", "DELETE", "POST", "OPTIONS"],
        ),
    ]


def _guarded(office: Office, handlers: dict[str, Handler]) -> Callable[[Request], Awaitable[Response]]:
    """Version and right are checked once, for all of them."""

    @answering
    async def handle(request: Request) -> Response:
        desk = await office.desk()
        if request.method == "OPTIONS":
            return _abilities(desk.inbox)
        handler = handlers.get(request.headers.get("X-HTTP-Method-Override", request.method).upper())
        if handler is None:
            return refused("This cannot be done to an upload.", 405, **HEADERS)
        if request.headers.get("Tus-Resumable") != VERSION:
            return refused("Use tus 1.0.0 (header Tus-Resumable).", 412, **{**HEADERS, "Tus-Version": VERSION})
        person = uploader(request, desk.links)
        if person is None:
            return refused(NO_TICKET, 403, **HEADERS)
        return await handler(request, desk, person)

    return handle


def _abilities(inbox: Inbox) -> Response:
    told = {
        "Tus-Version": VERSION,
        "Tus-Extension": "creation,termination,expiration",
        "Tus-Max-Size": str(inbox.max_bytes),
    }
    return Response(status_code=204, headers={**HEADERS, **told})


class Uploads:
    """What can be done to uploads. One per server: it knows which request writes which upload."""

    def __init__(self) -> None:
        self._receiver: Receiver | None = None
        self._started: Rate | None = None

    def _rate(self, desk: Desk) -> Rate:
        self._started = self._started or Rate(desk.settings.uploads_per_minute)
        return self._started

    def _receiving(self, desk: Desk) -> Receiver:
        self._receiver = self._receiver or Receiver(desk.inbox)
        return self._receiver

    async def create(self, request: Request, desk: Desk, person: str) -> Response:
        length = _number(request, "Upload-Length")
        said = _said(request.headers.get("Upload-Metadata", ""))
        name, privacy = said.get("filename"), said.get("privacy")
        if length is None or not name or privacy not in (None, *Privacy):
            return refused("An upload needs Upload-Length, and filename in Upload-Metadata.", 400, **HEADERS)
        create = partial(desk.inbox.create, name, length, person, privacy=Privacy(privacy) if privacy else None)
        if (wait_s := self._rate(desk).hit(person)) is not None:
            return refused(TOO_FAST, 429, **{**HEADERS, "Retry-After": str(wait_s)})
        await run_in_threadpool(_must_fit, desk, person, length)
        try:
            made = await run_in_threadpool(create)
        except UploadRefused as error:
            return refused(str(error), 413 if length > desk.inbox.max_bytes else 507, **HEADERS)
        location = f"{request.scope.get('root_path', '')}{API}/uploads/{made.id}"
        return Response(status_code=201, headers={**_told(made), "Location": location})

    async def look(self, request: Request, desk: Desk, person: str) -> Response:
        upload = await _find(request, desk, person)
        if upload is None:
            return Response(status_code=404, headers=HEADERS)
        return Response(status_code=200, headers={**_told(upload), "Upload-Length": str(upload.length)})

    async def append(self, request: Request, desk: Desk, person: str) -> Response:
        if request.headers.get("Content-Type") != BODY_TYPE:
            return refused(f"Send the bytes as {BODY_TYPE}.", 415, **HEADERS)
        upload = await _find(request, desk, person)
        if upload is None:
            return refused(GONE, 404, **HEADERS)
        if _number(request, "Upload-Offset") != upload.offset:
            return refused("Ask how far the upload has come, and go on from there.", 409, **_told(upload))
        receiver = self._receiving(desk)
        try:
            await receiver.receive(upload, request.stream(), receiver.take_turn(upload))
        except Overtaken:
            return refused("Another connection goes on with this upload.", 409, **HEADERS)
        except TooLong:
            return refused("These are more bytes than were announced.", 413, **HEADERS)
        except DiskFull as error:
            return refused(str(error), 507, **HEADERS)
        return await self._after(request, desk, person)

    async def _after(self, request: Request, desk: Desk, person: str) -> Response:
        """How it stands; when all bytes are there, they are checked first."""
        upload = await _find(request, desk, person)
        if upload is None:
            return refused(GONE, 404, **HEADERS)
        if upload.offset == upload.length and not upload.complete:
            receiver = self._receiving(desk)
            announced = request.headers.get("Repr-Digest")
            if announced and announced != _digest(await receiver.sha256(upload)):
                await run_in_threadpool(desk.inbox.remove, upload.id)
                receiver.forget(upload.id)
                return refused(DAMAGED, MISMATCH, **HEADERS)
            await run_in_threadpool(desk.inbox.finish, upload)
            receiver.forget(upload.id)
        return Response(status_code=204, headers=_told(upload))

    async def remove(self, request: Request, desk: Desk, person: str) -> Response:
        upload = await _find(request, desk, person)
        if upload is None:
            return refused(GONE, 404, **HEADERS)
        self._receiving(desk).forget(upload.id)
        await run_in_threadpool(desk.inbox.remove, upload.id)
        return Response(status_code=204, headers=HEADERS)


def _must_fit(desk: Desk, person: str, length: int) -> None:
    """Raises LimitReached, StoreError."""
    from emotion.jobs.limits import Allowance

    allowance = Allowance.of(desk.database, desk.settings, person)
    allowance.must_hold(length)
    allowance.must_have_turn()


async def _find(request: Request, desk: Desk, person: str) -> Upload | None:
    upload = await run_in_threadpool(desk.inbox.find, request.path_params["upload"])
    return upload if upload and upload.owner == person else None


def _told(upload: Upload) -> dict[str, str]:
    expires = email.utils.formatdate(upload.expires_s, usegmt=True)
    return {**HEADERS, "Upload-Offset": str(upload.offset), "Upload-Expires": expires}


def _digest(sha256: bytes) -> str:
    """As RFC 9530 writes it."""
    return f"sha-256=:{base64.b64encode(sha256).decode('ascii')}:"


def _number(request: Request, header: str) -> int | None:
    """A header's value; None where it is no number of at most 18 digits (an exabyte has one more)."""
    value = request.headers.get(header, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 18 else None


def _said(metadata: str) -> dict[str, str]:
    """``Upload-Metadata``: pairs of a key and a Base64 value, with commas between them; empty where one is no such."""
    if len(metadata) > MOST_METADATA:
        return {}
    pairs = [pair.strip().partition(" ") for pair in metadata.split(",")]
    try:
        return {key: base64.b64decode(value, validate=True).decode("utf-8") for key, _, value in pairs}
    except (binascii.Error, UnicodeDecodeError):
        return {}
