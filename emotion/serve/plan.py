"""What `emotion serve` is going to do, decided before anything is opened."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from emotion.errors import SettingsError
from emotion.serve import machine
from emotion.settings import Settings
from emotion.settings.auth import Auth

PORT = 8501
"""Streamlit's own: whoever went from `streamlit run app.py` to `emotion serve` keeps the address."""
PORTS = 20
"""So many are tried where none was asked for."""
LOOPBACK = "127.0.0.1"
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - the plan says whether it may

OPEN = (
    "Without sign-in everybody in the network could use this dashboard and see all recordings. Set EMOTION_AUTH "
    "(docs/deploy.md), stay on this machine with --address 127.0.0.1, or say --open if that is what you want."
)
OPEN_BEHIND = (
    "Without sign-in everybody who reaches {} could use this dashboard and see all recordings. Set EMOTION_AUTH "
    "(docs/deploy.md), remove EMOTION_PUBLIC_URL and EMOTION_NAMES to stay on this machine, or say --open if that "
    "is what you want."
)
PATHS = "EMOTION_PUBLIC_URL is {}, but EMOTION_SUB_PATH is '{}': the address has to end with the sub-path."
PROVIDER = "Signing in needs EMOTION_{} too. Set it, or another EMOTION_AUTH (docs/deploy.md)."
HALF = "A certificate and its key belong together: give both --cert and --key (EMOTION_CERT, EMOTION_KEY), or neither."
CONTRADICTION = "There is a certificate, but TLS is turned off. Remove EMOTION_TLS, or the certificate."
UNKNOWN = "'{}' is neither an address of this machine nor a name of one. Look at EMOTION_ADDRESS or --address."


@dataclass(frozen=True, slots=True)
class Plan:
    """How the server is going to be reached."""

    hosts: tuple[str, ...]
    """What to listen on: numeric addresses."""
    ports: tuple[int, ...]
    """Which to try, in this order."""
    tls: bool
    names: tuple[str, ...]
    """Names and addresses under which people may reach it, the best first."""
    given: tuple[str, ...]
    """Those of them that a certificate must hold; the others may come and go, as addresses from a router do."""
    sub_path: str
    public_url: str | None
    """The address that the administrator gave out, where there is one: it may be that of a reverse proxy."""

    def addresses(self, port: int, names: Collection[str] | None = None) -> list[str]:
        """What people type into their browsers, the best first. ``names``: only of these [all]."""
        if self.public_url:
            return [f"{self.public_url}/"]
        scheme = "https" if self.tls else "http"
        # A name that leads to a proxy does not lead past it.
        there = [name for name in self.names if not (_local(self.hosts) and name in self.given)]
        told = [name for name in there if names is None or name in names]
        return [f"{scheme}://{_bracketed(name)}:{port}{self.sub_path}/" for name in told]


def plan(settings: Settings, *, open_to_all: bool = False) -> Plan:
    """Raises SettingsError, above all where everybody in a network would be let in and nobody said that they may."""
    hosts = _hosts(settings)
    local = _local(hosts)
    if settings.auth is Auth.NONE and not open_to_all:
        if not local:
            raise SettingsError(OPEN)
        if others := [name for name in _given(settings, hosts) if not _is_this_machine(name)]:
            raise SettingsError(OPEN_BEHIND.format(others[0]))
    if missing := settings.missing_for_sign_in():
        raise SettingsError(PROVIDER.format(missing[0].upper()))
    if settings.public_url and urlsplit(settings.public_url).path.rstrip("/") != settings.sub_path:
        raise SettingsError(PATHS.format(settings.public_url, settings.sub_path))
    if (settings.cert is None) != (settings.key is None):
        raise SettingsError(HALF)
    if settings.cert and settings.tls is False:
        raise SettingsError(CONTRADICTION)
    tls = settings.tls if settings.tls is not None else bool(settings.cert) or not local
    given = _given(settings, hosts)
    names = tuple(dict.fromkeys((*given, *_found(hosts))))
    return Plan(hosts, _ports(settings), tls, names, given, settings.sub_path, settings.public_url)


def _hosts(settings: Settings) -> tuple[str, ...]:
    if settings.address is None:
        # A proxy that is the only way in stands on this machine, unless somebody says otherwise.
        return (LOOPBACK,) if settings.auth is Auth.PROXY else EVERYWHERE
    try:
        found = socket.getaddrinfo(settings.address.strip("[]"), None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SettingsError(UNKNOWN.format(settings.address)) from error
    return (str(found[0][4][0]).partition("%")[0],)


def _ports(settings: Settings) -> tuple[int, ...]:
    if settings.port is not None:
        return (settings.port,)
    # Whoever signs in is sent back to an address that holds the port, so with a provider it must not be another one.
    return (PORT,) if settings.auth is Auth.OIDC else tuple(range(PORT, PORT + PORTS))


def _given(settings: Settings, hosts: tuple[str, ...]) -> tuple[str, ...]:
    """What the administrator said; if nothing, the machine's own name."""
    public = urlsplit(settings.public_url or "").hostname or ""
    own = [host for host in hosts if not (_local([host]) or ipaddress.ip_address(host).is_unspecified)]
    said = tuple(dict.fromkeys(name.lower() for name in (public, *settings.names, *own) if name))
    return said or tuple(name for name in [machine.name()] if name and not _local(hosts))


def _found(hosts: tuple[str, ...]) -> tuple[str, ...]:
    if _local(hosts):
        return ("localhost", *hosts)
    everywhere = any(ipaddress.ip_address(host).is_unspecified for host in hosts)
    return tuple(filter(None, (machine.name(), *map(str, machine.addresses())))) if everywhere else ()


def _local(hosts: Collection[str]) -> bool:
    return all(ipaddress.ip_address(host).is_loopback for host in hosts)


def _is_this_machine(name: str) -> bool:
    """Whether only programs on this machine get there by this name: by any other a proxy leads people here."""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def _bracketed(name: str) -> str:
    """An IPv6 address as it stands in a URL."""
    return f"[{name}]" if ":" in name else name
