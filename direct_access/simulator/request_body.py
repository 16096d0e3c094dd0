"""The body of a request, plain or chunked (RFC 9112, sections 6 and 7)."""

from __future__ import annotations

import re
import time
from http.server import BaseHTTPRequestHandler
from io import BufferedIOBase

from direct_access.simulator.request_head import BadRequest, LineReader

BLOCK_BYTES = 1 << 20
MAX_CHUNK_LINE_BYTES = 1024
MAX_TRAILERS = 100
_CHUNK = re.compile(rb"(?P<size>[0-9A-Fa-f]{1,12})[ \t]*(;[^\x00-\x08\x0a-\x1f\x7f]*)?")


class BadBody(BadRequest):
    """The request's body is not what its headers said, or did not come in time."""


class RequestBody:
    """The body of a request, read when the application asks for it.

    ``100 Continue`` is sent at the first read (RFC 9110, 10.1.1), so that a refused upload costs nothing.

    :param longest_secs: how long :meth:`read_all`, or a line between chunks, may take: a client that sends a
        byte now and then is never idle, and would hold its thread for ever
    """

    def __init__(self, handler: BaseHTTPRequestHandler, longest_secs: float) -> None:
        self._handler = handler
        self._longest_secs = longest_secs
        self._deadline: float | None = None
        self._chunked = "Transfer-Encoding" in handler.headers
        self._expects_continue = (handler.headers.get("Expect") or "").lower() == "100-continue"
        self._left = 0 if self._chunked else int(handler.headers.get("Content-Length", "0"))
        self._chunk_left = 0
        self.finished = not self._chunked and self._left == 0
        self.started = False

    @property
    def length(self) -> int | None:
        """Bytes announced by Content-Length, None for a chunked body."""
        return None if self._chunked else self._left

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes, b"" at the end.

        :raises BadBody: 400 for a body cut short or wrong chunking, 408 for one that does not come
        """
        if self.finished:
            return b""
        self._start()
        try:
            return self._read_chunked(size) if self._chunked else self._read_plain(size)
        except TimeoutError as error:
            raise BadBody(408, "the request body did not come in time") from error
        except OSError as error:
            raise BadBody(400, "the connection broke within the request body") from error

    def read_all(self, limit: int) -> bytes:
        """Return the whole body.

        :raises BadBody: 413 if it is longer than ``limit`` bytes, and as :meth:`read`
        """
        self._deadline = time.monotonic() + self._longest_secs
        if (self.length or 0) > limit:
            raise BadBody(413, f"the request body is longer than {limit} bytes")
        parts = []
        total = 0
        while part := self.read(BLOCK_BYTES):
            parts.append(part)
            total += len(part)
            if total > limit:
                raise BadBody(413, f"the request body is longer than {limit} bytes")
        return b"".join(parts)

    def _start(self) -> None:
        if self._expects_continue and not self.started:
            self._handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self._handler.wfile.flush()
        self.started = True

    def _read_plain(self, size: int) -> bytes:
        data = self._take(min(size, self._left))
        if not data:
            raise BadBody(400, "the request body ended early")
        self._left -= len(data)
        self.finished = self._left == 0
        return data

    def _read_chunked(self, size: int) -> bytes:
        if self._chunk_left == 0:
            chunk = _CHUNK.fullmatch(self._line())
            if not chunk:
                raise BadBody(400, "wrong chunk size")
            self._chunk_left = int(chunk["size"], 16)
            if self._chunk_left == 0:
                self._skip_trailers()
                self.finished = True
                return b""
        data = self._take(min(size, self._chunk_left))
        if not data:
            raise BadBody(400, "the request body ended early")
        self._chunk_left -= len(data)
        if self._chunk_left == 0 and self._line() != b"":
            raise BadBody(400, "a chunk is longer than its size")
        return data

    def _skip_trailers(self) -> None:
        for _ in range(MAX_TRAILERS):
            if not self._line():
                return
        raise BadBody(400, f"there are more than {MAX_TRAILERS} trailers")

    def _line(self) -> bytes:
        deadline = self._deadline or time.monotonic() + self._longest_secs
        try:
            line = LineReader(self._source, deadline).line(MAX_CHUNK_LINE_BYTES)
        except BadRequest as error:
            raise BadBody(400, str(error)) from error
        if line is None:
            raise BadBody(400, "the request body ended early")
        return line

    def _take(self, size: int) -> bytes:
        if self._deadline is None:
            return self._source.read(size)
        if time.monotonic() > self._deadline:
            raise TimeoutError
        return self._source.read1(size)

    @property
    def _source(self) -> BufferedIOBase:
        return self._handler.rfile
