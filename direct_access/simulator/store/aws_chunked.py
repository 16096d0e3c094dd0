"""The ``aws-chunked`` content coding, signed or not, with or without trailers.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Generator, Iterator

from direct_access.simulator.http import BLOCK_BYTES
from direct_access.simulator.store.authentication import ChunkSigner
from direct_access.simulator.store.errors import StoreError

_CHUNK_HEADER = re.compile(rb"(?P<size>[0-9a-fA-F]{1,16})(?:;chunk-signature=(?P<signature>[0-9a-f]{64}))?")
_TRAILER_SIGNATURE = "x-amz-trailer-signature"
_MAX_LINE_BYTES = 8192


class AwsChunkedBody:
    """Decodes a body and keeps its trailers.

    :param read: returns up to so many bytes of the body as sent, b"" at its end
    :param signer: None for a body whose chunks are not signed
    """

    def __init__(self, read: Callable[[int], bytes], signer: ChunkSigner | None) -> None:
        self._source = _Buffered(read)
        self._signer = signer
        self.trailers: dict[str, str] = {}

    def blocks(self) -> Iterator[bytes]:
        """Yield the content; afterwards ``trailers`` is filled.

        :raises StoreError: IncompleteBody, SignatureDoesNotMatch
        """
        while (yield from self._chunk()):
            if self._source.line() != b"":
                raise StoreError("IncompleteBody", "A chunk of the aws-chunked body is longer than it says.")
        self._read_trailers()

    def _chunk(self) -> Generator[bytes, None, int]:
        header = _CHUNK_HEADER.fullmatch(self._source.line() or b"")
        if not header or (self._signer and not header["signature"]):
            raise StoreError("IncompleteBody", "A chunk of the aws-chunked body has no valid header.")
        left = size = int(header["size"], 16)
        digest = hashlib.sha256()
        while left:
            block = self._source.read(min(left, BLOCK_BYTES))
            left -= len(block)
            if self._signer:
                digest.update(block)
            yield block
        if self._signer and self._signer.expect_chunk(digest.hexdigest()) != header["signature"].decode():
            raise StoreError("SignatureDoesNotMatch", "The signature of a chunk does not match.")
        return size

    def _read_trailers(self) -> None:
        while (line := self._source.line()) is not None:
            name, colon, value = line.decode("latin-1").partition(":")
            if colon:
                self.trailers[name.strip().lower()] = value.strip()
        signature = self.trailers.pop(_TRAILER_SIGNATURE, "")
        if self._signer and self.trailers:
            text = "".join(f"{name}:{value}\n" for name, value in sorted(self.trailers.items()))
            if self._signer.expect_trailer(hashlib.sha256(text.encode()).hexdigest()) != signature:
                raise StoreError("SignatureDoesNotMatch", "The signature of the trailers does not match.")


class _Buffered:
    """Lines and blocks of a body."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._buffer = b""

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes, at least one."""
        if self._buffer:
            block, self._buffer = self._buffer[:size], self._buffer[size:]
            return block
        block = self._read(size)
        if not block:
            raise StoreError("IncompleteBody", "The aws-chunked body ended early.")
        return block

    def line(self) -> bytes | None:
        """Return the next line without its end, None at the end of the body."""
        while b"\n" not in self._buffer:
            more = self._read(_MAX_LINE_BYTES)
            self._buffer += more
            if not more:
                break
            if len(self._buffer) > 2 * _MAX_LINE_BYTES:
                raise StoreError("IncompleteBody", "A line of the aws-chunked body is too long.")
        if not self._buffer:
            return None
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.removesuffix(b"\r")
