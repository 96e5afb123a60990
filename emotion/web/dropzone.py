"""The drop zone for large files: they go to the disk by HTTP, never through Streamlit's memory."""

from __future__ import annotations

from typing import Any

import streamlit as st

from emotion.jobs.inbox import Inbox, Upload, in_gb
from emotion.media.library import VIDEO_ENDINGS
from emotion.settings import Privacy
from emotion.web import state
from emotion.web.component import component
from emotion.web.links import EVERYBODY

KEY = "drop-zone"


def arrived(*, person: str = EVERYBODY) -> list[Upload]:
    """The uploads of ``person`` that have come whole on this page and still lie in the inbox.

    The page takes them from there (:meth:`~emotion.jobs.inbox.Inbox.take`) before it draws the zone, whose list they
    then leave. Raises EmotionError where the data folder cannot be used.
    """
    inbox = Inbox.of(state.settings())
    found = [inbox.find(number) for number in _identifiers(st.session_state.get(KEY))]
    return [upload for upload in found if upload and upload.complete and upload.owner == person]


def drop_zone(*, person: str = EVERYBODY, privacy: Privacy | None = None) -> None:
    """Draws it. What comes whole is among those that :func:`arrived` at the next run, which begins at once.

    ``privacy`` is noted with each upload that begins from now on (:attr:`~emotion.jobs.inbox.Upload.privacy`).
    Raises EmotionError where the data folder cannot be used.
    """
    inbox = Inbox.of(state.settings())
    links = state.links()
    told = _identifiers(st.session_state.get(KEY))
    data = {
        "zone": KEY,
        "endpoint": links.uploads,
        "ticket": links.ticket(person),
        "privacy": privacy.value if privacy else "",
        "max_bytes": inbox.max_bytes,
        "limit": f"Up to {in_gb(inbox.max_bytes)} each: MP4, MOV, MKV, WebM, AVI and the like.",
        "endings": sorted(VIDEO_ENDINGS),
        "told": told,
        "taken": [number for number in told if not _lies_there(inbox, number, person)],
    }
    zone = component("dropzone", "sha256.js", "transfer.js", "dropzone.js")
    zone(key=KEY, data=data, on_finished_change=lambda: None)


def _lies_there(inbox: Inbox, number: str, person: str) -> bool:
    upload = inbox.find(number)
    return upload is not None and upload.owner == person


def _identifiers(value: Any) -> list[str]:
    """What the browser says has come; it may say anything."""
    finished = value.get("finished") if hasattr(value, "get") else None
    return [number for number in finished if isinstance(number, str)] if isinstance(finished, list) else []
