"""JSON documents over a pipe: four bytes of length, big-endian, then UTF-8."""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO

_LENGTH = struct.Struct(">I")


def write_frame(stream: BinaryIO, document: Any) -> None:
    """Write one document and flush."""
    body = json.dumps(document, separators=(",", ":")).encode()
    stream.write(_LENGTH.pack(len(body)) + body)
    stream.flush()


def read_frame(stream: BinaryIO) -> Any:
    """Return the next document.

    :raises EOFError: at the end of the stream, in the middle of a frame too
    """
    (length,) = _LENGTH.unpack(_read_exactly(stream, _LENGTH.size))
    return json.loads(_read_exactly(stream, length))


def _read_exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError("the other end has closed the pipe")
    return data
