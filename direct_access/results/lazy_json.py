"""JSON (RFC 8259) read from a mapped file, where what is long stays in the file until it is needed.

A results document is a small tree with a few very long leaves: base64 of arrays, or lists of samples. The
tree is read here; the leaves become :class:`LongText` and :class:`LongArray`, which read piece by piece.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Protocol

from direct_access.light_dataclass import dataclass

LONG_BYTES = 1 << 16
PIECE_BYTES = 1 << 20
MAX_DEPTH = 100

_SPACE = re.compile(rb"[ \t\n\r]*")
_PLAIN_TEXT = re.compile(rb'"[^"\\\x00-\x1f]*"')
_ANY_TEXT = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"')
_WORD = re.compile(rb"[-+.\w]+")


class Buffer(Protocol):
    """Bytes that can be searched: bytes, or a mapped file."""

    def __len__(self) -> int: ...
    def __getitem__(self, key: slice, /) -> bytes: ...
    def find(self, sub: bytes, start: int = ..., end: int = ..., /) -> int: ...
    def rfind(self, sub: bytes, start: int = ..., end: int = ..., /) -> int: ...


@dataclass(frozen=True)
class LongText:
    """A string without escapes, still in the file."""

    buffer: Buffer
    start: int
    end: int

    def pieces(self) -> Iterator[bytes]:
        """Yield the string's bytes; all pieces but the last have a length that 4 divides."""
        for start in range(self.start, self.end, PIECE_BYTES):
            yield self.buffer[start : min(start + PIECE_BYTES, self.end)]

    def __str__(self) -> str:
        return self.buffer[self.start : self.end].decode("utf-8")


@dataclass(frozen=True)
class LongArray:
    """An array of scalars, still in the file. It can be iterated over again and again."""

    buffer: Buffer
    start: int
    end: int

    def __iter__(self) -> Iterator[Any]:
        start = self.start
        while start < self.end:
            stop = self._cut(start)
            yield from json.loads(b"[%b]" % self.buffer[start:stop])
            start = stop + 1

    def _cut(self, start: int) -> int:
        """Return the position of a comma between items, about a piece away, or the end."""
        stop = start + PIECE_BYTES
        if stop >= self.end:
            return self.end
        stop = self.buffer.rfind(b",", start, stop)
        while stop > start and self.buffer[start:stop].count(b'"') % 2:
            stop = self.buffer.rfind(b",", start, stop)
        return stop if stop > start else self.end


def parse(buffer: Buffer) -> Any:
    """Return the document in a buffer.

    :raises ValueError: if it is not JSON; the message says where
    """
    value, position = _value(buffer, _skip(buffer, 0), 0)
    position = _skip(buffer, position)
    if position != len(buffer):
        raise ValueError(f"unexpected data after the document, at byte {position}")
    return value


def _value(buffer: Buffer, position: int, depth: int) -> tuple[Any, int]:
    """Return the value at a position, and the position behind it."""
    if depth > MAX_DEPTH:
        raise ValueError(f"nested deeper than {MAX_DEPTH} levels, at byte {position}")
    first = buffer[position : position + 1]
    if first == b"{":
        return _object(buffer, position + 1, depth + 1)
    if first == b"[":
        return _scalars(buffer, position) or _array(buffer, position + 1, depth + 1)
    if first == b'"':
        return _text(buffer, position)
    if match := _WORD.match(buffer, position):  # type: ignore[call-overload]  # any buffer will do
        return _decoded(match[0], position), match.end()
    raise ValueError(f"no JSON value at byte {position}")


def _object(buffer: Buffer, position: int, depth: int) -> tuple[dict[str, Any], int]:
    items: dict[str, Any] = {}
    position = _skip(buffer, position)
    if buffer[position : position + 1] == b"}":
        return items, position + 1
    while True:
        name, position = _text(buffer, position)
        position = _expect(buffer, position, b":")
        items[str(name)], position = _value(buffer, position, depth)
        position, ended = _next(buffer, position, b"}")
        if ended:
            return items, position


def _array(buffer: Buffer, position: int, depth: int) -> tuple[list[Any], int]:
    items: list[Any] = []
    position = _skip(buffer, position)
    if buffer[position : position + 1] == b"]":
        return items, position + 1
    while True:
        item, position = _value(buffer, position, depth)
        items.append(item)
        position, ended = _next(buffer, position, b"]")
        if ended:
            return items, position


def _scalars(buffer: Buffer, position: int) -> tuple[list[Any] | LongArray, int] | None:
    """Return an array that holds only scalars, by the C parser or unread; None if it may hold more."""
    end = buffer.find(b"]", position)
    if end < 0 or any(buffer.find(mark, position + 1, end) >= 0 for mark in (b"[", b"{", b"\\")):
        return None
    pieces = range(position, end, PIECE_BYTES)
    if sum(buffer[start : min(start + PIECE_BYTES, end)].count(b'"') for start in pieces) % 2:
        return None  # the bracket that was found stands in a string
    if end - position > LONG_BYTES:
        return LongArray(buffer, position + 1, end), end + 1
    return _decoded(buffer[position : end + 1], position), end + 1


def _text(buffer: Buffer, position: int) -> tuple[str | LongText, int]:
    match = _PLAIN_TEXT.match(buffer, position)  # type: ignore[call-overload]
    if match and match.end() - position > LONG_BYTES:
        return LongText(buffer, position + 1, match.end() - 1), match.end()
    match = match or _ANY_TEXT.match(buffer, position)  # type: ignore[call-overload]
    if not match:
        raise ValueError(f"no complete string at byte {position}")
    return _decoded(match[0], position), match.end()


def _decoded(text: bytes, position: int) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValueError(f"no JSON value at byte {position}") from error


def _skip(buffer: Buffer, position: int) -> int:
    match = _SPACE.match(buffer, position)  # type: ignore[call-overload]
    return int(match.end())


def _expect(buffer: Buffer, position: int, mark: bytes) -> int:
    position = _skip(buffer, position)
    if buffer[position : position + 1] != mark:
        raise ValueError(f"{mark.decode()!r} expected at byte {position}")
    return _skip(buffer, position + 1)


def _next(buffer: Buffer, position: int, closing: bytes) -> tuple[int, bool]:
    """Return the position behind a comma or the closing bracket, and whether it was that."""
    position = _skip(buffer, position)
    if buffer[position : position + 1] == closing:
        return position + 1, True
    return _expect(buffer, position, b","), False
