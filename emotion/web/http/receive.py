"""From a request's body to the disk, a piece at a time."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from emotion.files import output_error
from emotion.jobs.inbox import Inbox, Upload

# Bytes that are collected before a trip to a thread: the server passes on 64 KB or less, and a trip costs 0.1 ms.
PIECE_BYTES = 1 << 20
# A connection that is silent for so long is dead; what came is kept.
SILENCE_S = 60
HASHES = 1000


class Hash(Protocol):
    """What of hashlib we use."""

    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...


class Overtaken(Exception):
    """Another request writes this upload now: that of the same browser after its connection broke."""


class TooLong(Exception):
    """More bytes than were announced."""


@dataclass(slots=True)
class Receiver:
    """Writes uploads and knows their hashes as long as the server runs. It belongs to the event loop's thread."""

    inbox: Inbox
    _turns: dict[str, object] = field(default_factory=dict)
    """Per upload the request that may write."""
    _hashes: dict[str, tuple[int, Hash]] = field(default_factory=dict)
    """Per upload how far its bytes were hashed while they came. None is needed: :meth:`sha256` reads the file then."""

    def take_turn(self, upload: Upload) -> object:
        """From now on only who holds this may write; requests that hold an older one end at their next piece."""
        turn = self._turns[upload.id] = object()
        return turn

    async def receive(self, upload: Upload, chunks: AsyncIterator[bytes], turn: object) -> int:
        """Append a body; how far the upload has come then.

        What came before the connection broke, or fell silent, stays. Raises Overtaken, TooLong, OutputError.
        """
        offset = upload.offset
        async for piece in _pieces(chunks):
            if self._turns.get(upload.id) is not turn:
                raise Overtaken
            if offset + len(piece) > upload.length:
                raise TooLong
            hashed = self._hash_at(upload.id, offset)
            await run_in_threadpool(_append, self.inbox.data(upload), offset, piece, hashed)
            offset += len(piece)
            if hashed:
                self._hashes[upload.id] = offset, hashed
        return offset

    async def sha256(self, upload: Upload) -> bytes:
        """The hash of all bytes. Raises OutputError."""
        offset, hashed = self._hashes.get(upload.id, (-1, None))
        if hashed and offset == upload.length:
            return hashed.digest()
        return await run_in_threadpool(_sha256, self.inbox.data(upload))

    def forget(self, upload_id: str) -> None:
        """The upload is done or gone."""
        self._turns.pop(upload_id, None)
        self._hashes.pop(upload_id, None)

    def _hash_at(self, upload_id: str, offset: int) -> Hash | None:
        at, hashed = self._hashes.pop(upload_id, (0, None))
        if offset == 0:
            while len(self._hashes) >= HASHES:
                del self._hashes[next(iter(self._hashes))]
            return hashlib.sha256()
        return hashed if at == offset else None


async def _pieces(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The chunks in pieces of about PIECE_BYTES; the last one is what came before the end, a break or silence."""
    collected = bytearray()
    with contextlib.suppress(ClientDisconnect, TimeoutError):
        while True:
            with anyio.fail_after(SILENCE_S):
                chunk = await anext(chunks, None)
            if chunk is None:
                break
            collected += chunk
            if len(collected) >= PIECE_BYTES:
                yield bytes(collected)
                collected.clear()
    if collected:
        yield bytes(collected)


def _append(path: Path, offset: int, piece: bytes, hashed: Hash | None) -> None:
    try:
        with path.open("r+b", buffering=0) as file:
            if os.fstat(file.fileno()).st_size != offset:
                # Another process of this server writes it.
                raise Overtaken
            _write_all(file.fileno(), piece, offset)
    except FileNotFoundError as error:
        raise Overtaken from error
    except OSError as error:
        raise output_error(error, path.parent) from error
    if hashed:
        hashed.update(piece)


def _write_all(descriptor: int, piece: bytes, offset: int) -> None:
    os.lseek(descriptor, offset, os.SEEK_SET)
    left = memoryview(piece)
    while left:
        left = left[os.write(descriptor, left) :]


def _sha256(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise output_error(error, path.parent) from error
