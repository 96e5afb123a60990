"""The addresses of our pages: what may be opened in another tab, sent to a colleague, or found again tomorrow."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

import streamlit as st

VIDEOS, LIBRARY, RECORDING, COMPARE = "videos.py", "library.py", "recording.py", "compare.py"
ONE, SEVERAL = "recording", "recordings"


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


def asked_recordings() -> list[str]:
    """The recordings that the address names, each once."""
    return list(dict.fromkeys(part for part in str(st.query_params.get(SEVERAL, "")).split(",") if part))
