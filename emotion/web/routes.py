"""The addresses of our pages: what may be opened in another tab, sent to a colleague, or found again tomorrow."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

VIDEOS, LIBRARY, RECORDING, COMPARE = "videos.py", "library.py", "recording.py", "compare.py"
ONE, SEVERAL, SHARE = "recording", "recordings", "share"


def of_recording(recording_id: str) -> dict[str, str]:
    """The query of a recording's own page, as ``st.page_link`` takes it."""
    return {ONE: recording_id}


def open_recording(recording_id: str) -> NoReturn:
    """Ends this run and goes to the recording."""
    st.switch_page(RECORDING, query_params=of_recording(recording_id))


def open_comparison(recording_ids: Iterable[str]) -> NoReturn:
    """Ends this run and goes to the comparison."""
    st.switch_page(COMPARE, query_params={SEVERAL: ",".join(recording_ids)})


def asked_recording() -> str:
    """The recording that the address names; empty if it names none."""
    return str(st.query_params.get(ONE, ""))


def asked_share() -> str:
    """The link by which the address names it; empty if by none."""
    return str(st.query_params.get(SHARE, ""))


def shared_link(recording_id: str, share_id: str) -> str:
    """The whole address of a recording's page for others, as this browser reached the server. Call it on that page."""
    here = urlsplit(st.context.url or "")
    query = urlencode({ONE: recording_id, SHARE: share_id})
    return urlunsplit((here.scheme, here.netloc, here.path or "/recording", query, ""))


def asked_recordings() -> list[str]:
    """The recordings that the address names, each once."""
    return list(dict.fromkeys(part for part in str(st.query_params.get(SEVERAL, "")).split(",") if part))
