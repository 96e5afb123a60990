"""The log of the server process."""

from __future__ import annotations

import logging

from streamlit.runtime.scriptrunner import get_script_run_ctx

from emotion import logs, metrics
from emotion.errors import SettingsError
from emotion.settings import LogFormat, Settings

log = logging.getLogger(__name__)


def begin_log() -> None:
    """Streamlit's and uvicorn's messages too. A wrong setting is told there, and on every page."""
    try:
        as_json = Settings.load().log_format is LogFormat.JSON
    except SettingsError as error:
        _begin(as_json=False)
        log.error("%s", error)
    else:
        _begin(as_json=as_json)


def _begin(*, as_json: bool) -> None:
    logs.begin(as_json=as_json, page=_page, count=lambda level: metrics.messages.labels(level).inc())


def _page() -> str:
    """The number of the browser tab whose page runs in this thread; empty in any other."""
    context = get_script_run_ctx(suppress_warning=True)
    return f"page-{context.session_id[:8]}" if context else ""
