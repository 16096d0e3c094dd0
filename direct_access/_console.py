"""The entry point: standard library only, so that a broken installation still exits 70 and says so."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import traceback
from typing import NoReturn

EX_SOFTWARE = 70  # sysexits(3): an internal software error
INTERRUPTED = 130  # 128 + SIGINT
GC_THRESHOLD = 50_000  # at the default of 700 the collector runs a hundred times while our modules load


def main() -> int:
    """Run the command and return its exit status."""
    _open_standard_descriptors()
    try:
        from direct_access.cli import main as command

        return command()
    except SystemExit:
        raise
    except KeyboardInterrupt:
        return INTERRUPTED
    except BaseException as error:  # a panic of a compiled extension is not an Exception
        try:
            _tell(error)
        except Exception:  # standard error is closed or full; the interpreter's last flush must not fail
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        return EX_SOFTWARE


def run() -> NoReturn:
    """Run the command and leave at once: tearing the interpreter down costs as much as a request."""
    gc.set_threshold(GC_THRESHOLD)
    status = main()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(status)


def _open_standard_descriptors() -> None:
    """Let no file of ours get the number of a stream that was closed (``2>&-``): C libraries write there."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # gets the lowest free number


def _tell(error: BaseException) -> None:
    from direct_access.printable import plain_line
    from direct_access.redact import redact_text

    if os.environ.get("DIRECT_ACCESS_DEBUG"):
        sys.stderr.write(redact_text("".join(traceback.format_exception(error))))
    sys.stderr.write(
        plain_line(redact_text(f"direct-access: internal error: {type(error).__name__}: {error}"))
        + "\nset DIRECT_ACCESS_DEBUG=1 to see where; is the installation complete?\n"
    )
    sys.stderr.flush()
