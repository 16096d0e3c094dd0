"""Content-Encoding (RFC 9110, 8.4), decoded within bounds.

We ask for none, and yet a server or a proxy may send one. urllib3 before 2.6 decodes a block whatever becomes
of it: 2 MB of gzip can be 2 GB.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

Decode = Callable[[bytes, int], bytes]
"""Takes the next bytes as sent, and how many to return at most; the rest is lost if more would come."""

_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS  # zlib.h, inflateInit2: tells them apart by their header
_ZLIB_CODINGS = ("gzip", "x-gzip", "deflate")


def decoder(coding: str) -> Decode:
    """Return the function that decodes a coding. It raises ValueError where bytes are not in that coding."""
    name = coding.strip().lower()
    if name in ("", "identity"):
        return lambda block, _longest: block
    return _inflating() if name in _ZLIB_CODINGS else _refusing


def _inflating() -> Decode:
    stream = zlib.decompressobj(_GZIP_OR_ZLIB)

    def decode(block: bytes, longest: int) -> bytes:
        nonlocal stream
        data = b""
        try:
            while block and len(data) < longest:
                if stream.eof:  # gzip may have several members (RFC 1952, 2.2)
                    stream = zlib.decompressobj(_GZIP_OR_ZLIB)
                data += stream.decompress(block, longest - len(data))
                block = stream.unused_data
        except zlib.error:
            raise ValueError("is damaged: it is not in its Content-Encoding") from None
        return data

    return decode


def _refusing(_block: bytes, _longest: int) -> bytes:
    raise ValueError("has a Content-Encoding that was not asked for")
