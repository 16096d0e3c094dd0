"""Files that are either the old one or the whole new one, also after a power cut.

Temporary file in the same directory, fsync, rename, fsync of the directory: rename(2) is atomic, and without
the fsyncs the new name may be on disk before the new content (fsync(2), NOTES).
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

_TOKEN_BYTES = 4


def sync_directory(directory: Path) -> None:
    """Make the names in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def publish(temporary: Path, destination: Path) -> None:
    """Rename a complete, fsynced file into place and make the name durable."""
    temporary.rename(destination)
    sync_directory(destination.parent)


def unfinished(destination: Path) -> Iterable[Path]:
    """Return what writers of a file left that were killed."""
    return destination.parent.glob(f".{destination.name}.{'?' * 2 * _TOKEN_BYTES}.tmp")


def write_new(path: Path, content: bytes) -> None:
    """Write a file that nobody else has yet, and make its content durable.

    :raises OSError: as open, write and fsync do; the file then is to be removed
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def replacing(
    destination: Path, mode: int = 0o600, confirm: Callable[[], None] | None = None
) -> Iterator[BinaryIO]:
    """Yield a file that takes the destination's name when the block ends well, and vanishes when it does not.

    :param mode: permissions of the new file, before the umask
    :param confirm: called when all is written and only the rename is left; what it raises prevents that
    :raises OSError: as open, write, fsync and rename do
    """
    temporary = destination.with_name(f".{destination.name}.{secrets.token_hex(_TOKEN_BYTES)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with open(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if confirm is not None:
            confirm()
        publish(temporary, destination)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write(
    destination: Path, content: bytes, mode: int = 0o600, confirm: Callable[[], None] | None = None
) -> None:
    """Replace a file by this content."""
    with replacing(destination, mode, confirm) as file:
        file.write(content)


def write_json(destination: Path, document: Any, confirm: Callable[[], None] | None = None) -> None:
    """Replace a file by a JSON document in UTF-8.

    File names that are no UTF-8, and texts that a server cut inside a character, hold lone surrogates:
    they are written as the escapes that JSON has for them (RFC 8259, 8.2).
    """
    text = json.dumps(document, indent=1, ensure_ascii=False)
    write(destination, text.encode(errors="backslashreplace") + b"\n", confirm=confirm)
