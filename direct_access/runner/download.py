"""Bring one object to disk: streamed, resumed where it broke off, verified and fsynced.

Which bytes are there is in a map beside the file (:mod:`.part_map`); a download that a dead process left is
gone on with by it, if the store still has the same object. The digest of the whole is compared in the end.
Without an ETag nobody knows whether it is the same: such a download starts at the first byte.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from direct_access import run_files
from direct_access.errors import LocalStorageError, NotFoundError
from direct_access.light_dataclass import dataclass
from direct_access.model.checksum import Checksum
from direct_access.runner import part_map as part_maps
from direct_access.runner.download_bounds import DownloadBounds
from direct_access.runner.parallel_digest import ParallelDigest
from direct_access.runner.part_map import MapWriter, PartMap
from direct_access.runner.stored_object import object_of
from direct_access.runner.transfer import (
    Opener,
    PartialFile,
    Pause,
    StartAgain,
    Transfer,
    WrongBytes,
    resume_after,
)
from direct_access.services.protocol import Download

DEFAULT_BOUNDS = DownloadBounds()


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


def download(
    open_at: Opener, path: Path, pause: Pause, bounds: DownloadBounds = DEFAULT_BOUNDS
) -> Downloaded:
    """Write an object to ``path``, starting again at the byte where the connection broke, or a process died.

    :param pause: called before each resumption with its number; raises when there shall be none
    :raises StoreError: if length or digest differ from what the store says
    :raises LocalStorageError: if the disk is full or fails
    :raises OutputError: if there is something else in the place of the file

    The file is removed if it is wrong, or the disk is full; if the store is away, it is kept to go on with.
    """
    try:
        result = _Download(open_at, path, pause, bounds).run()
        part_maps.remove(path.parent, path.name)
        return result
    except (WrongBytes, NotFoundError):
        discard(path)
        raise
    except OSError as error:
        with contextlib.suppress(OSError):
            discard(path)
        raise LocalStorageError(
            f"cannot write {path}: {error.strerror}",
            subject=str(path),
            advice="the job and its objects are untouched; free space, then collect it",
        ) from error


def discard(path: Path) -> None:
    """Remove what a download has left, with its map.

    :raises OSError: as unlink(2) does
    """
    part_maps.remove(path.parent, path.name)
    run_files.remove(path.parent, path.name)


class _Download:
    def __init__(self, open_at: Opener, path: Path, pause: Pause, bounds: DownloadBounds) -> None:
        self._open_at = open_at
        self._path = path
        self._pause = pause
        self._bounds = bounds

    def run(self) -> Downloaded:
        """Go on with what is there; start at the first byte if that proves wrong."""
        return self._resume() or self._start()

    def _resume(self) -> Downloaded | None:
        """Go on with what an earlier process left; return None if there is nothing to go on with."""
        try:
            descriptor = run_files.open_file(self._path.parent, self._path.name, os.O_RDWR)
        except FileNotFoundError:
            return None
        with open(descriptor, "r+b", buffering=0) as file:
            part_map = part_maps.load(self._path.parent, self._path.name, os.fstat(file.fileno()))
            if part_map is not None:
                with contextlib.suppress(WrongBytes, StartAgain):
                    return self._fetch(file.fileno(), part_map, None, in_parts=True)
        return None

    def _start(self) -> Downloaded:
        """Fetch the object into a new file: a process that was thought dead may still write into the old."""
        failures = 0
        while True:
            discard(self._path)
            descriptor = run_files.create(self._path.parent, self._path.name)
            with open(descriptor, "r+b", buffering=0) as file:
                stream = self._open_at()
                part_map = PartMap(object_of(stream), failures=failures)
                try:
                    return self._fetch(file.fileno(), part_map, stream, in_parts=not failures)
                except StartAgain as again:
                    failures = resume_after(again.failures, again.cause, self._pause)

    def _fetch(
        self, descriptor: int, part_map: PartMap, stream: Download | None, *, in_parts: bool
    ) -> Downloaded:
        found = part_map.found
        with (
            MapWriter(part_map, descriptor, self._path, self._bounds.part_bytes) as writer,
            ParallelDigest(found.checksum, descriptor) as digest,
        ):
            digest.advance(part_map.prefix)
            target = PartialFile(descriptor, self._path.name, digest, writer)
            transfer = Transfer(self._open_at, target, part_map, self._pause, self._bounds)
            transfer.run(stream, in_parts=in_parts)
            self._compare(digest.finish(), found.checksum)
        os.fsync(descriptor)
        is_chunked = stream is not None and stream.is_chunked
        by_end = "length" if found.size is not None else "chunked" if is_chunked else None
        verified_by = found.checksum.algorithm if found.checksum else by_end
        return Downloaded(self._path, part_map.prefix, found.checksum, verified_by)

    def _compare(self, computed: str | None, told: Checksum | None) -> None:
        if told is not None and computed != told.hex:
            raise WrongBytes(
                f"{self._path.name}: {told.algorithm} is {computed}, the store says {told.hex}",
                subject=self._path.name,
                retryable=True,
            )
