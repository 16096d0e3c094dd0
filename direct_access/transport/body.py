"""The body of a request that is read from a file."""

from __future__ import annotations

from typing import BinaryIO

from direct_access.errors import LocalStorageError


class FileBody:
    """``size`` bytes of a file from its present position on; that there are fewer is an error.

    urllib3 reads it block by block. Its errors are ours, so that a failing disk does not look like
    a failing server.
    """

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._start = file.tell()
        self.size = size
        self._left = size

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes, b"" at the end.

        :raises LocalStorageError: if the file cannot be read or has become shorter
        """
        try:
            data = self._file.read(min(size, self._left))
        except OSError as error:
            raise LocalStorageError(
                f"cannot read the file being sent: {error.strerror}", subject=self._name
            ) from error
        if not data and self._left:
            raise LocalStorageError(f"the file being sent ended {self._left} bytes early", subject=self._name)
        self._left -= len(data)
        return data

    def rewind(self) -> None:
        """Go back to the first byte, to send it again."""
        self._file.seek(self._start)
        self._left = self.size

    @property
    def _name(self) -> str | None:
        name = getattr(self._file, "name", None)
        return name if isinstance(name, str) else None
