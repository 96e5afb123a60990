"""The names and addresses under which others find this machine. Nobody is asked: no DNS, no network."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator

import ifaddr

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def name() -> str:
    """Its own name, in small letters; empty where it is no name that a certificate could hold."""
    found = socket.gethostname().lower().rstrip(".")
    return found if found.isascii() and found not in ("", "localhost") else ""


def addresses() -> list[Address]:
    """Those of its network interfaces that others can reach, IPv4 first."""
    found = {address for address in _all() if not (address.is_loopback or address.is_link_local)}
    return sorted(found, key=lambda address: (address.version, int(address)))


def _all() -> Iterator[Address]:
    for adapter in ifaddr.get_adapters():
        for ip in adapter.ips:
            yield ipaddress.ip_address(ip.ip if isinstance(ip.ip, str) else ip.ip[0])
