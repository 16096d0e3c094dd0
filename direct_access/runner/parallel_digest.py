"""A digest computed beside the transfer, on another core: hashlib releases the GIL for large blocks."""

from __future__ import annotations

import hashlib
import queue
import threading
import zlib
from typing import Protocol

from direct_access.services.protocol import Checksum

BLOCK_BYTES = 1 << 20
BLOCKS_IN_FLIGHT = 4


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


def _algorithm(name: str) -> _Algorithm:
    return _Crc32() if name == "crc32" else hashlib.new(name, usedforsecurity=False)


class Digester:
    """Lends blocks to fill, and digests those given back in order; at most four blocks exist."""

    def __init__(self, expected: Checksum | None) -> None:
        self._algorithm = _algorithm(expected.algorithm) if expected else None
        self._free: queue.SimpleQueue[bytearray] = queue.SimpleQueue()
        self._full: queue.SimpleQueue[tuple[bytearray, int] | None] = queue.SimpleQueue()
        self._blocks = 0
        self._thread = threading.Thread(target=self._work, name="digest", daemon=True)
        self._thread.start()

    def block(self) -> bytearray:
        """Return a block that nobody reads any more."""
        if self._blocks < BLOCKS_IN_FLIGHT and self._free.empty():
            self._blocks += 1
            return bytearray(BLOCK_BYTES)
        return self._free.get()

    def give_back(self, block: bytearray, used: int) -> None:
        """Digest the first ``used`` bytes of a block."""
        self._full.put((block, used))

    def finish(self) -> str | None:
        """Return the hexadecimal digest, None if none was expected; to be called once."""
        self._full.put(None)
        self._thread.join()
        return self._algorithm.hexdigest() if self._algorithm else None

    def _work(self) -> None:
        while (item := self._full.get()) is not None:
            block, used = item
            if self._algorithm:
                self._algorithm.update(memoryview(block)[:used])
            self._free.put(block)
