"""What happens when the server starts, and when it ends."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from emotion.web import workers
from emotion.web.logbook import begin_log


@contextlib.asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:
    """For ``st.App``: the log is ours, and there are workers."""
    begin_log()
    async with workers.lifespan(app):
        yield
