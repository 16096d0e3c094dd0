"""stdout is data, stderr is talk; a reader that has gone away ends neither a run nor the talk of others."""

from __future__ import annotations

import contextlib
import os
import sys


def say(text: str) -> None:
    """Write a line to standard error; a closed or full one is nobody's fault."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


def put(text: str, *, newline: bool = True) -> None:
    """Write data to standard output.

    A closed pipe (``| head``) is not an error: what could not be written was not wanted.
    """
    try:
        sys.stdout.write(text if text.endswith("\n") or not newline else text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        _discard_stdout()
    except (ValueError, AttributeError):
        pass  # closed by whoever started us (2>&-, >&-)


def _discard_stdout() -> None:
    """Keep the interpreter's last flush from failing (Python documentation, "Note on SIGPIPE")."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def is_terminal() -> bool:
    """Whether a person watches standard error."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return sys.stderr.isatty()
    return False
