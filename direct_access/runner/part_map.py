"""Which bytes of an object are on disk: a download is resumed from this, by another process too.

While an object is fetched, a map of what has arrived lies beside its file, as JSON. It is written only after
the bytes that it names are durable, so that it is true after a kill and after a power cut. The length of the
file says nothing: its parts arrive in any order.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from direct_access import atomic, run_files
from direct_access.errors import DirectAccessError
from direct_access.light_dataclass import dataclass
from direct_access.model.checksum import Checksum
from direct_access.runner.parallel_digest import is_known
from direct_access.runner.stored_object import StoredObject

Range = tuple[int, int]
"""Position of the first byte, and position behind the last one."""


@dataclass
class Part:
    """A range of an object that one connection fetches.

    :ivar position: behind the last byte that is on disk; the part begins at ``start``
    :ivar end: position behind its last byte; None if it is the end of an object of unknown size
    :ivar failures: how often a connection broke while this part was fetched
    """

    start: int
    end: int | None
    position: int
    failures: int = 0

    @property
    def is_complete(self) -> bool:
        return self.position == self.end

    def wanted(self, most: int) -> int:
        """Return how many bytes to read next."""
        return most if self.end is None else min(most, self.end - self.position)


class PartMap:
    """The parts of one object, in order, without a gap between them.

    Several threads may advance their parts, and others look; only one may divide them, while nobody else
    does anything.
    """

    def __init__(self, found: StoredObject, written: Sequence[Range] = (), failures: int = 0) -> None:
        """:param written: ranges that are on disk, in order, apart from each other
        :param failures: how often this download was begun before
        """
        self.found = found
        self.parts: list[Part] = []
        position = 0
        for start, end in written:
            if start > position:
                self.parts.append(Part(position, start, position))
            self.parts.append(Part(start, end, end))
            position = end
        if found.size is None or position < found.size:
            self.parts.append(Part(position, found.size, position, failures))

    @property
    def missing(self) -> list[Part]:
        """The parts that are not complete."""
        return [part for part in self.parts if not part.is_complete]

    @property
    def missing_bytes(self) -> int:
        """How much is to come of an object whose size is known."""
        return sum((part.end or 0) - part.position for part in self.missing)

    @property
    def prefix(self) -> int:
        """The position up to which every byte is on disk."""
        position = 0
        for part in self.parts:
            position = part.position
            if not part.is_complete:
                break
        return position

    @property
    def written(self) -> list[Range]:
        """What is on disk, in order."""
        ranges: list[Range] = []
        for part in self.parts:
            start, position = part.start, part.position
            if position == start:
                continue
            if ranges and ranges[-1][1] == start:
                start = ranges.pop()[0]
            ranges.append((start, position))
        return ranges

    def divide(self, part_bytes: int) -> None:
        """Divide what is missing of an object whose size is known into parts of at most so many bytes."""
        self.unite()
        self.parts = [piece for part in self.parts for piece in _pieces(part, part_bytes)]

    def unite(self) -> None:
        """Make one part of all that is missing between what is on disk."""
        self.parts = PartMap(self.found, self.written).parts


def _pieces(part: Part, part_bytes: int) -> Iterable[Part]:
    if part.is_complete or part.end is None:
        return [part]
    starts = range(part.start, part.end, part_bytes)
    return [Part(start, min(start + part_bytes, part.end), start) for start in starts]


def name_of_map(name: str) -> str:
    """Return what the map of a file is called."""
    return f"{name}-map"


def load(directory: Path, name: str, file: os.stat_result) -> PartMap | None:
    """Return the map of a file, None if there is none, or it is damaged.

    :param file: what fstat(2) says of the file: the map is another's if it names another inode, or more bytes
    :raises OSError: as open(2) and read(2) do
    :raises OutputError: if the map is no file of ours
    """
    try:
        document = json.loads(run_files.read(directory, name_of_map(name)))
        return _read(document, file)
    except (FileNotFoundError, ValueError, LookupError, TypeError, RecursionError):
        return None


def remove(directory: Path, name: str) -> None:
    """Remove the map of a file, durably: no other bytes may come under it."""
    if run_files.exists(directory, name_of_map(name)):
        run_files.remove(directory, name_of_map(name))
        with run_files.opened(directory) as descriptor:
            atomic.sync_names(descriptor)


def _read(document: Any, file: os.stat_result) -> PartMap:
    """:raises ValueError: or LookupError, TypeError: if this is not what :func:`_save` writes of this file"""
    etag, size, checksum = document["etag"], document["size_bytes"], document["checksum"]
    written = [(start, end) for start, end in document["written"]]
    borders = [0, *(border for range_ in written for border in range_), size]
    if not isinstance(etag, str) or not all(type(border) is int for border in borders):
        raise ValueError("not a map")
    if not written or borders != sorted(borders) or any(start == end for start, end in written):
        raise ValueError("not in order")
    if document["inode"] != file.st_ino or written[-1][1] > file.st_size:
        raise ValueError("of another file")
    known = None if checksum is None else Checksum(str(checksum["algorithm"]), str(checksum["hex"]))
    if known is not None and not is_known(known.algorithm):
        raise ValueError("not a digest of ours")
    return PartMap(StoredObject(size, etag, known), written)


def _save(path: Path, inode: int, found: StoredObject, written: Sequence[Range]) -> None:
    document = {
        "inode": inode,
        "etag": found.etag,
        "size_bytes": found.size,
        "checksum": found.checksum and vars(found.checksum),
        "written": written,
    }
    with run_files.replacing(path.parent, name_of_map(path.name)) as file:
        file.write(atomic.json_bytes(document))


class MapWriter:
    """Keeps the map of a file on disk while it is written, in a thread of its own: no transfer waits for it.

    A context manager; whatever ends the transfer early finds the map as it is then. An object without an ETag
    or of unknown size has no map: nobody could tell whether it is still the same.
    """

    def __init__(self, part_map: PartMap, descriptor: int, path: Path, interval_bytes: int) -> None:
        """:param interval_bytes: write the map after so many bytes"""
        self._map = part_map
        self._descriptor = descriptor
        self._path = path
        self._interval_bytes = interval_bytes
        self._new_bytes = 0
        self._is_due = threading.Event()
        self._is_over = False
        self._error: OSError | DirectAccessError | None = None
        self._thread: threading.Thread | None = None

    def written(self, count: int) -> None:
        """Say that so many bytes more have been written."""
        self._new_bytes += count
        if self._new_bytes >= self._interval_bytes:
            self._new_bytes = 0
            self._is_due.set()

    def __enter__(self) -> MapWriter:
        found = self._map.found
        if found.is_identified and (found.size or 0) > self._interval_bytes:
            self._thread = threading.Thread(target=self._work, name="part map", daemon=True)
            self._thread.start()
        return self

    def __exit__(self, _kind: object, ended_by: BaseException | None, _traceback: object) -> None:
        """:raises OSError: if the disk is full or fails, now or earlier; not in place of another error"""
        self._is_over = True
        self._is_due.set()
        if self._thread:
            self._thread.join()
        if ended_by is None and self._error is not None:
            raise self._error
        if ended_by is not None and self._map.written and self._map.found.is_identified:
            self._write()

    def _work(self) -> None:
        while self._is_due.wait() and not self._is_over:
            self._is_due.clear()
            self._write()

    def _write(self) -> None:
        written = self._map.written  # before what is written is made durable
        try:
            os.fdatasync(self._descriptor)
            _save(self._path, os.fstat(self._descriptor).st_ino, self._map.found, written)
        except (OSError, DirectAccessError) as error:
            self._error = self._error or error
