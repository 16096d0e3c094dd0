"""The one HTTP client, for IAM, the API and the object store alike.

Nothing but the configuration decides where a request goes and what it carries: urllib3 reads neither proxies,
nor authorities, nor credentials from the environment or a home directory, and redirects are not followed.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO, Protocol, cast
from urllib.parse import urlsplit

from urllib3 import PoolManager
from urllib3.exceptions import HTTPError
from urllib3.util import Timeout

from direct_access._version import __version__
from direct_access.clock import Clock, SystemClock, rfc3339
from direct_access.config.settings import NetworkSettings
from direct_access.errors import DirectAccessError
from direct_access.events import Event, wanted
from direct_access.retry.attempt import attempt_under_way
from direct_access.retry.deadline import Deadline, TimeLimit, limited, no_deadline
from direct_access.retry.policies import TOKEN_REFUSED
from direct_access.transport.body import FileBody
from direct_access.transport.failures import failure, refused_by_proxy, root_cause
from direct_access.transport.http_events import tell_answer, tell_failure
from direct_access.transport.connections import Expiries, connection_pools
from direct_access.transport.proxy import DEFAULT_PORTS, Proxy, proxy_for
from direct_access.transport.response import HttpResponse, unexpected_redirect
from direct_access.transport.route import route, without_query
from direct_access.transport.server_date import wrong_clock
from direct_access.transport.tls import client_context
from direct_access.transport.tls_failures import out_of_time, time_failure

__all__ = ["USER_AGENT", "Authorizer", "HttpClient", "HttpResponse", "unexpected_redirect"]

USER_AGENT = f"direct-access/{__version__}"


class Authorizer(Protocol):
    """Where the ``Authorization`` header of a request comes from."""

    def authorization(self) -> str:
        """Return the whole header value; called for every request."""

    def renew(self, rejected: str) -> bool:
        """React to a 401 for this header value; return whether another one is available now."""


@dataclass(frozen=True)
class _Request:
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | FileBody | None
    read_timeout_secs: float | None = None


class HttpClient:
    """Keeps connections alive; safe to use from several threads."""

    def __init__(
        self,
        network: NetworkSettings,
        clock: Clock | None = None,
        user_agent: str = USER_AGENT,
        deadline: Deadline = no_deadline,
    ) -> None:
        """:param deadline: nothing of a request goes on long after it (:class:`.TimeLimit`)"""
        self._network = network
        self._clock = clock or SystemClock()
        self._user_agent = user_agent
        self._deadline = deadline
        self._pools: dict[tuple[str | None, bool], PoolManager] = {}
        self._context: ssl.SSLContext | None = None
        self._expiries: Expiries = {}
        self._lock = threading.Lock()

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | BinaryIO | None = None,
        body_size: int | None = None,
        authorizer: Authorizer | None = None,
        stream: bool = False,
        read_timeout_secs: float | None = None,
    ) -> HttpResponse:
        """Return the answer to one request, whatever its status; after a 401 it is sent once more if renewed.

        :param body: bytes, or a file opened for reading, sent from its position on
        :param body_size: bytes to send of a file; always announced, never chunked
        :param stream: leave the body on the connection, for :meth:`HttpResponse.readinto`
        :param read_timeout_secs: longest time without a byte of the answer, instead of the configured one
        :raises UnavailableError: no answer: DNS, TCP, TLS, a timeout or a broken connection; retryable
        :raises ConfigurationError: a certificate, the clock or the proxy stands in the way
        :raises ProtocolError: what came is not HTTP, or too long
        :raises LocalStorageError: the file cannot be read, or is shorter than ``body_size``
        """
        if not urlsplit(url).hostname or urlsplit(url).scheme not in DEFAULT_PORTS:
            raise ValueError(f"not an http or https URL: {without_query(url)!r}")
        request = _Request(method, url, dict(headers or {}), _outgoing(body, body_size), read_timeout_secs)
        sent = authorizer.authorization() if authorizer else None
        response = self._exchange(request, sent, stream)
        for _ in range(1, TOKEN_REFUSED.attempts or 1):
            if authorizer is None or sent is None or response.status not in TOKEN_REFUSED.statuses:
                break
            response.data  # noqa: B018  reads it, so that the connection can be used again
            if not authorizer.renew(sent):
                break
            if isinstance(request.body, FileBody):
                request.body.rewind()
            sent = authorizer.authorization()
            response = self._exchange(request, sent, stream)
        return response

    def certificate_expiry(self, url: str) -> float | None:
        """Return when the certificate of a server expires, seconds since the epoch.

        :returns: None where no TLS connection to it has been made
        """
        parts = urlsplit(url)
        return self._expiries.get((parts.hostname or "", parts.port or DEFAULT_PORTS.get(parts.scheme, 0)))

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for pools in self._pools.values():
                pools.clear()
            self._pools.clear()

    def _exchange(self, request: _Request, authorization: str | None, stream: bool) -> HttpResponse:
        with limited(TimeLimit(self._clock, self._deadline)):
            return self._watched(request, authorization, stream)

    def _watched(self, request: _Request, authorization: str | None, stream: bool) -> HttpResponse:
        if not wanted(Event.HTTP):
            return self._exchanged(request, authorization, stream)
        began = self._clock.boottime()
        try:
            response = self._exchanged(request, authorization, stream)
        except DirectAccessError as error:
            secs = self._clock.boottime() - began
            tell_failure(request.method, error, request.url, secs, attempt_under_way())
            raise
        secs = self._clock.boottime() - began
        tell_answer(request.method, response, request.url, secs, attempt_under_way())
        return response

    def _exchanged(self, request: _Request, authorization: str | None, stream: bool) -> HttpResponse:
        proxy = proxy_for(request.url, self._network)
        way = route(request.url, proxy)
        read_secs = request.read_timeout_secs or self._network.read_timeout_secs
        try:
            raw = self._pools_through(proxy, request.url).urlopen(
                request.method,
                request.url,
                body=cast("bytes | BinaryIO | None", request.body),
                headers=self._headers(request, authorization),
                redirect=False,
                preload_content=False,
                decode_content=False,
                timeout=Timeout(connect=self._network.connect_timeout_secs, read=read_secs),
            )
        except HTTPError as error:
            raise self._failure(error, request.url, proxy) from error
        response = HttpResponse(raw, request.url, way)
        if response.status == 407:
            response.close()
            raise refused_by_proxy(response.status, way)
        if not stream:
            response.data  # noqa: B018  reads it
        return response

    def _headers(self, request: _Request, authorization: str | None) -> dict[str, str]:
        headers = {"User-Agent": self._user_agent, **request.headers}
        if authorization is not None:
            headers["Authorization"] = authorization
        if isinstance(request.body, FileBody):
            headers["Content-Length"] = str(request.body.size)
        return headers

    def _pools_through(self, proxy: Proxy | None, url: str) -> PoolManager:
        by_tls = url.startswith("https:") or (proxy is not None and proxy.url.startswith("https:"))
        key = (proxy.url if proxy else None, by_tls)
        with self._lock:
            if key not in self._pools:
                if by_tls and self._context is None:
                    self._context = client_context(self._network)
                self._pools[key] = connection_pools(
                    self._network, proxy, self._context if by_tls else None, self._expiries
                )
            return self._pools[key]

    def _failure(self, error: HTTPError, url: str, proxy: Proxy | None) -> DirectAccessError:
        way = route(url, proxy)
        cause = root_cause(error)
        if isinstance(cause, ssl.SSLCertVerificationError) and out_of_time(cause):
            clock_fault = self._clock_fault(url, proxy)
            return time_failure(cause, way, clock_fault, rfc3339(self._clock.wall()))
        return failure(error, way)

    def _clock_fault(self, url: str, proxy: Proxy | None) -> str | None:
        """Ask a server whose certificate seems out of its time what time it is; nothing of ours is sent."""
        context = client_context(self._network, check_time=False)
        pools = connection_pools(self._network, proxy, context)
        parts = urlsplit(url)
        try:
            answer = pools.urlopen("HEAD", f"{parts.scheme}://{parts.netloc}/", redirect=False)
        except HTTPError:
            return None
        finally:
            pools.clear()
        return wrong_clock(answer.headers, self._clock)


def _outgoing(body: bytes | BinaryIO | None, size: int | None) -> bytes | FileBody | None:
    if body is None or isinstance(body, bytes):
        return body
    if size is None:
        raise TypeError("a file needs body_size: its length is announced, never chunked")
    return FileBody(body, size)
