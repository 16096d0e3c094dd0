"""Bring one object to disk: streamed, resumed where it broke off, verified and fsynced.

What a dead process left of a download is gone on with: its bytes are digested like those that arrive, and the
digest of the whole decides. Without a digest from the store, a download starts at the first byte.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from direct_access.errors import (
    DirectAccessError,
    LocalStorageError,
    NotFoundError,
    StoreError,
    UnavailableError,
)
from direct_access.runner.digesting import BLOCK_BYTES, Digester
from direct_access.services.protocol import Checksum, Download
from direct_access.transport.retry_policies import RESUME

MOST_RESUMPTIONS = (RESUME.attempts or 1) - 1


@dataclass(frozen=True)
class Downloaded:
    """A file on disk that is what the store holds.

    :param checksum: the digest that it was compared with, None where the store gave none
    """

    path: Path
    size_bytes: int
    checksum: Checksum | None


def download_path(destination: Path) -> Path:
    """Return where a file is written while it is not yet known to be good."""
    return destination.with_name(f".{destination.name}.part")


def download(
    open_at: Callable[[int], Download], path: Path, pause: Callable[[int, DirectAccessError], None]
) -> Downloaded:
    """Write an object to ``path``, starting again at the byte where the connection broke, or a process died.

    :param open_at: opens the object from an offset on
    :param pause: called before each resumption with its number; raises when there shall be none
    :raises StoreError: if length or digest differ from what the store says
    :raises LocalStorageError: if the disk is full or fails

    The file is removed if it is wrong, or the disk is full; if the store is away, it is kept to go on with.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with open(descriptor, "r+b", buffering=0) as file:
            result = _fetch(open_at, file.fileno(), path, pause)
            os.fsync(file.fileno())
            return result
    except (_WrongBytes, NotFoundError):
        path.unlink(missing_ok=True)
        raise
    except OSError as error:
        with contextlib.suppress(OSError):
            path.unlink()
        raise LocalStorageError(
            f"cannot write {path}: {error.strerror}",
            subject=str(path),
            advice="the job and its objects are untouched; free space, then collect it",
        ) from error


class _WrongBytes(StoreError):
    """Digest or length is not what the store says."""


def _fetch(
    open_at: Callable[[int], Download],
    descriptor: int,
    path: Path,
    pause: Callable[[int, DirectAccessError], None],
) -> Downloaded:
    """Go on with what is there; start at the first byte if that proves wrong."""
    if os.fstat(descriptor).st_size:
        with contextlib.suppress(_WrongBytes):
            return _Transfer(open_at, descriptor, path, pause).run()
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.ftruncate(descriptor, 0)
    return _Transfer(open_at, descriptor, path, pause).run()


class _Transfer:
    def __init__(
        self,
        open_at: Callable[[int], Download],
        descriptor: int,
        path: Path,
        pause: Callable[[int, DirectAccessError], None],
    ) -> None:
        self._open_at = open_at
        self._descriptor = descriptor
        self._path = path
        self._pause = pause
        self._written = 0

    def run(self) -> Downloaded:
        stream = self._open_at(0)
        size, checksum = stream.size, stream.checksum
        digester = Digester(checksum)
        try:
            if self._take_over(size, checksum, digester):
                stream.close()
            self._copy_all(None if self._written else stream, size, digester)
        finally:
            computed = digester.finish()
        if checksum is not None and computed != checksum.hex:
            raise _WrongBytes(
                f"{self._path.name}: {checksum.algorithm} is {computed}, the store says {checksum.hex}",
                subject=self._path.name,
                retryable=True,
            )
        return Downloaded(self._path, self._written, checksum)

    def _take_over(self, size: int | None, checksum: Checksum | None, digester: Digester) -> bool:
        """Digest the bytes that are there; return whether there are any worth keeping."""
        there = os.fstat(self._descriptor).st_size
        if not there or checksum is None or (size is not None and there > size):
            os.ftruncate(self._descriptor, 0)
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

    def _copy_all(self, first: Download | None, size: int | None, digester: Digester) -> None:
        stream = first
        resumptions = 0
        while True:
            try:
                with stream or self._open_at(self._written) as source:
                    self._skip(source)
                    self._copy(source, digester)
                if size is None or self._written == size:
                    return
                broken: DirectAccessError = _wrong_length(self._path.name, self._written, size)
            except (UnavailableError, StoreError) as error:
                broken = error
            if resumptions == MOST_RESUMPTIONS or not broken.retryable:
                raise broken
            resumptions += 1
            self._pause(resumptions, broken)
            stream = None

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
