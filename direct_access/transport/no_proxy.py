"""Which hosts are reached without a proxy.

The rules of curl(1), NO_PROXY: an entry is a host name, a domain suffix with or without a leading dot, an
address, a network in CIDR notation, or ``*`` for all; an entry may end in ``:port``.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable


def bypasses(host: str, port: int, entries: Iterable[str]) -> bool:
    """Return whether a host is reached directly.

    :param host: name or address, an IPv6 address with or without brackets
    :param entries: as in ``no_proxy``; case, surrounding blanks and a trailing dot do not matter
    """
    name = host.strip("[]").rstrip(".").lower()
    return any(_matches(name, port, entry.strip().lower()) for entry in entries)


def _matches(name: str, port: int, entry: str) -> bool:
    pattern, entry_port = _split_port(entry)
    if not pattern or entry_port not in (None, port):
        return False
    if pattern == "*":
        return True
    address = _address(name)
    if address is not None:
        return _contains(pattern, address)
    domain = pattern.removeprefix("*").strip(".")
    return bool(domain) and (name == domain or name.endswith(f".{domain}"))


def _split_port(entry: str) -> tuple[str, int | None]:
    host, colon, port = entry.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if colon and port.isdigit() and (bracketed or ":" not in host):
        return host.strip("[]"), int(port)
    return entry.strip("[]"), None


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _contains(pattern: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    try:
        return address in ipaddress.ip_network(pattern, strict=False)
    except ValueError:
        return False
