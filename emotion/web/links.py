"""Signed links to files and signed tickets to upload: what a page gives to the browser instead of rights.

The secret lies in the data folder, so every process on it signs alike and a restart breaks no link. A page makes a link
only for who may have it; when it comes back, ``http/access.py`` decides.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import quote, urlencode

from itsdangerous import BadData, URLSafeSerializer

from emotion.files import output_error
from emotion.settings import Settings

SECRET = "secret"  # noqa: S105 - the name of a file
SECRET_BYTES = 32
HOUR_S = 3600.0
TICKET_S = 24 * HOUR_S
# Before sign-in there is one person, and whoever can open the address is that person.
EVERYBODY = "local"
API = "/api"


class Reader(NamedTuple):
    """Whom a link lets read."""

    person: str
    share: str
    """The share that it hangs on; empty where the recording is the person's own."""


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and reads them. ``base`` is the sub-path that the server is reached under: ``""`` or ``"/emotion"``."""

    secret: bytes
    base: str = ""

    @classmethod
    def of(cls, settings: Settings, base: str = "") -> Self:
        """With the data folder's secret, made at the first call. Raises OutputError."""
        stripped = base.strip("/")
        return cls(_secret(settings.data_dir), f"/{stripped}" if stripped else "")

    def file(
        self,
        recording: str,
        name: str,
        *,
        person: str = EVERYBODY,
        share: str = "",
        lasts_s: float = HOUR_S,
        download_as: str | None = None,
    ) -> str:
        """The address of a recording's file, good for ``lasts_s`` to twice that, and for that person only.

        ``share`` is what lets somebody read a recording of another. The address stays the same on every run of a page
        for about that long, so that a video on the page is not loaded again.
        """
        query = {"key": self._sign("file", [recording, share], person, lasts_s)}
        if download_as:
            query["as"] = download_as
        return f"{self.base}{API}/recordings/{recording}/files/{quote(name)}?{urlencode(query)}"

    def reader(self, recording: str, key: str) -> Reader | None:
        """Whom ``key`` lets read this recording; None where it is wrong, of another recording, or its time is over.

        Whether they still may is for the database to say.
        """
        match self._verified("file", key):
            case [[str(number), str(share)], str(person)] if number == recording:
                return Reader(person, share)
        return None

    @property
    def uploads(self) -> str:
        """The address that uploads go to."""
        return f"{self.base}{API}/uploads"

    def ticket(self, person: str = EVERYBODY) -> str:
        """Lets its bearer upload in the name of ``person`` for a day or two."""
        return self._sign("upload", "", person, TICKET_S)

    def uploader(self, ticket: str) -> str | None:
        """In whose name a ticket lets upload; None where it is wrong or its time is over."""
        match self._verified("upload", ticket):
            case ["", str(person)]:
                return person
        return None

    def _sign(self, purpose: str, subject: str | list[str], person: str, lasts_s: float) -> str:
        until = (time.time() // lasts_s + 2) * lasts_s
        return str(URLSafeSerializer(self.secret, salt=purpose).dumps([subject, person, int(until)]))

    def _verified(self, purpose: str, signed: str) -> list[Any] | None:
        """Subject and person."""
        try:
            value: Any = URLSafeSerializer(self.secret, salt=purpose).loads(signed)
        except (BadData, ValueError, TypeError):
            return None
        match value:
            case [subject, person, int(until)] if until > time.time():
                return [subject, person]
        return None


def _secret(data_dir: Path) -> bytes:
    """The secret on the disk; of two processes that make it at once both get the one that came first."""
    path = data_dir / SECRET
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make_secret(path)
        found = path.read_bytes()
    except OSError as error:
        raise output_error(error, data_dir) from error
    if len(found) < SECRET_BYTES:
        # An older version of a backup tool, a full disk: half a secret is none.
        path.unlink(missing_ok=True)
        return _secret(data_dir)
    return found


def _make_secret(path: Path) -> None:
    staged = path.with_name(f".{secrets.token_hex(8)}")
    descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
        # A link fails where the name is taken: the first one stays.
        with contextlib.suppress(FileExistsError):
            os.link(staged, path)
    finally:
        staged.unlink()
