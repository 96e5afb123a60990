"""Whose Streamlit's sessions are, and what is on their pages.

Streamlit's ``/media`` gives a file to whoever knows its name, and ``/_stcore/upload_file`` takes one for whatever
session is named. The guard asks here before either is reached.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
import time
from pathlib import PurePosixPath
from typing import cast

from google.protobuf.message import DecodeError
from streamlit import runtime
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

# While a page is drawn anew Streamlit has dropped what it says about its files, and has not said it again: a file that
# is asked for in that moment is waited for.
DRAWING_S = 5.0
LOOK_S = 0.05

MOST_HANDED_OUT = 50

# Pages hold one picture of at most 20 MB each (``try_picture.MOST_MB``), so that five may be open with the largest.
MOST_GIVEN_BYTES = 100 << 20
# Each counts at least so much: of empty ones there are 6400 at most.
BESIDE_BYTES = 16 << 10

MESSAGES = frozenset({"rerun_script", "stop_script", "file_urls_request", "app_heartbeat"})
"""What pages send (Streamlit's BackMsg); not: clear_cache, set_run_on_save, load_git_info, debug_*."""
OPERATIONS = frozenset({"deferred_file", "dataframe_chunk"})
"""The same; not: install_skills, dismiss_skills_nudge, which write files on the server."""

_handed_out: dict[str, list[bytes]] = {}
"""Person -> hashes of files."""
_owners: dict[str, str] = {}
"""Session -> person. Written by the sessions' threads, each its own; read by the server's."""


def may_say(message: bytes) -> bool:
    """Whether a page may send this over its web socket.

    Streamlit obeys whoever is connected: anybody could clear the caches of all, or have files written beside the pages.
    """
    try:
        said = BackMsg.FromString(message)
    except DecodeError:
        return True  # Streamlit closes the connection
    kind = said.WhichOneof("type")
    if kind == "backend_operation_request":
        return said.backend_operation_request.WhichOneof("payload") in OPERATIONS
    return kind in MESSAGES


def belongs_to(person: str) -> None:
    """The session whose page runs in this thread is this person's from now on."""
    context = get_script_run_ctx()
    if context is None or _owners.get(context.session_id) == person:
        return
    _forget_the_gone()
    _owners[context.session_id] = person


def handed_out(person: str, data: bytes) -> bytes:
    """``data``, which a button of this person's page makes when it is pressed: Streamlit does not say on whose page."""
    _handed_out[person] = [*_handed_out.get(person, [])[1 - MOST_HANDED_OUT :], hashlib.sha256(data).digest()]
    return data


def owns(person: str, session: str) -> bool:
    """Whether the session is this person's."""
    return _owners.get(session) == person


def has_room(person: str) -> bool:
    """Whether this person's pages may be given one more file: Streamlit holds them all in memory, under any name."""
    mine = [file for session, files in _given().items() if owns(person, session) for file in files]
    # Names, types and ids are whatever a client likes, and as long.
    told = sum(sys.getsizeof(part) for file in mine for part in (file.file_id, file.name, file.type, file.data))
    return told + BESIDE_BYTES * len(mine) < MOST_GIVEN_BYTES


async def shows(person: str, file: str) -> bool:
    """Whether a media file is on a page of this person."""
    manager, deadline = runtime.get_instance().media_file_mgr, time.monotonic() + DRAWING_S
    while (found := manager.read_file(file)) and time.monotonic() < deadline:
        if _shows(person, file):
            return True
        # 20 MB take 20 ms: in a thread, and only for who was handed out anything.
        if person in _handed_out and await asyncio.to_thread(_was_handed_out, person, found.content):
            return True
        await asyncio.sleep(LOOK_S)
    return False


def _was_handed_out(person: str, content: bytes) -> bool:
    return hashlib.sha256(content).digest() in _handed_out.get(person, ())


def _shows(person: str, file: str) -> bool:
    # Private, and there is no other way to know: who may see a file is nothing that Streamlit tells.
    wanted = PurePosixPath(file).stem
    manager = runtime.get_instance().media_file_mgr
    with manager._lock:
        return any(
            owns(person, session) and file_id == wanted
            for session, files in manager._files_by_session_and_coord.items()
            for file_id in files.values()
        )


def _given() -> dict[str, list[UploadedFileRec]]:
    """The files that each session holds."""
    # Private too: Streamlit tells the sum of all sessions only.
    manager = cast(MemoryUploadedFileManager, runtime.get_instance().uploaded_file_mgr)
    with manager._lock:
        return {session: list(files.values()) for session, files in manager.file_storage.items()}


def _forget_the_gone() -> None:
    """Sessions that have ended. One whose connection only broke is told of again when it is resumed.

    For two minutes Streamlit keeps what such a one was given, and so long it is this person's.
    """
    gone = [known for known in list(_owners) if not runtime.get_instance().is_active_session(known)]
    given = _given() if gone else {}
    for session in gone:
        if session not in given:
            _owners.pop(session, None)
