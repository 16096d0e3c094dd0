"""One file per object: its content, then what is known about it.

The description stands behind the content in the same file, as JSON, followed by its length and a mark. So one
rename(2) publishes both, and a crash leaves the old object or the new one, never half of each.
"""

from __future__ import annotations

import json
import os
import struct
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import BinaryIO

_END = struct.Struct(">I4s")
_MARK = b"S3OB"


class NotAnObjectFile(Exception):
    """A file that is cut short or that somebody else wrote."""


@dataclass(frozen=True)
class Description:
    """What is known about an object besides its content.

    :param length: bytes of content
    :param etag: without quotes
    :param modified: seconds since the epoch
    :param headers: headers to be returned with the content: its type, user metadata and the like
    :param checksums: by algorithm, as S3 writes them
    """

    length: int
    etag: str
    modified: float
    headers: dict[str, str] = field(default_factory=dict)
    checksums: dict[str, str] = field(default_factory=dict)


def read_description(file: BinaryIO) -> Description:
    """Return the description at the end of an open object file, without moving its position.

    :raises NotAnObjectFile: if there is none
    """
    descriptor = file.fileno()
    size = os.fstat(descriptor).st_size
    try:
        length, mark = _END.unpack(os.pread(descriptor, _END.size, max(0, size - _END.size)))
        text = os.pread(descriptor, length, size - _END.size - length)
        description = Description(**json.loads(text))
    except (struct.error, OSError, ValueError, TypeError) as error:
        raise NotAnObjectFile(str(error)) from error
    if mark != _MARK or description.length != size - _END.size - length:
        raise NotAnObjectFile("its end is not what it should be")
    return description


class Draft:
    """A new object file that nobody sees yet."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path = path
        self.file = file

    def finish(self, description: Description, *, durable: bool = True) -> None:
        """Write the description behind the content; it is on the disk on return if ``durable``."""
        text = json.dumps(asdict(description)).encode()
        self.file.write(text + _END.pack(len(text), _MARK))
        self.file.flush()
        if durable:
            os.fsync(self.file.fileno())


@contextmanager
def new_draft(directory: Path) -> Iterator[Draft]:
    """Open a draft in a directory; whoever does not rename it loses it."""
    path = directory / uuid.uuid4().hex
    try:
        with path.open("xb", buffering=0) as file:
            yield Draft(path, file)
    finally:
        path.unlink(missing_ok=True)


def copy_content(source: BinaryIO, target: BinaryIO, length: int) -> None:
    """Append the first bytes of a file to another one within the kernel.

    :raises NotAnObjectFile: if the source is shorter
    """
    offset = 0
    while offset < length:
        copied = os.copy_file_range(source.fileno(), target.fileno(), length - offset, offset)
        if not copied:
            raise NotAnObjectFile("it is shorter than it should be")
        offset += copied
