"""Uploads on their way in: partial files in the data folder, until they become recordings.

An upload is a folder of its own, ``data_dir/uploads/<id>/``, with the bytes so far (``part``) and what was said about
them (``about.json``). How far it has come is the size of ``part`` and stands nowhere else, so a crash at any moment
leaves nothing that contradicts itself. Once all bytes are there and were checked, ``part`` is renamed to ``whole``. A
folder without ``about.json`` is no upload.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from emotion.errors import UploadRefused
from emotion.files import output_error, safe_name, staged_file
from emotion.settings import Privacy, Settings
from emotion.store.places import ID, PRIVATE, Places

KB, MB, GB = 1 << 10, 1 << 20, 1 << 30
# Enough for a folder full of clips dropped at once; every one of them is a folder on the disk.
UNFINISHED_PER_PERSON = 200
# A page takes what is complete within a second or two; after this time it will not.
FORGOTTEN_S = 60
ABOUT, PART, WHOLE = "about.json", "part", "whole"
TOLD = ("name", "length", "owner", "privacy")


@dataclass(frozen=True, slots=True)
class Upload:
    """One file that comes, or has come."""

    id: str
    """32 hex characters that nobody guesses."""
    name: str
    """As the person called it, made safe for a disk."""
    length: int
    """Bytes in all."""
    owner: str
    offset: int
    """Bytes so far."""
    expires_s: float
    """When it is deleted if nobody makes a recording of it: seconds since 1970."""
    complete: bool = False
    """All of it is there, and was checked."""
    privacy: Privacy | None = None
    """Whose face its owner wanted blurred when it began; None where nobody said."""

    def as_wanted(self, settings: Settings) -> Settings:
        """The options for one whose page was closed before it took it: nobody else can say what was wanted."""
        return settings if self.privacy is None else settings.but(privacy=self.privacy)


@dataclass(frozen=True, slots=True)
class Inbox:
    """The folder of uploads. It holds no state, so any number of processes may use one at a time or together."""

    folder: Path
    max_bytes: int
    keep_s: float
    spare_bytes: int
    """That much of the disk is left free."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(
            Places(settings.data_dir).uploads,
            max_bytes=int(settings.max_upload_gb * GB),
            keep_s=settings.upload_keep_hours * 3600,
            spare_bytes=int(settings.min_free_gb * GB),
        )

    def create(self, name: str, length: int, owner: str, *, privacy: Privacy | None = None) -> Upload:
        """A new, empty upload. Raises UploadRefused where it cannot end well, before a byte is sent; OutputError."""
        self._refuse(length, owner)
        expires_s = time.time() + self.keep_s
        made = Upload(uuid.uuid4().hex, safe_name(name), length, owner, 0, expires_s, privacy=privacy)
        folder = self.folder / made.id
        about = {key: value for key, value in asdict(made).items() if key in TOLD}
        try:
            folder.mkdir(parents=True)
            (folder / PART).touch()
            with staged_file(folder / ABOUT) as staged:
                staged.write_text(json.dumps(about), encoding="utf-8")
        except OSError as error:
            raise output_error(error, self.folder) from error
        return made

    def find(self, upload_id: str) -> Upload | None:
        """The upload as it lies on the disk now; None where there is none, or its time is over."""
        if not ID.fullmatch(upload_id):
            return None
        folder = self.folder / upload_id
        try:
            about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
            whole = (folder / WHOLE).exists()
            found = (folder / (WHOLE if whole else PART)).stat()
            expires_s = found.st_mtime + self.keep_s
            wanted = about.get("privacy")
            upload = Upload(
                upload_id,
                about["name"],
                about["length"],
                about["owner"],
                found.st_size,
                expires_s,
                complete=whole,
                privacy=Privacy(wanted) if wanted else None,
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return upload if upload.expires_s > time.time() else None

    def data(self, upload: Upload) -> Path:
        """Where its bytes are."""
        return self.folder / upload.id / (WHOLE if upload.complete else PART)

    def finish(self, upload: Upload) -> None:
        """All bytes are there and right: from now on it is complete. Raises OutputError."""
        folder = self.folder / upload.id
        try:
            with (folder / PART).open("rb") as file:
                os.fsync(file.fileno())
            (folder / PART).rename(folder / WHOLE)
        except OSError as error:
            raise output_error(error, self.folder) from error

    def complete(self, upload_id: str, owner: str) -> Upload:
        """An upload of this person that has come whole. Raises UploadRefused."""
        upload = self.find(upload_id)
        if upload is None or upload.owner != owner:
            raise UploadRefused("This upload is not here any more. Choose the video again.")
        if not upload.complete:
            raise UploadRefused(f"'{upload.name}' has not come whole yet. Wait until its upload is done.")
        return upload

    def of_owner(self, owner: str) -> list[Upload]:
        """All uploads of this person, complete or not."""
        found = [self.find(folder.name) for folder in self._folders()]
        return [upload for upload in found if upload and upload.owner == owner]

    def unfinished(self) -> list[Upload]:
        """Uploads of everybody that come, or can be resumed."""
        found = [self.find(folder.name) for folder in self._folders()]
        return [upload for upload in found if upload and not upload.complete]

    def forgotten(self, owner: str | None = None) -> list[Upload]:
        """Complete uploads, of this owner or of all, that nobody took for FORGOTTEN_S: their page was closed."""
        found = [self.find(folder.name) for folder in self._folders()]
        lasting = time.time() + self.keep_s - FORGOTTEN_S
        mine = [upload for upload in found if upload and upload.complete and owner in (None, upload.owner)]
        return sorted((upload for upload in mine if upload.expires_s < lasting), key=lambda upload: upload.expires_s)

    def take(self, upload_id: str, owner: str, folder: Path) -> Path:
        """Move a complete upload to ``folder`` under its own name; it is no upload then. Raises UploadRefused."""
        upload = self.complete(upload_id, owner)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            final = self.data(upload).rename(folder / upload.name)
        except OSError as error:
            raise output_error(error, folder) from error
        self.remove(upload_id)
        return final

    def remove(self, upload_id: str) -> None:
        """Delete an upload at once; none of that id is no mistake."""
        if ID.fullmatch(upload_id):
            shutil.rmtree(self.folder / upload_id, ignore_errors=True)

    def tidy(self) -> int:
        """Delete the uploads whose time is over, and what is left of broken ones; how many."""
        gone = 0
        for folder in self._folders():
            with contextlib.suppress(OSError):
                # A folder that was made a moment ago has no about.json yet.
                old = folder.stat().st_mtime + min(self.keep_s, 3600) < time.time()
                if self.find(folder.name) is None and old:
                    self.remove(folder.name)
                    gone += 1
        return gone

    def _refuse(self, length: int, owner: str) -> None:
        if length < 1:
            raise UploadRefused("This file is empty. Choose another.")
        if length > self.max_bytes:
            raise UploadRefused(
                f"This file has {in_gb(length)}, and {in_gb(self.max_bytes)} is the most that can be uploaded here. "
                "Ask the administrator to put it into the server's folder, or cut it."
            )
        others = [found for folder in self._folders() if (found := self.find(folder.name))]
        if sum(upload.owner == owner for upload in others) >= UNFINISHED_PER_PERSON:
            raise UploadRefused("Too many uploads are waiting. Let some of them become recordings, or cancel them.")
        coming = sum(upload.length - upload.offset for upload in others)
        if length + coming + self.spare_bytes > self._free_bytes():
            raise UploadRefused("The server's disk has no room for this file. Delete recordings, or try again later.")

    def _free_bytes(self) -> int:
        try:
            self.folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
            return shutil.disk_usage(self.folder).free
        except OSError as error:
            raise output_error(error, self.folder) from error

    def _folders(self) -> Iterator[Path]:
        with contextlib.suppress(OSError), os.scandir(self.folder) as entries:
            yield from [Path(entry.path) for entry in entries if ID.fullmatch(entry.name)]


def in_gb(count: int) -> str:
    """A number of bytes as people read it: ``"1.5 GB"``, ``"300 MB"``, ``"222 KB"``; each is 1024 of the next."""
    if count >= GB:
        return f"{count / GB:.3g} GB"
    return f"{count / MB:.3g} MB" if count >= MB else f"{math.ceil(count / KB)} KB"
