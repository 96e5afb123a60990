"""The part of the settings that says who is let in; see docs/deploy.md and :mod:`emotion.access.roles`."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationInfo, field_validator
from pydantic_settings import NoDecode

Names = Annotated[tuple[str, ...], NoDecode]
"""Written with commas between them, or as a JSON list."""
PROVIDER_NEEDS = ("public_url", "oidc_url", "oidc_client_id", "oidc_client_secret")
HEADER_NAME = r"[A-Za-z0-9][A-Za-z0-9-]{0,60}"


class Auth(StrEnum):
    """How people sign in."""

    NONE = "none"
    """Not at all: whoever can open the address is one and the same person."""
    OIDC = "oidc"
    """With an OpenID provider, by Streamlit's own ``st.login``."""
    PROXY = "proxy"
    """A reverse proxy, the only way in, says in headers who it is."""


class AuthSettings(BaseModel):
    """Part of :class:`~emotion.settings.Settings`; see also ``trusted_proxies`` in :mod:`emotion.settings.network`."""

    auth: Auth = Field(default=Auth.NONE, description="How people sign in: none, oidc or proxy.")
    public_url: str | None = Field(
        default=None, description="The address that people open, as in https://emotion.lan or https://intranet/emotion."
    )

    # Who may what.
    administrators: Names = Field(default=(), description="Confirmed e-mail addresses, user names or groups.")
    members: Names = Field(default=(), description="The same, of those who may upload and be live.")
    viewers: Names = Field(default=(), description="The same, of those who may open what is shared with them.")
    role_claim: str = Field(
        default="roles", max_length=200, description="The claim with roles or groups; a dot goes into an object."
    )
    default_role: str = Field(
        default="viewer",
        pattern="^(viewer|member|administrator|none)$",
        description="The role of whoever signs in and has no other; none lets nobody else in.",
    )

    # OpenID Connect.
    oidc_url: str | None = Field(default=None, description="The provider's …/.well-known/openid-configuration.")
    oidc_client_id: str | None = Field(default=None, min_length=1, description="What the provider calls this server.")
    oidc_client_secret: str | None = Field(default=None, min_length=1, repr=False, description="Its password there.")
    oidc_scope: str = Field(default="openid email profile", description="What the provider is asked for.")
    cookie_secret: str | None = Field(
        default=None, min_length=32, repr=False, description="Signs the sign-in; made from the data folder's if unset."
    )
    sign_in_hours: float | None = Field(
        default=None, gt=0, le=720, description="A sign-in lasts so long; as long as the provider's token if unset."
    )

    # A reverse proxy that signs people in.
    proxy_user_header: str = Field(default="X-Forwarded-User", description="Who it is: the same for ever.")
    proxy_name_header: str = Field(default="X-Forwarded-Preferred-Username", description="What pages call them.")
    proxy_email_header: str = Field(default="X-Forwarded-Email", description="Their confirmed e-mail address.")
    proxy_roles_header: str = Field(default="X-Forwarded-Groups", description="Roles or groups, with commas.")
    proxy_sign_out: str | None = Field(
        default=None, pattern=r"^(https?://|/)\S+$", description="Where a person signs out of the proxy."
    )

    @field_validator("administrators", "members", "viewers", mode="before")
    @classmethod
    def _names_are_separated(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            parts = json.loads(value) if value.lstrip().startswith("[") else value.split(",")
        except ValueError as error:
            raise ValueError("write names with commas between them, or a JSON list") from error
        return tuple(part.strip() for part in parts if isinstance(part, str) and part.strip())

    @field_validator("proxy_user_header", "proxy_name_header", "proxy_email_header", "proxy_roles_header")
    @classmethod
    def _headers_have_names(cls, name: str) -> str:
        # A server that turns headers into variables cannot tell X_Forwarded_User from X-Forwarded-User; we can.
        if name and not re.fullmatch(HEADER_NAME, name):
            raise ValueError("a header's name has letters, digits and '-'")
        return name

    @field_validator("proxy_user_header")
    @classmethod
    def _somebody_is_named(cls, name: str) -> str:
        if not name:
            raise ValueError("without it nobody is known")
        return name

    @field_validator("public_url", "oidc_url")
    @classmethod
    def _addresses_are_whole(cls, address: str | None, info: ValidationInfo) -> str | None:
        if address is None:
            return None
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.fragment or parts.username:
            raise ValueError("it is a whole address that begins with https:// or http://")
        return address.rstrip("/") if info.field_name == "public_url" else address

    def missing_for_sign_in(self) -> tuple[str, ...]:
        """The fields that a provider needs beside those that are set; none where ``secrets.toml`` may say all of it."""
        unset = tuple(name for name in PROVIDER_NEEDS if getattr(self, name) is None)
        begun = any(name not in unset for name in PROVIDER_NEEDS[1:])
        return unset if self.auth is Auth.OIDC and begun else ()


AUTH_FIELDS = frozenset(AuthSettings.model_fields)
AUTH_SECRETS = frozenset({"oidc_client_secret", "cookie_secret"})
