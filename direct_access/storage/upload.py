"""A file on its way into a store."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path
from typing import Any

from direct_access import run_files


class HashedFile(io.BufferedReader):
    """A file that knows the MD5 of what has been read of it; going back to its start begins anew.

    :raises OSError: as open(2) does
    :raises OutputError: if others may choose what is in it (:mod:`direct_access.run_files`)
    """

    def __init__(self, path: Path) -> None:
        super().__init__(io.FileIO(run_files.open_file(path.parent, path.name)))
        self._start()

    def _start(self) -> None:
        self._md5 = hashlib.md5(usedforsecurity=False)

    @property
    def size(self) -> int:
        """Bytes in the file."""
        return os.fstat(self.fileno()).st_size

    @property
    def md5(self) -> str:
        """Lower-case hexadecimal digest of what has been read."""
        return self._md5.hexdigest()

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self._md5.update(data)
        return data

    def seek(self, target: int, whence: int = os.SEEK_SET, /) -> int:
        self._start()
        return super().seek(target, whence)

    def readinto(self, buffer: Any, /) -> int:
        raise io.UnsupportedOperation("only read() is hashed")
