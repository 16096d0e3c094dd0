"""Files that are either the old one or the whole new one, also after a power cut.

Temporary file in the same directory, fsync, rename, fsync of the directory: rename(2) is atomic, and without
the fsyncs the new name may be on disk before the new content (fsync(2), NOTES).
"""

from __future__ import annotations

import errno
import json
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

_TOKEN_BYTES = 4
_TEMPORARY = re.compile(rf"\.(?P<name>.+)\.[0-9a-f]{{{2 * _TOKEN_BYTES}}}\.tmp")
_CANNOT_SYNC = (errno.EINVAL, errno.ENOTSUP)


@contextmanager
def opened_directory(directory: Path) -> Iterator[int]:
    """Yield the descriptor of a directory."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def sync_names(descriptor: int) -> None:
    """Make the names in an open directory durable, where its file system can (fsync(2), EINVAL)."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise


def unfinished_name(name: str) -> str | None:
    """Return which file somebody was writing under this name, None if nobody was."""
    found = _TEMPORARY.fullmatch(name)
    return found["name"] if found else None


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
def replacing(destination: Path, mode: int = 0o600) -> Iterator[BinaryIO]:
    """Yield a file that takes the destination's name when the block ends well, and vanishes when it does not.

    :param mode: permissions of the new file, before the umask
    :raises OSError: as open, write, fsync and rename do. If the directory cannot be made durable, the new
        file has its name already, but a power cut may bring the old one back
    """
    with (
        opened_directory(destination.parent) as directory,
        replacing_in(directory, destination.name, mode) as file,
    ):
        yield file


@contextmanager
def replacing_in(
    directory: int, name: str, mode: int = 0o600, confirm: Callable[[], None] | None = None
) -> Iterator[BinaryIO]:
    """Do as :func:`replacing` does, in an open directory.

    :param confirm: called when all is written and only the rename is left; what it raises prevents that
    """
    temporary = f".{name}.{secrets.token_hex(_TOKEN_BYTES)}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    descriptor = os.open(temporary, flags, mode, dir_fd=directory)
    try:
        with open(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if confirm is not None:
            confirm()
        os.rename(temporary, name, src_dir_fd=directory, dst_dir_fd=directory)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary, dir_fd=directory)
        raise
    sync_names(directory)


def write(destination: Path, content: bytes, mode: int = 0o600) -> None:
    """Replace a file by this content."""
    with replacing(destination, mode) as file:
        file.write(content)


def write_json(destination: Path, document: Any) -> None:
    """Replace a file by a JSON document in UTF-8."""
    write(destination, json_bytes(document))


def json_bytes(document: Any) -> bytes:
    """Return a JSON document in UTF-8, as our files hold it.

    File names that are not valid UTF-8, and texts that a server cut inside a character, hold lone surrogates:
    they are written as the escapes that JSON has for them (RFC 8259, 8.2).
    """
    text = json.dumps(document, indent=1, ensure_ascii=False)
    return text.encode(errors="backslashreplace") + b"\n"
