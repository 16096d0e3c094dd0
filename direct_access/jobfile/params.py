"""The params object: where its bytes come from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from direct_access.document import open_regular, read_regular
from direct_access.errors import InputError

CHUNK_BYTES = 1 << 20
MAX_DECODED_BYTES = 16 * 1024 * 1024
"""Largest params file that is decoded: JSON takes thirteen times its size as Python objects."""


class Destination(Protocol):
    """Whatever takes bytes: a file, a socket, a digest."""

    def write(self, data: Any, /) -> object: ...


class Params(Protocol):
    """The input document of the program.

    :ivar kind: ``file``, ``document`` or ``external``
    """

    @property
    def kind(self) -> str: ...
    def write(self, destination: Destination) -> None:
        """Write the bytes of the params object."""

    def document(self) -> Any:
        """Return the params as JSON data."""


class FileParams:
    """A file that is sent byte for byte, in constant memory."""

    kind = "file"

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, destination: Destination) -> None:
        buffer = memoryview(bytearray(CHUNK_BYTES))
        with open_regular(self.path) as file:
            while size := file.readinto(buffer):  # type: ignore[attr-defined]
                destination.write(buffer[:size])

    def document(self) -> Any:
        """Return the decoded file.

        :raises InputError: if it is larger than ``MAX_DECODED_BYTES``
        """
        return json.loads(read_regular(self.path, MAX_DECODED_BYTES))


class DocumentParams:
    """A document made from the job file: compact JSON in UTF-8, numbers exact, keys in their order."""

    kind = "document"

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._content = content

    def write(self, destination: Destination) -> None:
        text = json.dumps(self._content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        destination.write(text.encode())

    def document(self) -> Any:
        return self._content


class ExternalParams:
    """An object that is in the store already; it is used as it is."""

    kind = "external"

    def write(self, destination: Destination) -> None:
        raise InputError("the params are in the store already; this job file does not hold them")

    def document(self) -> Any:
        raise InputError("the params are in the store already; this job file does not hold them")
