"""The way to a server, layer by layer: its name, a connection, the proxy, TLS."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from direct_access.clock import rfc3339
from direct_access.errors import ConfigurationError, DirectAccessError, ProtocolError, UnavailableError
from direct_access.health.check import Observation, failed_with
from direct_access.health.check_context import CheckContext
from direct_access.health.finding import CheckLevel, Measure
from direct_access.transport.proxy import DEFAULT_PORTS, Proxy, proxy_for
from direct_access.units import format_duration


def host_of(context: CheckContext, endpoint: str) -> str:
    """Return the server as it stands in its URL: host, and port where one is named."""
    return urlsplit(context.url(endpoint) or "").netloc or "no store"


def dns(context: CheckContext, endpoint: str) -> Iterator[Observation]:
    """Resolve the name that this node has to resolve: the server's, or the proxy's before it."""
    hop = _first_hop(context, endpoint)
    if hop is None:
        return
    host, port = hop
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "not a valid host name"
        raise UnavailableError(f"DNS does not resolve {host}: {reason}", subject=host) from error
    addresses = dict.fromkeys(str(entry[4][0]) for entry in found)
    is_address = host in addresses
    yield Observation("an address, no name" if is_address else f"{host} is {', '.join(list(addresses)[:3])}")


def tcp(context: CheckContext, endpoint: str) -> Iterator[Observation]:
    """Connect to it."""
    hop = _first_hop(context, endpoint)
    if hop is None:
        return
    host, port = hop
    name = f"{host}:{port}"
    longest = context.known_system.network.connect_timeout_secs
    try:
        socket.create_connection(hop, timeout=longest).close()
    except OSError as error:
        reason = "no answer in time" if isinstance(error, TimeoutError) else error.strerror or str(error)
        raise UnavailableError(f"TCP connection to {name} failed: {reason}", subject=name) from error
    yield Observation(f"connected to {name}")


def proxy(context: CheckContext, endpoint: str) -> Iterator[Observation]:
    """Have the proxy, if one is on the way, let a request pass."""
    url = context.url(endpoint)
    network_checks = _proxy(context, endpoint)
    if url is None or network_checks is None:
        return
    try:
        context.connections.http.request("HEAD", url)
    except DirectAccessError as error:
        if error.subject == network_checks.url:
            raise
    yield Observation(f"lets requests pass: {network_checks.url}")


def tls(context: CheckContext, endpoint: str) -> Iterator[Observation]:
    """Make a TLS connection as every request does, and look at how long the certificate lives."""
    url = context.url(endpoint)
    if url is None or not url.startswith("https:"):
        return
    http, host = context.connections.http, host_of(context, endpoint)
    try:
        http.request("HEAD", url)
    except (UnavailableError, ProtocolError):
        if http.certificate_expiry(url) is None:  # else TLS is well, and what follows says what is not
            raise
    expiry = http.certificate_expiry(url)
    if expiry is None:
        yield Observation("trusted", subject=host)
        return
    yield _life(context, host, expiry)


def _life(context: CheckContext, host: str, expiry: float) -> Observation:
    left = expiry - context.clock.wall()
    measures = (Measure("certificate_expiry_timestamp_seconds", expiry, {"host": host}),)
    bounds = context.bounds
    if left >= bounds.certificate_warning_secs:
        return Observation(f"trusted; expires in {left / 86400:.0f} days", subject=host, measures=measures)
    error = ConfigurationError(
        f"the certificate of {host} expires in {format_duration(max(0.0, left))}, at {rfc3339(expiry)}",
        subject=host,
        advice="have the operator of the server renew it",
    )
    level = CheckLevel.CRITICAL if left < bounds.certificate_critical_secs else CheckLevel.WARNING
    return failed_with(error, level, measures)


def _proxy(context: CheckContext, endpoint: str) -> Proxy | None:
    url = context.url(endpoint)
    return proxy_for(url, context.known_system.network) if url else None


def _first_hop(context: CheckContext, endpoint: str) -> tuple[str, int] | None:
    """Return host and port of what this node itself connects to."""
    url = context.url(endpoint)
    if url is None:
        return None
    network_checks = _proxy(context, endpoint)
    parts = urlsplit(network_checks.url if network_checks else url)
    with contextlib.suppress(ValueError):
        return parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]
    raise ConfigurationError(f"{parts.netloc} has no usable port", subject=parts.netloc)
