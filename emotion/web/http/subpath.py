"""Our routes under the server's sub-path."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send


class SubPath:
    """Lets routes declared as ``/api/…`` answer to ``/emotion/api/…`` where the server lives under ``/emotion``.

    Streamlit puts ``server.baseUrlPath`` before its own routes, but not before those given to ``st.App``, and its
    configuration is complete only when the first message comes; so ``base`` is asked then. The sub-path becomes ASGI's
    ``root_path`` for our routes only: Streamlit's hold it in their paths.
    """

    def __init__(self, app: ASGIApp, *, base: Callable[[], str], under: tuple[str, ...]) -> None:
        """``under``: what the paths of our own routes begin with."""
        self._app = app
        self._base = base
        self._under = under
        self._prefix: str | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._prefix is None:
            stripped = self._base().strip("/")
            self._prefix = f"/{stripped}" if stripped else ""
        if self._prefix and scope["type"] == "http" and self._is_ours(scope["path"]):
            scope = {**scope, "root_path": self._prefix}
        await self._app(scope, receive, send)

    def _is_ours(self, path: str) -> bool:
        return path.startswith(tuple(f"{self._prefix}{under}" for under in self._under))
