"""The one HTTP client, for IAM, the API and the object store alike.

Nothing but the configuration decides where a request goes and what it carries: no proxy, authority or
credential is read from the environment or a home directory, and redirects are not followed.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, BinaryIO, Protocol
from urllib.parse import urlsplit

from direct_access._version import __version__
from direct_access.clock import Clock, SystemClock
from direct_access.config.settings import NetworkSettings
from direct_access.errors import DirectAccessError
from direct_access.events import Event, wanted
from direct_access.light_dataclass import dataclass
from direct_access.retry.attempt import attempt_under_way
from direct_access.retry.deadline import Deadline, TimeLimit, limited, no_deadline
from direct_access.retry.policies import TOKEN_REFUSED
from direct_access.transport.body import FileBody
from direct_access.transport.http_events import tell_answer, tell_failure
from direct_access.transport.pools import ConnectionPools
from direct_access.transport.proxy import DEFAULT_PORTS, proxy_for
from direct_access.transport.response import HttpResponse, unexpected_redirect
from direct_access.transport.route import route_to, without_query

if TYPE_CHECKING:
    from direct_access.transport.adapter import PlainSession

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
        """:param deadline: a request that is under way ends soon after it (:class:`.TimeLimit`)"""
        self._network = network
        self._clock = clock or SystemClock()
        self._user_agent = user_agent
        self._deadline = deadline
        self._pools = ConnectionPools(network)
        self._this_thread = threading.local()  # a session is not to be shared by threads, connections are

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
        :raises ConfigurationError: a certificate, the clock or the proxy must be put right
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
        return self._pools.certificate_expiry(url)

    def close(self) -> None:
        """Close all connections."""
        self._pools.close()

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
        raw = self._session().exchange(
            request.method,
            request.url,
            self._headers(request, authorization),
            request.body,
            request.read_timeout_secs,
        )
        route = route_to(request.url, proxy_for(request.url, self._network))
        response = HttpResponse(raw, request.url, route)
        if not stream:
            response.data  # noqa: B018  reads it
        return response

    def _session(self) -> PlainSession:
        if not hasattr(self._this_thread, "session"):
            # Importing requests takes 23 ms, and a client may be made of which nothing is asked.
            from direct_access.transport.adapter import PlainSession

            self._this_thread.session = PlainSession(self._network, self._pools, self._clock)
        session: PlainSession = self._this_thread.session
        return session

    def _headers(self, request: _Request, authorization: str | None) -> dict[str, str]:
        headers = {"User-Agent": self._user_agent, "Accept-Encoding": "identity", **request.headers}
        if authorization is not None:
            headers["Authorization"] = authorization
        body = request.body
        if body is not None:
            headers["Content-Length"] = str(body.size if isinstance(body, FileBody) else len(body))
        return headers


def _outgoing(body: bytes | BinaryIO | None, size: int | None) -> bytes | FileBody | None:
    if body is None or isinstance(body, bytes):
        return body
    if size is None:
        raise TypeError("a file needs body_size: its length is announced, never chunked")
    return FileBody(body, size)
