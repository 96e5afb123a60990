"""Signing in with an OpenID provider: Streamlit's own ``st.login``, set up from our settings; its cookie, read exactly.

Streamlit keeps its part in ``secrets.toml``; :func:`secrets` writes the same from the environment, so that no file is
needed. Who prefers the file leaves our ``oidc_*`` settings unset.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer
from streamlit.auth_util import (
    get_cookie_with_chunks,
    get_origin_from_redirect_uri,
    get_secrets_auth_section,
)
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.web.server.server_util import get_cookie_secret

from emotion.errors import EmotionError, SettingsError
from emotion.settings import Settings
from emotion.settings.auth import Auth
from emotion.web.http.doorman import SignIn
from emotion.web.links import Links
from emotion.web.seal import FIELD, Visit, unsealed

COOKIE = "_streamlit_user"
PROVIDER = "default"
"""The only one: two providers may call two people the same."""
LONGEST_S = 31 * 86_400
"""Streamlit's cookie lasts 30 days, and it grants one more."""
AT_ONCE_S = 1.0
"""The pieces of one sign-in are signed within this time; what is signed tells whole seconds."""


def visit() -> Visit:
    """Who looks at the page that runs in this thread, as the guard found out.

    ``st.user`` is a copy of this; each look at it searches the disk for secrets.toml, several times a page.
    """
    context = get_script_run_ctx(suppress_warning=True)
    return unsealed(context.user_info.get(FIELD) if context else None)


def secrets() -> dict[str, Any]:
    """What ``st.App`` needs beside ``secrets.toml``: nothing, or its section ``[auth]``.

    Where the settings make no sense there is nothing: nobody can sign in, and every page says what is wrong.
    """
    try:
        return of_settings(Settings.load())
    except EmotionError:
        return {}


def of_settings(settings: Settings) -> dict[str, Any]:
    """As above. Raises SettingsError, OutputError."""
    if missing := settings.missing_for_sign_in():
        raise SettingsError(f"Signing in needs EMOTION_{missing[0].upper()} too.")
    if settings.auth is not Auth.OIDC or settings.oidc_url is None:
        return {}
    section = {
        "redirect_uri": f"{settings.public_url}/oauth2callback",
        "cookie_secret": settings.cookie_secret or _made_secret(Links.of(settings)),
        "client_id": settings.oidc_client_id,
        "client_secret": settings.oidc_client_secret,
        "server_metadata_url": settings.oidc_url,
        "client_kwargs": {"scope": settings.oidc_scope},
    }
    return {"auth": section}


def is_set_up() -> bool:
    """Whether there is a provider to sign in with, by our settings or by ``secrets.toml``."""
    section = get_secrets_auth_section()
    return all(section.get(name) for name in ("redirect_uri", "cookie_secret", "client_id", "server_metadata_url"))


def read_cookies(cookies: Mapping[str, str], settings: Settings) -> SignIn | None:
    """The sign-in that Streamlit's cookie holds; None where there is none, or it is not ours, or not one to believe.

    Streamlit itself looks neither at the time when the provider's token ends nor at which provider it was.
    """
    secret = get_cookie_secret()
    if not secret:
        return None
    signed_at: list[float] = []

    def one(name: str) -> bytes | None:
        try:
            value, when = URLSafeTimedSerializer(secret, salt=name).loads(
                cookies.get(name, ""), max_age=LONGEST_S, return_timestamp=True
            )
        except BadData:
            return None
        signed_at.append(when.timestamp())
        return value.encode() if isinstance(value, str) else None

    try:
        claims = json.loads(get_cookie_with_chunks(one, COOKIE) or b"null")
    except ValueError:
        return None
    # Each piece of a long cookie is signed for itself. Pieces of two sign-ins together would say what no provider said.
    if not isinstance(claims, dict) or max(signed_at) - min(signed_at) > AT_ONCE_S:
        return None
    return _believed(claims, min(signed_at), settings)


def _believed(claims: dict[str, Any], signed_at_s: float, settings: Settings) -> SignIn | None:
    origin, until_s = claims.get("origin"), claims.get("exp")
    if settings.sign_in_hours is not None:
        until_s = signed_at_s + settings.sign_in_hours * 3600
    if claims.get("is_logged_in") is not True or claims.get("provider") != PROVIDER:
        return None
    if not isinstance(origin, str) or origin != get_origin_from_redirect_uri():
        return None
    if not isinstance(until_s, int | float) or isinstance(until_s, bool):
        return None
    return SignIn(claims, origin, float(until_s))


@cache
def _made_secret(links: Links) -> str:
    """The same for all processes on one data folder, and another than what links are signed with."""
    return hmac.new(links.secret, b"sign-in cookie", hashlib.sha256).hexdigest()
