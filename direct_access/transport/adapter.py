"""An adapter and a session of requests that use our connections and raise our errors.

This is the border to the library: what it would read from the environment, trust, or change in a URL is
switched off here, and its exceptions become ours in :meth:`Adapter.send`.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any

from requests import PreparedRequest, RequestException, Response, Session
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from requests.structures import CaseInsensitiveDict
from urllib3 import BaseHTTPResponse, HTTPConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.util import Retry

from direct_access.clock import Clock, rfc3339
from direct_access.config.settings import NetworkSettings
from direct_access.errors import DirectAccessError
from direct_access.transport.body import FileBody
from direct_access.transport.failures import failure, refused_by_proxy, root_cause
from direct_access.transport.pools import ConnectionPools, pool_manager
from direct_access.transport.proxy import Proxy, proxy_for
from direct_access.transport.route import route_to
from direct_access.transport.server_date import wrong_clock
from direct_access.transport.tls import client_context
from direct_access.transport.tls_failures import is_about_dates, time_failure

NO_RETRIES = Retry(total=False)  # whose errors come as they are; 0 would wrap them


class Adapter(HTTPAdapter):
    """Sends by the configuration alone, through connection pools that sessions share."""

    def __init__(self, network: NetworkSettings, pools: ConnectionPools, clock: Clock) -> None:
        self._network = network
        self._pools = pools
        self._clock = clock
        super().__init__(max_retries=NO_RETRIES)

    def init_poolmanager(self, *_: Any, **__: Any) -> None:
        """Make no pools: we have our own."""

    def close(self) -> None:
        """Do nothing: the pools belong to the client."""

    def get_connection_with_tls_context(
        self, request: PreparedRequest, *_: Any, **__: Any
    ) -> HTTPConnectionPool:
        """Return the pool whose connections lead to the server of a request."""
        return self._pools.pool_for(request.url or "")

    def cert_verify(self, *_: Any, **__: Any) -> None:
        """Add no authorities: requests would trust those of certifi beside ours."""

    def request_url(self, request: PreparedRequest, proxies: Any) -> str:
        """Return the request target: a whole URL where plain HTTP goes through a proxy (RFC 9112, 3.2.2)."""
        proxy = proxy_for(request.url or "", self._network)
        return super().request_url(request, {"all": proxy.url} if proxy else {})

    def build_response(self, req: PreparedRequest, resp: BaseHTTPResponse) -> Response:
        """Return an answer without parsing its cookies and its encoding."""
        response = Response()
        response.request, response.url = req, req.url or ""
        response.status_code, response.headers = resp.status, CaseInsensitiveDict(resp.headers)
        response.raw = resp
        return response

    def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:
        """Send a request.

        :raises DirectAccessError: if no answer comes, or a proxy refuses
        """
        url = request.url or ""
        proxy = proxy_for(url, self._network)
        try:
            response = super().send(request, *args, **options)
        except (HTTPError, RequestException) as error:
            inner = _of_urllib3(error)
            raise self._failure(inner, url, proxy) from inner
        if response.status_code == 407:
            response.close()
            raise refused_by_proxy(response.status_code, route_to(url, proxy))
        return response

    def _failure(self, error: BaseException, url: str, proxy: Proxy | None) -> DirectAccessError:
        route = route_to(url, proxy)
        cause = root_cause(error)
        if isinstance(cause, ssl.SSLCertVerificationError) and is_about_dates(cause):
            clock_fault = self._clock_fault(url, proxy)
            return time_failure(cause, route, clock_fault, rfc3339(self._clock.wall()))
        return failure(error, route)

    def _clock_fault(self, url: str, proxy: Proxy | None) -> str | None:
        """Ask a server whose certificate seems to have expired what time it is; nothing of ours is sent."""
        manager = pool_manager(self._network, proxy, client_context(self._network, check_time=False))
        try:
            answer = manager.connection_from_url(url).urlopen("HEAD", "/", redirect=False)
        except HTTPError:
            return None
        finally:
            manager.clear()
        return wrong_clock(answer.headers, self._clock)


def _of_urllib3(error: HTTPError | RequestException) -> BaseException:
    """Return what urllib3 raised: requests keeps it as the argument of an exception of its own."""
    inner = error.args[0] if isinstance(error, RequestException) and error.args else error
    return inner if isinstance(inner, BaseException) else error


class _NoCookies(RequestsCookieJar):
    """A cookie jar that stays empty, and parses nothing."""

    def extract_cookies(self, response: Any, request: Any) -> None:
        """Do nothing."""


class PlainSession(Session):
    """A session that adds nothing to a request, keeps nothing of an answer, and follows no redirect."""

    def __init__(self, network: NetworkSettings, pools: ConnectionPools, clock: Clock) -> None:
        super().__init__()
        self._network = network
        self.trust_env = False
        self.cookies = _NoCookies()
        adapter = Adapter(network, pools, clock)
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def get_redirect_target(self, resp: Response) -> str | None:
        """Return None, so that nobody reads the body of a redirect, which can be of any length."""
        return None

    def exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | FileBody | None = None,
        read_timeout_secs: float | None = None,
    ) -> BaseHTTPResponse:
        """Send a request as it is given, and return the answer with its body unread.

        :param headers: with ``Content-Length`` where there is a body, which is sent chunked otherwise
        :param read_timeout_secs: longest time without a byte of the answer, instead of the configured one
        :raises DirectAccessError: if no answer comes, or a proxy refuses
        """
        # Request.prepare() would quote the URL anew, which breaks signatures, and take credentials from it.
        request = PreparedRequest()
        request.method, request.url = method, url
        request.headers = CaseInsensitiveDict(headers)
        request.body = body  # type: ignore[assignment]
        timeout = (self._network.connect_timeout_secs, read_timeout_secs or self._network.read_timeout_secs)
        answer = self.send(request, stream=True, allow_redirects=False, proxies={}, timeout=timeout)
        raw: BaseHTTPResponse = answer.raw
        return raw
