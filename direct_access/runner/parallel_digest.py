"""A digest computed beside a transfer, on another core: hashlib releases the GIL for large blocks."""

from __future__ import annotations

import errno
import hashlib
import os
import threading
import zlib
from typing import Protocol

from direct_access.model.checksum import Checksum

BLOCK_BYTES = 1 << 20
NEAR_BYTES = 4 * BLOCK_BYTES


class _Algorithm(Protocol):
    def update(self, data: memoryview, /) -> None: ...
    def hexdigest(self) -> str: ...


class _Crc32:
    def __init__(self) -> None:
        self._value = 0

    def update(self, data: memoryview, /) -> None:
        self._value = zlib.crc32(data, self._value)

    def hexdigest(self) -> str:
        return f"{self._value:08x}"


def is_known(algorithm: str) -> bool:
    """Whether digests of this name can be computed."""
    return algorithm == "crc32" or algorithm in hashlib.algorithms_available


def _algorithm(name: str) -> _Algorithm:
    return _Crc32() if name == "crc32" else hashlib.new(name, usedforsecurity=False)


class ParallelDigest:
    """Digests a file from its start while others write it, as far as it is complete; a context manager.

    The bytes are read back from the page cache, where they have just come to: parts of the file may have been
    written in any order, and by an earlier process.
    """

    def __init__(self, expected: Checksum | None, descriptor: int) -> None:
        """:raises ValueError: if the algorithm is unknown"""
        self._algorithm = _algorithm(expected.algorithm) if expected else None
        self._descriptor = descriptor
        self._readable = 0
        self._digested = 0
        self._is_over = False
        self._changed = threading.Condition()
        self._error: OSError | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> ParallelDigest:
        if self._algorithm:
            self._thread = threading.Thread(target=self._work, name="digest", daemon=True)
            self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._readable = 0
        self._end()

    def advance(self, position: int) -> None:
        """Say that all bytes before a position have been written."""
        if position > self._readable:
            with self._changed:
                self._readable = max(position, self._readable)
                self._changed.notify_all()

    def wait_until_near(self) -> None:
        """Let the digest come near to what has been written.

        A stream that is faster than the digest gains nothing by running ahead: in the end it would wait for
        it all the same, and what is read back at once is still in the cache of the processor.
        """
        if self._readable - self._digested > NEAR_BYTES and self._thread:
            with self._changed:
                self._changed.wait_for(lambda: self._readable - self._digested <= NEAR_BYTES or self._error)

    def finish(self) -> str | None:
        """Return the hexadecimal digest of all that was written, None if none is computed.

        :raises OSError: if it cannot be read back
        """
        self._end()
        if self._error:
            raise self._error
        return self._algorithm.hexdigest() if self._algorithm else None

    def _end(self) -> None:
        with self._changed:
            self._is_over = True
            self._changed.notify_all()
        if self._thread:
            self._thread.join()

    def _work(self) -> None:
        try:
            self._digest_all(memoryview(bytearray(BLOCK_BYTES)))
        except OSError as error:
            with self._changed:
                self._error = error
                self._changed.notify_all()

    def _digest_all(self, block: memoryview) -> None:
        assert self._algorithm
        while left := self._await_bytes():
            used = os.preadv(self._descriptor, [block[:left]], self._digested)
            if not used:
                raise OSError(errno.EIO, "the file became shorter while it was written")
            self._algorithm.update(block[:used])
            with self._changed:
                self._digested += used
                self._changed.notify_all()

    def _await_bytes(self) -> int:
        """Return how many bytes more may be read; 0 at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._readable > self._digested or self._is_over)
            return max(0, self._readable - self._digested)
