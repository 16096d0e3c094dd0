"""Bring one object to disk: streamed, resumed where it broke off, verified and fsynced.

What a dead process left of a download is gone on with: its bytes are digested like those that arrive, and the
digest of the whole decides. Without a digest from the store, a download starts at the first byte.

A download that broke off is resumed only where it is sure that the object is still the same: by its ETag
(RFC 9110, 8.8.3), or by the digest of the whole. Else it starts again.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from direct_access import run_files
from direct_access.errors import (
    DirectAccessError,
    LocalStorageError,
    NotFoundError,
    StoreError,
    UnavailableError,
)
from direct_access.retry.policies import RESUME
from direct_access.runner.parallel_digest import BLOCK_BYTES, Digester
from direct_access.runner.stored_object import StoredObject, object_of
from direct_access.services.protocol import Checksum, Download

MOST_RESUMPTIONS = (RESUME.attempts or 1) - 1
PRECONDITION_FAILED = 412

Opener = Callable[[int, "str | None"], Download]
"""Opens an object from an offset on, if its ETag is still the one given."""

Pause = Callable[[int, DirectAccessError], None]


@dataclass(frozen=True)
class Downloaded:
    """A file on disk that is what the store holds.

    :param checksum: the digest that it was compared with, None where the store gave none
    :param verified_by: the algorithm of the digest; ``length``; ``chunked`` if the server told no length, but
        marks the end of what it sends; None if a connection that is closed early looks like the end
    """

    path: Path
    size_bytes: int
    checksum: Checksum | None
    verified_by: str | None


def download(open_at: Opener, path: Path, pause: Pause) -> Downloaded:
    """Write an object to ``path``, starting again at the byte where the connection broke, or a process died.

    :param pause: called before each resumption with its number; raises when there shall be none
    :raises StoreError: if length or digest differ from what the store says
    :raises LocalStorageError: if the disk is full or fails
    :raises OutputError: if there is something else in the place of the file

    The file is removed if it is wrong, or the disk is full; if the store is away, it is kept to go on with.
    """
    try:
        descriptor = run_files.open_or_create(path.parent, path.name)
        with open(descriptor, "r+b", buffering=0) as file:
            result = _fetch(open_at, file.fileno(), path, pause)
            os.fsync(file.fileno())
            return result
    except (_WrongBytes, NotFoundError):
        run_files.remove(path.parent, path.name)
        raise
    except OSError as error:
        with contextlib.suppress(OSError):
            run_files.remove(path.parent, path.name)
        raise LocalStorageError(
            f"cannot write {path}: {error.strerror}",
            subject=str(path),
            advice="the job and its objects are untouched; free space, then collect it",
        ) from error


class _WrongBytes(StoreError):
    """Digest or length is not what the store says."""


class _StartAgain(Exception):
    """What is on disk may be of another object than what would come now."""

    def __init__(self, cause: DirectAccessError) -> None:
        super().__init__(str(cause))
        self.cause = cause


def _fetch(open_at: Opener, descriptor: int, path: Path, pause: Pause) -> Downloaded:
    """Go on with what is there; start at the first byte if that proves wrong."""
    if os.fstat(descriptor).st_size:
        with contextlib.suppress(_WrongBytes):
            return _Transfer(open_at, descriptor, path, pause).run()
    _empty(descriptor)
    return _Transfer(open_at, descriptor, path, pause).run()


def _empty(descriptor: int) -> None:
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.ftruncate(descriptor, 0)


class _Transfer:
    def __init__(self, open_at: Opener, descriptor: int, path: Path, pause: Pause) -> None:
        self._open_at = open_at
        self._descriptor = descriptor
        self._path = path
        self._pause = pause
        self._written = 0
        self._resumptions = 0

    def run(self) -> Downloaded:
        while True:
            try:
                return self._run()
            except _StartAgain as again:
                self._resume_after(again.cause)
                _empty(self._descriptor)
                self._written = 0

    def _run(self) -> Downloaded:
        stream = self._open_at(0, None)
        found, is_chunked = object_of(stream), stream.is_chunked
        digester = Digester(found.checksum)
        try:
            if self._take_over(found, digester):
                stream.close()
            self._copy_all(None if self._written else stream, found, digester)
        finally:
            computed = digester.finish()
        checksum = found.checksum
        if checksum is not None and computed != checksum.hex:
            raise _WrongBytes(
                f"{self._path.name}: {checksum.algorithm} is {computed}, the store says {checksum.hex}",
                subject=self._path.name,
                retryable=True,
            )
        by_end = "length" if found.size is not None else "chunked" if is_chunked else None
        return Downloaded(self._path, self._written, checksum, checksum.algorithm if checksum else by_end)

    def _take_over(self, found: StoredObject, digester: Digester) -> bool:
        """Digest the bytes that are there; return whether there are any worth keeping."""
        there = os.fstat(self._descriptor).st_size
        if not there or found.checksum is None or (found.size is not None and there > found.size):
            _empty(self._descriptor)
            return False
        used = -1
        while used:
            block = digester.block()
            used = 0
            try:
                used = os.readv(self._descriptor, [block])
                self._written += used
            finally:
                digester.give_back(block, used)
        return True

    def _copy_all(self, first: Download | None, found: StoredObject, digester: Digester) -> None:
        stream = first
        while True:
            try:
                with stream or self._reopened(found) as source:
                    self._skip(source)
                    self._copy(source, digester)
                if found.size is None or self._written == found.size:
                    return
                broken: DirectAccessError = _wrong_length(self._path.name, self._written, found.size)
            except (UnavailableError, StoreError) as error:
                broken = error
            if broken.retryable and found.etag is None and found.checksum is None:
                raise _StartAgain(broken)
            self._resume_after(broken)
            stream = None

    def _reopened(self, found: StoredObject) -> Download:
        """Open the rest of the object.

        :raises _StartAgain: if it has been replaced meanwhile
        """
        changed = StoreError(f"{self._path.name} was replaced while it was read", retryable=True)
        try:
            stream = self._open_at(self._written, found.etag)
        except StoreError as error:
            if error.http_status == PRECONDITION_FAILED:
                raise _StartAgain(changed) from error
            raise
        if not found.is_surely(object_of(stream)):
            stream.close()
            raise _StartAgain(changed)
        return stream

    def _resume_after(self, broken: DirectAccessError) -> None:
        """Pause before the next attempt, if there is to be one; else raise what broke the last one."""
        if self._resumptions == MOST_RESUMPTIONS or not broken.retryable:
            raise broken
        self._resumptions += 1
        self._pause(self._resumptions, broken)

    def _copy(self, stream: Download, digester: Digester) -> None:
        used = -1
        while used:
            block = digester.block()
            used = 0
            try:
                used = stream.readinto(memoryview(block))
                _write_all(self._descriptor, memoryview(block)[:used])
                self._written += used
            finally:
                digester.give_back(block, used)

    def _skip(self, stream: Download) -> None:
        """Pass over what is on disk already, where the server ignored the range (RFC 9110, 14.2)."""
        left = self._written - stream.offset
        scratch = memoryview(bytearray(max(0, min(left, BLOCK_BYTES))))
        while left > 0:
            used = stream.readinto(scratch[:left])
            if not used:
                raise _wrong_length(self._path.name, self._written - left, self._written)
            left -= used


def _write_all(descriptor: int, data: memoryview) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _wrong_length(name: str, found: int, expected: int) -> StoreError:
    return _WrongBytes(
        f"{name}: {found} bytes arrived, the store says {expected}", subject=name, retryable=True
    )
