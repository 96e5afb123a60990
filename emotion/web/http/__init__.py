"""What the server answers beside Streamlit's pages: uploads and files, by Starlette.

``app.py`` gives :func:`routes` and :func:`middleware` to ``st.App``. All addresses begin with ``/api/``.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from emotion.settings import Settings
from emotion.web.http.files import file_routes
from emotion.web.http.office import Office
from emotion.web.http.subpath import SubPath
from emotion.web.http.uploads import upload_routes
from emotion.web.links import API


def routes(load: Callable[[], Settings] = Settings.load) -> list[BaseRoute]:
    """All our routes. The settings are loaded at the first request: a wrong one is a sentence there, no dead server."""
    office = Office(load)
    return [*upload_routes(office), *file_routes(office)]


def middleware(base: Callable[[], str]) -> list[Middleware]:
    """Ours, around Streamlit's. ``base`` tells the sub-path once the server's configuration is known."""
    return [Middleware(SubPath, base=base, under=f"{API}/")]
