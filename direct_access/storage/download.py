"""An object on its way out of a store."""

from __future__ import annotations

import re

from direct_access.errors import StoreError, UnavailableError
from direct_access.model.checksum import Checksum
from direct_access.model.json_fields import integer
from direct_access.storage.checksums import checksum_of, strong_etag
from direct_access.storage.refusals import unreachable
from direct_access.transport.http import HttpResponse

_CONTENT_RANGE = re.compile(r"bytes (?:(?P<first>\d+)-(?P<last>\d+)|\*)/(?P<size>\d+|\*)")


class ObjectDownload:
    """A stream of an object's bytes.

    :ivar size: bytes of the whole object, None where the store does not tell
    :ivar offset: position in the object at which the stream starts
    :ivar end: position behind its last byte, None where the store does not tell
    :ivar checksum: digest of the whole object, None where the store gives none
    :ivar etag: the object's ETag if it is a strong one
    :ivar is_chunked: whether the end of the stream shows without its length
    """

    def __init__(
        self,
        response: HttpResponse | None,
        name: str,
        *,
        size: int | None,
        offset: int,
        end: int | None,
        checksum: Checksum | None = None,
        etag: str | None = None,
    ) -> None:
        self._response = response
        self._name = name
        self.size = size
        self.offset = offset
        self.end = end
        self.checksum = checksum
        self.etag = etag
        self.is_chunked = response is not None and response.is_chunked

    def readinto(self, buffer: memoryview) -> int:
        """Read into the buffer; return the number of bytes, 0 at the end.

        :raises StoreError: if the connection breaks before the end; retryable
        """
        try:
            return self._response.readinto(buffer) if self._response else 0
        except UnavailableError as error:
            raise unreachable(error, self._name) from error

    def close(self) -> None:
        """Give up what has not been read."""
        if self._response:
            self._response.close()

    def __enter__(self) -> ObjectDownload:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def opened(response: HttpResponse, name: str) -> ObjectDownload:
    """Return the stream of a 200, or of a 206 from its ``Content-Range`` on (RFC 9110, 14.4).

    :raises StoreError: if a 206 does not say where it starts and ends
    """
    checksum, etag = checksum_of(response.headers), strong_etag(response.headers)
    if response.status != 206:
        length = response.headers.get("Content-Length", "")
        whole = integer(length)
        return ObjectDownload(response, name, size=whole, offset=0, end=whole, checksum=checksum, etag=etag)
    content_range = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    first, last = (
        (integer(content_range[key]) for key in ("first", "last")) if content_range else (None, None)
    )
    if not content_range or first is None or last is None or last < first:
        response.close()
        raise StoreError(
            "the store sent part of an object without saying which", subject=name, http_status=206
        )
    whole = integer(content_range["size"])
    return ObjectDownload(
        response, name, size=whole, offset=first, end=last + 1, checksum=checksum, etag=etag
    )


def size_of_unsatisfied_range(response: HttpResponse) -> int | None:
    """Return the size that a 416 tells (RFC 9110, 15.5.17), None if it does not: it need not."""
    content_range = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    return integer(content_range["size"]) if content_range else None


def nothing_left(name: str, size: int, etag: str | None = None) -> ObjectDownload:
    """Return the empty rest of an object that ends just at the offset asked for."""
    return ObjectDownload(None, name, size=size, offset=size, end=size, etag=etag)
