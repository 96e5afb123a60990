"""Which addresses are open to whom. What is not named here is closed to whoever has not signed in."""

from __future__ import annotations

from enum import Enum, auto

PAGES = frozenset({"live", "videos", "library", "recording", "compare", "about", "usage", "welcome"})
"""The pages' addresses, all of which are one and the same ``index.html`` without anything in it."""
STREAM = "/_stcore/stream"
LOGIN, CALLBACK, LOGOUT = "/auth/login", "/oauth2callback", "/auth/logout"
MEDIA, UPLOAD = "/media/", "/_stcore/upload_file/"

PROBES = frozenset({"/healthz", "/readyz", "/metrics", "/_stcore/health"})
"""For programs that watch the server. ``/metrics`` asks for its own token."""
BEFORE_SIGN_IN = frozenset(
    {"/", "/favicon.png", "/manifest.json", "/index.html", "/_stcore/host-config", STREAM, LOGIN, CALLBACK, LOGOUT}
)
BUNDLES = ("/static/", "/component/", "/_stcore/bidi-components/")
"""Programs that the browser runs, the same for everybody."""
NEVER = ("/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/agent", "/app/static")
"""Of Streamlit, and not for people: ours are ``/metrics`` and ``/readyz``, and we have no static files."""
ASKED_FIRST = frozenset({"_stcore/health", "_stcore/host-config"})
"""The page asks these relative to its own address before it knows the server's, and expects a 404."""


class Access(Enum):
    """Who gets an answer."""

    PROBE = auto()
    """Everybody, whatever the way to sign in."""
    SHELL = auto()
    """Everybody where the page itself leads to the sign-in."""
    PERSON = auto()
    """Only who has signed in."""
    NOBODY = auto()


def access_to(path: str) -> Access:
    """Who gets an answer from ``path``, which is without the server's sub-path."""
    if path in PROBES:
        return Access.PROBE
    if path.startswith(NEVER):
        return Access.NOBODY
    if path in BEFORE_SIGN_IN or path.startswith(BUNDLES) or _is_page(path):
        return Access.SHELL
    return Access.PERSON


def below(path: str, base: str) -> str:
    """``path`` without the sub-path ``base`` (``""`` or ``"/emotion"``), where it begins with it."""
    if base and (path == base or path.startswith(f"{base}/")):
        return path[len(base) :] or "/"
    return path


def _is_page(path: str) -> bool:
    page, _, rest = path.removeprefix("/").partition("/")
    return page in PAGES and (not rest or rest in ASKED_FIRST)
