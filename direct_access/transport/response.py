"""An answer, in memory or as a stream."""

from __future__ import annotations

from http.client import HTTPException
from http.client import HTTPResponse as Incoming
from typing import cast

from urllib3 import BaseHTTPResponse, HTTPHeaderDict
from urllib3.exceptions import HTTPError

from direct_access.errors import DirectAccessError, ProtocolError, UnavailableError
from direct_access.transport.content_coding import decoder
from direct_access.transport.failures import failure
from direct_access.transport.route import Route, without_query

MAX_DATA_BYTES = 64 << 20
BLOCK_BYTES = 1 << 16


class HttpResponse:
    """The status, the headers, and the body of an answer.

    :ivar status: any, also 3xx to 5xx: what they mean is the caller's business
    :ivar headers: names in any case
    :ivar url_without_query: of the request, fit for messages
    """

    def __init__(self, raw: BaseHTTPResponse, url: str, route: Route) -> None:
        self.status: int = raw.status
        self.headers: HTTPHeaderDict = raw.headers
        self.url_without_query = without_query(url)
        self._raw = raw
        self._route = route
        self._data: bytes | None = None
        self._left = raw.length_remaining

    @property
    def is_chunked(self) -> bool:
        """Whether the body is chunked, so that its end is known without a length (RFC 9112, 7.1)."""
        return bool(self.headers.get("Transfer-Encoding", "").lower() == "chunked")

    @property
    def data(self) -> bytes:
        """The body, decoded (Content-Encoding), read when first asked for; the connection is free afterwards.

        :raises ProtocolError: if it is longer than 64 MiB: objects are streams
        :raises UnavailableError: if the connection breaks before its end
        """
        if self._data is None:
            self._data = self._read_all()
        return self._data

    def _read_all(self) -> bytes:
        decode = decoder(self.headers.get("Content-Encoding", ""))
        data = bytearray()
        try:
            while block := self._raw.read(BLOCK_BYTES, decode_content=False):
                data += decode(block, MAX_DATA_BYTES + 1 - len(data))
                if len(data) > MAX_DATA_BYTES:
                    raise self._unusable(f"is longer than {MAX_DATA_BYTES} bytes")
        except HTTPError as error:
            raise self._failed(error) from error
        except ValueError as error:
            raise self._unusable(str(error)) from error
        self._raw.release_conn()
        return bytes(data)

    def _unusable(self, why: str) -> ProtocolError:
        self.close()
        return ProtocolError(
            f"the answer of {self.url_without_query} {why}",
            subject=self._route.host,
            http_status=self.status,
        )

    def readinto(self, buffer: memoryview) -> int:
        """Read body bytes as sent into the buffer; return their number, 0 at the end of the whole body.

        :raises UnavailableError: if the connection breaks before the end that ``Content-Length`` announced
        """
        try:
            count = self._incoming.readinto(buffer)
        except (HTTPException, OSError) as error:
            self.close()
            raise self._failed(error) from error
        if count == 0 and len(buffer):
            self._finish()
        elif self._left is not None:
            self._left -= count
        return count

    @property
    def _incoming(self) -> Incoming:
        # urllib3's own readinto copies every byte once more (a quarter of the time of a large download).
        return cast(Incoming, self._raw._original_response)  # type: ignore[attr-defined]

    def _finish(self) -> None:
        if self._left:
            self.close()
            raise UnavailableError(
                f"{self._route} closed the connection {self._left} bytes before the end",
                subject=self._route.host,
                retryable=True,
            )
        self._raw.release_conn()

    def close(self) -> None:
        """Give up what has not been read; after the end this only hands the connection back."""
        if not self._incoming.isclosed():
            self._raw.close()
        self._raw.release_conn()

    def __enter__(self) -> HttpResponse:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _failed(self, error: Exception) -> DirectAccessError:
        return failure(error, self._route)


def unexpected_redirect(response: HttpResponse) -> ProtocolError:
    """Return the error for a 3xx answer: we follow none, since credentials would go along.

    The message does not say where it points to: a redirect of a store may be a presigned URL.
    """
    return ProtocolError(
        f"{response.url_without_query} answered with a redirect (HTTP {response.status}), not followed",
        subject=response.url_without_query,
        http_status=response.status,
        advice="configure the URL that the service really has",
    )
