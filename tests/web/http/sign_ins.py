"""Every way to sign in: a server's settings for it, and what a browser or a proxy sends then."""

from __future__ import annotations

import json
import secrets
import time
from typing import Any

import httpx
from itsdangerous import URLSafeTimedSerializer
from load.guest import Visit
from web.http.servers import Server
from websockets.asyncio.client import connect

COOKIE_SECRET = secrets.token_hex()
PUBLIC = "http://emotion.test"
ANNA, BEN = {"X-Forwarded-User": "anna"}, {"X-Forwarded-User": "ben"}
PROXIED = {
    "EMOTION_AUTH": "proxy",
    "EMOTION_DEFAULT_ROLE": "member",
    # An address of this machine's own loop, so that requests can come from it and from another.
    "EMOTION_TRUSTED_PROXIES": '["127.0.0.2"]',
    # uvicorn under `streamlit run` would believe what we send from here; `emotion serve` tells it not to.
    "FORWARDED_ALLOW_IPS": "",
}
# The same, and we are the proxy.
TRUSTING = {**PROXIED, "EMOTION_TRUSTED_PROXIES": '["127.0.0.1"]'}
SIGNED_IN = {
    "EMOTION_AUTH": "oidc",
    "EMOTION_PUBLIC_URL": PUBLIC,
    "EMOTION_OIDC_URL": "http://127.0.0.1:9/.well-known/openid-configuration",
    "EMOTION_OIDC_CLIENT_ID": "test",
    "EMOTION_OIDC_CLIENT_SECRET": "nobody knows",
    "EMOTION_COOKIE_SECRET": COOKIE_SECRET,
}


def cookie(**changes: Any) -> dict[str, str]:
    """Streamlit's cookie of a sign-in, as its own code makes it, with ``changes``."""
    secret, name = changes.pop("secret", COOKIE_SECRET), changes.pop("name", "_streamlit_user")
    salt = changes.pop("salt", name)
    claims = {"sub": "42", "name": "Ada", "exp": time.time() + 86_400, "origin": PUBLIC, "is_logged_in": True}
    told = json.dumps({**claims, "provider": "default", **changes})
    value = URLSafeTimedSerializer(secret, salt=salt).dumps(told)
    return {"Cookie": f"{name}={value}"}


def ask(server: Server, method: str, target: str, *, via: str = "127.0.0.1", **headers: str) -> httpx.Response:
    """A request from the address ``via``, with its path as it is written."""
    # Certificates are of no use here, and reading all that the system trusts takes longer than the request.
    transport = httpx.HTTPTransport(local_address=via, verify=False)
    url = httpx.URL(server.url, raw_path=f"{server.base}{target}".encode())
    with httpx.Client(transport=transport, timeout=60) as client:
        return client.request(method, url, headers=headers)


def socket_to(
    server: Server, headers: dict[str, str], *, url: str = "", origin: str | None = None, session: str = ""
) -> Any:
    """``url`` is what the browser believes to be talking to, the server's own if empty."""
    url = url or server.url
    return connect(
        f"ws{url.removeprefix('http')}/_stcore/stream",
        host="127.0.0.1",
        port=server.port,
        origin=origin or url,  # type: ignore[arg-type]
        subprotocols=["streamlit", "none", *([session] if session else [])],  # type: ignore[list-item]
        additional_headers=headers,
        proxy=None,
        open_timeout=60,
        ping_timeout=60,
    )


def session_of(visit: Visit) -> str:
    return next(
        message.new_session.initialize.session_id for message in visit.messages if message.HasField("new_session")
    )
