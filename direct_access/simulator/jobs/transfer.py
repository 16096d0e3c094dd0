"""HTTP between the quantum system and a store: bare requests, no redirects, only to allowed stores."""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import re
import ssl
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from urllib.parse import SplitResult, urlsplit
from xml.sax.saxutils import unescape

from direct_access.simulator.http import BLOCK_BYTES

TIMEOUT_SECS = 60.0
_PORTS = {"http": 80, "https": 443}
_XML_QUOTES = {"&quot;": '"', "&apos;": "'"}
MOST_ERROR_BYTES = 4096
MOST_MESSAGE_CHARS = 200
_S3_ERROR = (
    re.compile(rb"<Code>([A-Za-z0-9]{1,64})</Code>"),
    re.compile(rb"<Message>([\x20-\x3b\x3d-\x7e\s]+)</Message>"),
)


class TransferError(Exception):
    """An object could not be read or written. The text names no URL: its query is a credential."""


class HttpTransfer:
    """Reads and writes objects by URL.

    :param own_store: gives the base URL of the simulator's own store, to which loopback addresses with its
        port lead as well
    :param allowed_stores: ``HOST`` or ``HOST:PORT`` of further stores that may be asked; everything else is
        refused, or a job could make the simulator send requests to any server that it reaches
    :param tls: trust for https, None for the system's authorities
    """

    def __init__(
        self,
        own_store: Callable[[], str],
        allowed_stores: Collection[str] = (),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._own_store = own_store
        self._allowed_stores = frozenset(store.lower() for store in allowed_stores)
        self._tls = tls

    def check(self, url: str) -> None:
        """Look at a URL without asking it.

        :raises ValueError: if it is not an http(s) URL of a store that is allowed
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise ValueError("is not a valid URL") from error
        if parts.scheme not in _PORTS or not host or not url.isascii() or re.search(r"[\x00-\x20\x7f]", url):
            raise ValueError("is not an http or https URL")
        port = _PORTS[parts.scheme] if port is None else port
        if not {host, f"{host}:{port}"} & self._allowed_stores and not self._is_own(host, port):
            raise ValueError(f"points to {host}:{port}, which is not an allowed store (--allowed-store)")

    def _is_own(self, host: str, port: int) -> bool:
        own = urlsplit(self._own_store())
        return port == own.port and (host == own.hostname or _is_loopback(host))

    def get(self, url: str, destination: Path, headers: Mapping[str, str] | None = None) -> None:
        """Read an object into a file.

        :raises TransferError: for any answer but 200, and if the connection fails
        """
        with self._connection(url) as (connection, target), destination.open("wb") as file:
            connection.request("GET", target, headers=dict(headers or {}))
            response = connection.getresponse()
            _expect_success(response, (200,))
            while block := response.read(BLOCK_BYTES):
                file.write(block)
            if response.length:
                raise TransferError("the store sent less than it announced")

    def put(self, url: str, source: Path, headers: Mapping[str, str] | None = None) -> None:
        """Write a file as an object, without a Content-Type, as its signature may not cover one.

        :raises TransferError: for any answer but 200, 201 and 204, and if the connection fails
        """
        with self._connection(url) as (connection, target), source.open("rb") as file:
            connection.putrequest("PUT", target, skip_accept_encoding=True)
            connection.putheader("Content-Length", str(source.stat().st_size))
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            connection.endheaders()
            # A store that refuses answers before it has read everything; its answer says why.
            with contextlib.suppress(ConnectionError):
                connection.sock.sendfile(file)
            _expect_success(connection.getresponse(), (200, 201, 204))

    @contextlib.contextmanager
    def _connection(self, url: str) -> Iterator[tuple[http.client.HTTPConnection, str]]:
        try:
            self.check(url)
        except ValueError as error:
            raise TransferError(f"the URL {error}") from error
        parts = urlsplit(url)
        connection = self._connect(parts)
        try:
            yield connection, parts.path + (f"?{parts.query}" if parts.query else "")
        except (OSError, http.client.HTTPException) as error:
            raise TransferError(
                f"the store at {parts.netloc} failed: {error or type(error).__name__}"
            ) from error
        finally:
            connection.close()

    def _connect(self, parts: SplitResult) -> http.client.HTTPConnection:
        host = parts.hostname or ""
        if parts.scheme == "https":
            return http.client.HTTPSConnection(host, parts.port, timeout=TIMEOUT_SECS, context=self._tls)
        return http.client.HTTPConnection(host, parts.port, timeout=TIMEOUT_SECS)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _expect_success(response: http.client.HTTPResponse, statuses: Collection[int]) -> None:
    if response.status not in statuses:
        words = _words_of_store(response.read(MOST_ERROR_BYTES))
        raise TransferError(f"the store answered {response.status}{words}")


def _words_of_store(document: bytes) -> str:
    """Return code and message of an S3 error document, on one line and bounded; nothing that may be a URL."""
    code, message = (found[1].decode() if (found := part.search(document)) else "" for part in _S3_ERROR)
    words = " ".join(unescape(message, _XML_QUOTES).split()).rstrip(".")
    words = "" if re.search(r"://|X-Amz-|Signature=", words) else words
    return (f" {code}" if code else "") + (f": {words[:MOST_MESSAGE_CHARS]}" if words else "")
