"""stdout is data, stderr is messages; a reader that has gone away ends neither a run nor the other stream."""

from __future__ import annotations

import codecs
import contextlib
import os
import sys
from typing import Any, TextIO

from direct_access.errors import LocalStorageError
from direct_access.printable import plain


def say(text: str, end: str = "\n") -> None:
    """Write a line to standard error; a closed or full one is nobody's fault."""
    try:
        sys.stderr.write(text + end)
        sys.stderr.flush()
    except OSError:
        _give_up(sys.stderr)
    except (ValueError, AttributeError):
        pass  # closed, by us or by whoever started us


def put(text: str, end: str = "\n") -> None:
    """Write lines of data to standard output; characters that its encoding lacks become escapes.

    File names come out byte for byte, also those that are not text in this locale (PEP 383).

    :raises LocalStorageError: as :func:`put_bytes`
    """
    line = text if text.endswith(end) else text + end
    encoding = getattr(sys.stdout, "encoding", "utf-8")
    try:
        data = line.encode(encoding, "surrogateescape")
    except UnicodeEncodeError:
        data = line.encode(encoding, "backslashreplace")
    put_bytes(data)


def put_bytes(data: Any) -> None:
    """Write bytes as they are to standard output.

    A pipe that nobody reads any more (``| head``) and a descriptor that was closed (``>&-``) are not errors:
    what could not be written was not wanted.

    :raises LocalStorageError: if standard output fails otherwise: a full disk
    """
    if sys.stdout is None or sys.stdout.closed:
        return
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except OSError as error:
        unwritable(error)


def unwritable(error: OSError) -> None:
    """Give standard output up.

    :raises LocalStorageError: unless it is a pipe that nobody reads any more
    """
    _give_up(sys.stdout)
    if not isinstance(error, BrokenPipeError):
        raise LocalStorageError(
            f"cannot write to standard output: {error.strerror}", subject="standard output"
        ) from error


def _give_up(stream: TextIO) -> None:
    """Keep the interpreter's last flush from failing, with exit status 120 (signal, "Note on SIGPIPE")."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class StandardOutput:
    """Standard output as a destination of bytes."""

    def write(self, data: Any, /) -> None:
        put_bytes(data)


class TerminalOutput:
    """Standard output as a destination of UTF-8 text, in blocks, that somebody else wrote for a terminal."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def write(self, data: Any, /) -> None:
        put(plain(self._decoder.decode(data)), end="")


def stdout_is_terminal() -> bool:
    """Whether a person watches standard output."""
    return _is_terminal(sys.stdout)


def stdout_can_show(characters: str) -> bool:
    """Whether standard output has these characters: that of the C locale has ASCII alone (locale(7))."""
    try:
        characters.encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def stderr_is_terminal() -> bool:
    """Whether a person watches standard error."""
    return _is_terminal(sys.stderr)


def _is_terminal(stream: TextIO | None) -> bool:
    with contextlib.suppress(OSError, ValueError):
        return stream is not None and stream.isatty()
    return False
