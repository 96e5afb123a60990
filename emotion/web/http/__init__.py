"""What the server answers beside Streamlit's pages: uploads, files, and what probes ask for; by Starlette.

``app.py`` gives :func:`routes` and :func:`middleware` to ``st.App``. All addresses begin with ``/api/``, but for those
of :mod:`emotion.web.http.health`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from emotion.settings import Settings
from emotion.web.http.clad import Clad
from emotion.web.http.doorman import Lodge
from emotion.web.http.entry import Entry
from emotion.web.http.files import file_routes
from emotion.web.http.forwarded import Forwarded
from emotion.web.http.guard import NO_WAYS, Guard, Ways
from emotion.web.http.health import OPEN, health_routes
from emotion.web.http.office import Office
from emotion.web.http.rates import SignInRate
from emotion.web.http.subpath import SubPath
from emotion.web.http.uploads import upload_routes
from emotion.web.http.watch import Watch
from emotion.web.links import API


def routes(load: Callable[[], Settings] = Settings.load) -> list[BaseRoute]:
    """All our routes. The settings are loaded at the first request: a wrong one is a sentence there, no dead server."""
    office = _office(load)
    return [*upload_routes(office), *file_routes(office), *health_routes(load, office)]


def middleware(
    base: Callable[[], str], ways: Ways = NO_WAYS, load: Callable[[], Settings] = Settings.load
) -> list[Middleware]:
    """Ours, around Streamlit's, the outermost first.

    ``base`` tells the sub-path once the server's configuration is known; ``ways`` is what the guard asks Streamlit.
    """
    lodge = Lodge(load, ways.read_cookies)
    return [
        Middleware(Forwarded, load=load),
        Middleware(Watch),
        Middleware(Clad, lodge=lodge),
        Middleware(SignInRate, base=base, load=load),
        Middleware(Guard, base=base, lodge=lodge, ways=ways),
        Middleware(Entry, base=base, lodge=lodge, note=_office(load).note),
        Middleware(SubPath, base=base, under=(f"{API}/", *OPEN)),
    ]


# The routes and the middleware of a server share one.
_office = functools.cache(Office)
