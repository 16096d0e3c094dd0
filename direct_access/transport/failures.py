"""What urllib3 raises below requests, as errors of ours. Its messages hold URLs, so none is passed on."""

from __future__ import annotations

import re
import ssl
from http.client import HTTPException, IncompleteRead, RemoteDisconnected

from urllib3 import exceptions as urllib3_errors

from direct_access.errors import ConfigurationError, DirectAccessError, ProtocolError, UnavailableError
from direct_access.retry.deadline import OutOfTime
from direct_access.transport.route import Route
from direct_access.transport.sockets import TooSlow
from direct_access.transport.tls_failures import tls_failure

_TUNNEL = re.compile(r"Tunnel connection failed: (?P<status>\d{3})")
_BROKEN = (
    IncompleteRead,
    RemoteDisconnected,
    urllib3_errors.IncompleteRead,
    urllib3_errors.InvalidChunkLength,
)
_NO_CONNECTION = (urllib3_errors.NewConnectionError, urllib3_errors.ConnectTimeoutError)
"""Refused, not resolved, or not made in time, the TLS handshake included: nothing was sent."""


def root_cause(error: BaseException) -> BaseException:
    """Return the exception that urllib3 wrapped."""
    while True:
        inner: BaseException | None = None
        if isinstance(error, urllib3_errors.ProxyError):
            inner = error.original_error
        if inner is None and isinstance(error, (urllib3_errors.ProtocolError, urllib3_errors.SSLError)):
            inner = next((part for part in error.args if isinstance(part, BaseException)), None)
        if inner is None:
            inner = error.__cause__
        if inner is None:
            return error
        error = inner


def failure(error: BaseException, route: Route) -> DirectAccessError:
    """Return what went wrong with an exchange, by the layer that failed: DNS, TCP, TLS, a timeout, HTTP."""
    cause = root_cause(error)
    if tunnel := _TUNNEL.search(str(cause)):
        return refused_by_proxy(int(tunnel["status"]), route)
    if isinstance(error, urllib3_errors.ProxyError):
        return _proxy_failure(error, route)
    if isinstance(cause, ssl.SSLError):
        return tls_failure(cause, route)
    if isinstance(cause, HTTPException) and not isinstance(cause, _BROKEN):
        return ProtocolError(f"{route} did not answer in HTTP: {type(cause).__name__}", subject=route.host)
    return UnavailableError(
        _what_failed(error, cause, route),
        subject=route.host,
        retryable=True,
        not_sent=isinstance(error, _NO_CONNECTION),
    )


def _what_failed(error: BaseException, cause: BaseException, route: Route) -> str:
    if isinstance(cause, OutOfTime):
        return f"the deadline passed before {route} answered"
    if isinstance(cause, TooSlow):
        return f"{route} sends or takes {cause}"
    detail = getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
    if isinstance(error, urllib3_errors.NameResolutionError):
        return f"DNS does not resolve {route}: {detail}"
    if isinstance(error, urllib3_errors.NewConnectionError):
        return f"TCP connection to {route} failed: {detail}"
    if isinstance(error, urllib3_errors.ConnectTimeoutError):
        layer = "TLS" if "handshake" in str(error) else "TCP"
        return f"connecting to {route} timed out ({layer})"
    if isinstance(error, urllib3_errors.TimeoutError) or isinstance(cause, TimeoutError):
        return f"{route} did not answer in time"
    if isinstance(cause, _BROKEN):
        return f"{route} closed the connection in the middle of an exchange"
    if isinstance(cause, OSError):
        return f"the connection to {route} broke: {detail}"
    return f"the exchange with {route} failed: {type(cause).__name__}"


def _proxy_failure(error: urllib3_errors.ProxyError, route: Route) -> DirectAccessError:
    proxy = Route(f"the proxy {route.proxy}")
    inner = failure(error.original_error, proxy)
    inner.subject = route.proxy
    if isinstance(inner, ConfigurationError) and "TLS" in inner.message:
        inner.advice = "check http_proxy and https_proxy: most proxies are reached by http://"
    return inner


def refused_by_proxy(status: int, route: Route) -> DirectAccessError:
    """Return what a proxy's refusal means: its own failure, missing credentials, or a rule of the site."""
    message = f"the proxy {route.proxy} refused the way to {route.host}: HTTP {status}"
    if status >= 500 or status == 429:
        return UnavailableError(message, subject=route.proxy, http_status=status, retryable=True)
    if status == 407:
        advice = "put user and password into http_proxy and https_proxy: http://user:password@host:port"
    else:
        advice = "have the proxy allow this host, or name it in no_proxy"
    return ConfigurationError(message, subject=route.proxy, http_status=status, advice=advice)
