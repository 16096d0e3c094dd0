"""Opening a user's file without being hung, flooded or fooled by it."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from direct_access.document.document import refusal
from direct_access.errors import Finding, InputError
from direct_access.units import format_size

_KINDS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)

WhyNot = Callable[[os.stat_result], tuple[str, str] | None]


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file for reading, unbuffered.

    ``O_NONBLOCK`` lets open(2) return at once from a FIFO that nobody writes to; it means nothing for regular
    files.

    :raises InputError: if it is missing, not permitted, or no regular file
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise _unreadable(path, _reason(error)) from error
    except UnicodeEncodeError as error:
        raise _unreadable(path, "the name holds characters that the locale's encoding lacks") from error
    except ValueError as error:
        raise _unreadable(path, "the name holds a NUL character") from error
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        kind = next((words for matches, words in _KINDS if matches(mode)), "not a regular file")
        raise _unreadable(path, f"is {kind}", "a regular file")
    return os.fdopen(descriptor, "rb", buffering=0)


def read_regular(path: Path, limit_bytes: int, why_not: WhyNot | None = None) -> bytes:
    """Return the content of a regular file; a larger file is refused by its size, without being read.

    :param why_not: judges the file that was opened: what was found and what is allowed, None if all is well
    :raises InputError: if it cannot be read, is larger than ``limit_bytes``, or is judged so
    """
    with open_regular(path) as file:
        status = os.fstat(file.fileno())
        size = status.st_size
        if fault := why_not and why_not(status):
            raise _unreadable(path, *fault)
        try:
            content = b"" if size > limit_bytes else _read_up_to(file, limit_bytes + 1)
        except OSError as error:
            raise _unreadable(path, _reason(error)) from error
    if max(size, len(content)) > limit_bytes:
        found = f"has {format_size(max(size, len(content)))}"
        raise _unreadable(path, found, f"at most {format_size(limit_bytes)}")
    return content


def _read_up_to(file: BinaryIO, limit_bytes: int) -> bytes:
    content = bytearray()
    while chunk := file.read(min(1 << 20, limit_bytes - len(content))):
        content += chunk
    return bytes(content)


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "does not exist"
    if isinstance(error, PermissionError):
        return "may not be read (permission denied)"
    return f"cannot be read ({error.strerror or error})"


def _unreadable(path: Path, found: str, allowed: str = "") -> InputError:
    name = os.fspath(path)
    return refusal(name, [Finding(name, None, None, "", found, allowed)])
