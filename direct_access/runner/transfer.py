"""Move the bytes of one object into an open file: by one connection, or by several where one is slow.

What may be put together is decided here: the answers of a server belong to one object if its ETag
(RFC 9110, 8.8.3) and its length say so, or if the digest of the whole will decide in the end.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from typing import Protocol

from direct_access.errors import DirectAccessError, StoreError, UnavailableError
from direct_access.light_dataclass import dataclass
from direct_access.retry.policies import RESUME
from direct_access.runner.download_bounds import DownloadBounds, Speed
from direct_access.runner.parallel_digest import BLOCK_BYTES, ParallelDigest
from direct_access.runner.part_map import MapWriter, Part, PartMap
from direct_access.runner.stored_object import object_of
from direct_access.runner.workers import Stopped, Workers
from direct_access.services.protocol import Download

MOST_RESUMPTIONS = (RESUME.attempts or 1) - 1
PRECONDITION_FAILED = 412


class Opener(Protocol):
    """Opens an object from an offset on, to an end, if its ETag is still the one given."""

    def __call__(self, offset: int = 0, etag: str | None = None, end: int | None = None) -> Download: ...


Pause = Callable[[int, DirectAccessError], None]
"""Called before each resumption with its number; raises when there shall be none."""


class WrongBytes(StoreError):
    """Digest or length is not what the store says."""


class StartAgain(Exception):
    """What is on disk may be of another object than what would come now."""

    def __init__(self, cause: DirectAccessError, part: Part) -> None:
        super().__init__(str(cause))
        self.cause = cause
        self.failures = part.failures


class _RangeIgnored(Exception):
    """The server sent another range than it was asked for."""


@dataclass(frozen=True)
class PartialFile:
    """Where the bytes go.

    :param name: of the file, for messages
    :param digest: follows what is written
    :param map_writer: hears of what is written
    """

    descriptor: int
    name: str
    digest: ParallelDigest
    map_writer: MapWriter


class Transfer:
    """Fetches what is missing of one object."""

    def __init__(
        self,
        open_at: Opener,
        file: PartialFile,
        part_map: PartMap,
        pause: Pause,
        bounds: DownloadBounds,
    ) -> None:
        self._open_at = open_at
        self._file = file
        self._map = part_map
        self._pause = pause
        self._bounds = bounds
        self._speed = Speed(bounds)
        self._may_divide = False

    def run(self, first: Download | None, *, in_parts: bool) -> None:
        """Fetch everything.

        :param first: the object, opened at its start; None where an earlier process has fetched some of it
        :param in_parts: whether several connections may be used
        :raises StartAgain: if what is on disk cannot be put together with the rest
        """
        self._may_divide = in_parts and self._bounds.connections > 1 and self._map.found.is_identified
        if self._by_one_connection(first):
            return
        try:
            self._by_several()
        except _RangeIgnored:
            self._map.unite()
            self._may_divide = False
            self._by_one_connection(None)

    def _by_one_connection(self, first: Download | None) -> bool:
        """Fetch part after part; return False if the rest had better be fetched by several connections."""
        stream = first
        for part in self._map.missing or [self._nothing()]:
            while True:
                try:
                    is_done = self._copy_rest(part, stream or self._reopened(part))
                    break
                except (UnavailableError, StoreError) as error:
                    if error.retryable and self._map.found.etag is None and self._map.found.checksum is None:
                        raise StartAgain(error, part) from error
                    part.failures = resume_after(part.failures, error, self._pause)
                finally:
                    stream = None
            if not is_done:
                return False
        return True

    def _copy_rest(self, part: Part, stream: Download) -> bool:
        """Fetch the rest of a part; return False if it had better be fetched by several connections."""
        block = memoryview(bytearray(BLOCK_BYTES))
        with stream:
            self._skip(stream, part)
            while self._copy_block(stream, part, block):
                self._file.digest.wait_until_near()
                if self._may_divide and self._is_worth_dividing():
                    return False
            self._end(stream, part)
        return True

    def _nothing(self) -> Part:
        """Return the empty end of a file that is complete: whether the object is still the same is asked."""
        size = self._map.found.size
        return Part(size or 0, size, size or 0)

    def _is_worth_dividing(self) -> bool:
        return self._speed.is_slow and self._map.missing_bytes >= self._bounds.part_bytes

    def _by_several(self) -> None:
        connections, missing = self._bounds.connections, self._map.missing_bytes
        rounds = math.ceil(missing / (connections * self._bounds.part_bytes))
        self._map.divide(math.ceil(missing / (connections * rounds)))  # so that all end at the same time
        with Workers(connections, self._fetch_part) as workers:
            workers.do(self._map.missing, self._resume_part_after)

    def _fetch_part(self, part: Part, stopped: Stopped) -> None:
        """Fetch one part, in a thread of its own."""
        block = memoryview(bytearray(BLOCK_BYTES))
        with self._reopened(part) as source:
            if source.etag is None or (source.offset, source.end) != (part.position, part.end):
                raise _RangeIgnored
            while not stopped() and self._copy_block(source, part, block):
                pass
            if not stopped():
                self._end(source, part)

    def _resume_part_after(self, part: Part, error: BaseException) -> None:
        if not isinstance(error, (UnavailableError, StoreError)):
            raise error
        part.failures = resume_after(part.failures, error, self._pause)

    def _reopened(self, part: Part) -> Download:
        """Open the object where a part goes on.

        :raises StartAgain: if it has been replaced meanwhile
        """
        found = self._map.found
        changed = StoreError(f"{self._file.name} was replaced while it was read", retryable=True)
        end = None if part.end == found.size else part.end
        try:
            stream = self._open_at(part.position, found.etag, end)
        except StoreError as error:
            if error.http_status == PRECONDITION_FAILED:
                raise StartAgain(changed, part) from error
            raise
        if not found.is_surely(object_of(stream)):
            stream.close()
            raise StartAgain(changed, part)
        return stream

    def _copy_block(self, source: Download, part: Part, block: memoryview) -> bool:
        """Write one block; return False at the end of the part, or of what the server sends."""
        wanted = part.wanted(len(block))
        if not wanted:
            return False
        began = time.monotonic()
        used = source.readinto(block[:wanted])
        self._speed.count(used, time.monotonic() - began)
        _write_all(self._file.descriptor, block[:used], part.position)
        part.position += used
        self._file.digest.advance(self._map.prefix)
        self._file.map_writer.written(used)
        return used > 0

    def _end(self, source: Download, part: Part) -> None:
        """Make sure that a part is what the server has of it.

        :raises WrongBytes: if less came
        :raises StartAgain: if more came: nobody knows then what they are
        """
        if part.end is None:
            part.end = part.position
            return
        if not part.is_complete:
            raise _wrong_length(self._file.name, part.position, part.end)
        is_all_that_was_asked = part.end == self._map.found.size or source.end == part.end
        if is_all_that_was_asked and source.readinto(memoryview(bytearray(1))):
            raise StartAgain(_wrong_length(self._file.name, part.position + 1, part.end), part)

    def _skip(self, stream: Download, part: Part) -> None:
        """Pass over what is on disk already, where the server ignored the range (RFC 9110, 14.2)."""
        left = part.position - stream.offset
        scratch = memoryview(bytearray(max(0, min(left, BLOCK_BYTES))))
        while left > 0:
            used = stream.readinto(scratch[:left])
            if not used:
                raise _wrong_length(self._file.name, part.position - left, part.position)
            left -= used


def resume_after(failures: int, broken: DirectAccessError, pause: Pause) -> int:
    """Pause before the next attempt, if there is to be one, and return its number.

    :raises DirectAccessError: what broke the last one, if it was the last
    """
    if failures == MOST_RESUMPTIONS or not broken.retryable:
        raise broken
    pause(failures + 1, broken)
    return failures + 1


def _write_all(descriptor: int, data: memoryview, position: int) -> None:
    while data:
        count = os.pwrite(descriptor, data, position)
        data, position = data[count:], position + count


def _wrong_length(name: str, found: int, expected: int) -> WrongBytes:
    return WrongBytes(
        f"{name}: {found} bytes arrived, the store says {expected}", subject=name, retryable=True
    )
