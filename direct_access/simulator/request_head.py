"""The head of a request: request line and header fields (RFC 9112, sections 2 to 6).

Strict, as what two readers understand differently is how requests are smuggled: lines end with CRLF, nothing
is folded or repeated that must not be, and a body has one length. What is refused here closes the connection.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from email.message import Message
from io import BufferedIOBase

MAX_LINE_BYTES = 1 << 16
MAX_HEAD_BYTES = 1 << 17
MAX_FIELDS = 100

_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_REQUEST_LINE = re.compile(rf"(?P<method>{_NAME}) (?P<target>[^ ]+) HTTP/(?P<version>[0-9]\.[0-9])")
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x20\x7f]")
_FIELD = re.compile(rf"(?P<name>{_NAME}):[ \t]*(?P<value>[^\x00-\x08\x0a-\x1f\x7f]*)")
_ABSOLUTE = re.compile(r"https?://(?P<authority>[^/?#@]+)(?P<rest>[/?].*)?", re.IGNORECASE)
_SINGLE = ("host", "content-length", "transfer-encoding")


class BadRequest(Exception):
    """A request that means nothing, or more than one thing.

    :ivar status: of the answer
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Head:
    """What stands before the body.

    :param target: path and query exactly as sent; ``*`` for OPTIONS of the whole server
    :param authority: whom the client asks: of an absolute target, else ``Host``; empty in HTTP/1.0 without it
    :param keeps_alive: whether the client expects to use the connection again
    """

    method: str
    target: str
    headers: Message
    authority: str
    keeps_alive: bool


class LineReader:
    """Reads lines that end with CRLF, until a moment.

    :param deadline: on the monotonic clock; a client that sends a byte now and then is never idle
    """

    def __init__(self, source: BufferedIOBase, deadline: float) -> None:
        self._source = source
        self._deadline = deadline

    def line(self, limit_bytes: int, status_if_longer: int = 431) -> bytes | None:
        """Return a line without its end, None where the connection ends before it begins.

        :raises BadRequest: if it is too long, does not end with CRLF, or is cut short
        :raises TimeoutError: if it does not come in time
        """
        line = bytearray()
        while not line.endswith(b"\n"):
            if time.monotonic() > self._deadline:
                raise TimeoutError
            seen = self._source.peek(1)  # type: ignore[attr-defined]
            line += self._source.read(seen.find(b"\n") + 1 or len(seen))
            if len(line) > limit_bytes:
                raise BadRequest(status_if_longer, f"a line is longer than {limit_bytes} bytes")
            if not seen:
                if not line:
                    return None
                raise BadRequest(400, "the request ended within a line")
        if not line.endswith(b"\r\n") or line.count(b"\r") > 1:
            raise BadRequest(400, "a line does not end with CRLF, or holds a CR")
        return bytes(line[:-2])


def read_head(lines: LineReader) -> Head | None:
    """Return the head of the next request, None where the client has no more.

    :raises BadRequest: 400, 414, 431, 501 or 505
    :raises TimeoutError: if it does not come in time
    """
    line = lines.line(MAX_LINE_BYTES, 414)
    if line == b"":  # one empty line more than a client should send (RFC 9112, 2.2)
        line = lines.line(MAX_LINE_BYTES, 414)
    if line is None:
        return None
    parts = _REQUEST_LINE.fullmatch(line.decode("latin-1"))
    if not parts or _CONTROLS.search(parts["target"]):
        raise BadRequest(400, "the request line is malformed")
    if not parts["version"].startswith("1."):
        raise BadRequest(505, "this server speaks HTTP/1.1")
    headers = _read_fields(lines)
    is_1_0 = parts["version"] == "1.0"
    _check_fields(headers, is_1_0)
    target, authority = _addressed(parts["method"], parts["target"], str(headers.get("Host", "")).strip())
    options = {option.strip().lower() for option in ",".join(headers.get_all("Connection", [])).split(",")}
    keeps_alive = "keep-alive" in options if is_1_0 else "close" not in options
    return Head(parts["method"], target, headers, authority, keeps_alive)


def _read_fields(lines: LineReader) -> Message:
    headers = Message()
    left = MAX_HEAD_BYTES
    while line := lines.line(min(left, MAX_LINE_BYTES)):
        field = _FIELD.fullmatch(line.decode("latin-1"))
        if not field:
            raise BadRequest(400, "a header field is malformed, or folded over lines")
        headers[field["name"]] = field["value"].rstrip(" \t")
        left -= len(line) + 2
        if len(headers) > MAX_FIELDS:
            raise BadRequest(431, f"there are more than {MAX_FIELDS} header fields")
    if line is None:
        raise BadRequest(400, "the request ended within its head")
    return headers


def _check_fields(headers: Message, is_1_0: bool) -> None:
    """Refuse what would make the end of the body, or whom the request is for, a matter of opinion."""
    for name in _SINGLE:
        if len(headers.get_all(name, [])) > 1:
            raise BadRequest(400, f"there is more than one {name}")
    if not is_1_0 and "host" not in headers:
        raise BadRequest(400, "there is no Host")
    if "transfer-encoding" in headers:
        if is_1_0 or "content-length" in headers:
            raise BadRequest(400, "Transfer-Encoding in HTTP/1.0 or beside a Content-Length")
        if headers["transfer-encoding"].lower() != "chunked":
            raise BadRequest(501, "of the transfer codings this server knows chunked only")
    elif not re.fullmatch(r"[0-9]{1,18}", headers.get("content-length", "0")):
        raise BadRequest(400, "Content-Length is not a valid number")


def _addressed(method: str, target: str, host: str) -> tuple[str, str]:
    """Return path and query, and whom the request is for (RFC 9112, 3.2 and 3.3)."""
    if target.startswith("/") or (target, method) == ("*", "OPTIONS"):
        return target, host
    absolute = _ABSOLUTE.fullmatch(target)
    if not absolute:
        raise BadRequest(400, "the target is neither a path nor an http URL")
    rest = absolute["rest"] or "/"
    return (rest if rest.startswith("/") else f"/{rest}"), absolute["authority"]
