"""Where the dashboard listens, and how it is reached: the part of the settings that `emotion serve` reads."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path

from pydantic import BaseModel, Field, field_validator

# Letters, digits and hyphens (RFC 1123), with the underscore that Windows machines may have; the last part is no
# number, or it would be an address written wrongly.
LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?"
HOST_NAME = rf"(?:{LABEL}\.)*(?!\d+$){LABEL}"
WORD = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
SUB_PATH = rf"(?:{WORD}(?:/{WORD})*)?"


class NetworkSettings(BaseModel):
    """Part of :class:`~emotion.settings.Settings`."""

    address: str | None = Field(
        default=None,
        min_length=1,
        max_length=253,
        description="What to listen on; all of the machine's addresses if unset, with a proxy only the machine itself.",
    )
    port: int | None = Field(default=None, ge=1, le=65_535, description="8501, or the next free one, if unset.")
    tls: bool | None = Field(default=None, description="Whether to speak HTTPS; if unset: towards a network.")
    cert: Path | None = Field(default=None, description="A certificate with its chain, PEM; one is made if unset.")
    key: Path | None = Field(default=None, description="The certificate's private key, PEM.")
    names: tuple[str, ...] = Field(
        default=(), description="Names by which people reach this machine beside its own, as a JSON list."
    )
    sub_path: str = Field(default="", description="Where the dashboard lives on a shared host: `/emotion`.")
    trusted_proxies: tuple[str, ...] = Field(
        default=("127.0.0.1", "::1"),
        description="Addresses or networks of reverse proxies whose X-Forwarded headers are believed, as a JSON list.",
    )

    @field_validator("names")
    @classmethod
    def _names_are_names(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if len(name) > 253 or not (re.fullmatch(HOST_NAME, name) or _is_network(name, alone=True)):
                raise ValueError(f"'{name}' is neither a host's name nor an address")
        return names

    @field_validator("sub_path")
    @classmethod
    def _sub_path_is_one(cls, sub_path: str) -> str:
        stripped = sub_path.strip("/")
        if not re.fullmatch(SUB_PATH, stripped):
            raise ValueError("it is words of letters, digits, '-', '_' and '.' with '/' between them")
        return f"/{stripped}" if stripped else ""

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies_are_addresses(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        for proxy in proxies:
            if not _is_network(proxy):
                raise ValueError(f"'{proxy}' is neither an address nor a network like 192.168.1.0/24")
        return proxies


def _is_network(text: str, *, alone: bool = False) -> bool:
    """Whether it is an IP address or, unless ``alone``, a network of them."""
    try:
        ipaddress.ip_address(text) if alone else ipaddress.ip_network(text)
    except ValueError:
        return False
    return True
