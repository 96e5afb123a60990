"""Works round a flaw of Streamlit that takes the page down on a busy server.

Streamlit sends what a run draws a moment later. If a part of the page that refreshes itself (``run_every``) is due just
when a run of the whole page ends, what this run drew of that part and was not sent yet is thrown away, yet the browser
is told that the run was complete. So it takes the part off the page, and what the part draws next lands in the wrong
place: "Bad delta path index", and the page is blank (streamlit 1.67, ``ForwardMsgQueue.clear``; compare issue 15084).
On an idle server that moment is 10 ms; with three cameras on two cores it was every third start.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

# A browser that went away takes nothing; nobody waits long for it.
LONGEST_S = 2.0
LOOK_AGAIN_S = 0.005


def settle() -> None:
    """Waits until what the page drew has been sent, where a part of it may refresh itself.

    The last thing that a run of the whole page does.
    """
    if not _has_parts():
        return
    until_s = time.monotonic() + LONGEST_S
    session = _session()
    queue, loop = getattr(session, "_browser_queue", None), getattr(session, "_event_loop", None)
    if queue is None or loop is None or loop.is_closed():
        return
    handed_over = threading.Event()
    loop.call_soon_threadsafe(handed_over.set)
    handed_over.wait(LONGEST_S)
    while not queue.is_empty() and time.monotonic() < until_s:
        time.sleep(LOOK_AGAIN_S)


def _has_parts() -> bool:
    """Whether this run drew a part that can be drawn by itself (``st.fragment``), or may have."""
    context = get_script_run_ctx(suppress_warning=True)
    drawn = getattr(getattr(context, "shared", None), "new_fragment_ids", None)
    return drawn is None or bool(drawn.snapshot())


def _session() -> Any:
    """Streamlit's own object for this browser tab; None where a page is tested without a server."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is None or not runtime.exists():
        return None
    manager = getattr(runtime.get_instance(), "_session_mgr", None)
    info = manager.get_active_session_info(context.session_id) if manager is not None else None
    return info.session if info is not None else None
