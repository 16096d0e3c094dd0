"""A body as it arrives."""

from __future__ import annotations

from direct_access.model.json_fields import integer
from direct_access.transport.http import HttpResponse


class BodyStream:
    """The body of an answer, read once from its first byte to its last.

    It has the shape of :class:`direct_access.services.protocol.Download`.
    """

    offset = 0
    checksum = None
    etag = None

    def __init__(self, response: HttpResponse) -> None:
        self._response = response
        self.size = self.end = integer(response.headers.get("Content-Length"))
        self.is_chunked = response.is_chunked

    def readinto(self, buffer: memoryview) -> int:
        """Read into the buffer; return the number of bytes, 0 at the end.

        :raises UnavailableError: if the connection breaks before the end
        """
        return self._response.readinto(buffer)

    def read(self) -> bytes:
        """Return the whole body.

        :raises ProtocolError: if it is longer than 64 MiB
        """
        return self._response.data

    def close(self) -> None:
        """Give up what has not been read."""
        self._response.close()

    def __enter__(self) -> BodyStream:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
