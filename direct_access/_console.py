"""The entry point: standard library only, so that a broken installation still exits 70 and says so."""

from __future__ import annotations

import os
import sys
import traceback

EX_SOFTWARE = 70  # sysexits(3): an internal software error
INTERRUPTED = 130  # 128 + SIGINT


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
    except BaseException as error:  # a panic of a compiled extension is no Exception
        try:
            _tell(error)
        except Exception:  # standard error is closed or full; the interpreter's last flush must not fail
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        return EX_SOFTWARE


def _open_standard_descriptors() -> None:
    """Let no file of ours get the number of a stream that was closed (``2>&-``): C libraries write there."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # gets the lowest free number


def _tell(error: BaseException) -> None:
    from direct_access.redact import redact_text

    if os.environ.get("DIRECT_ACCESS_DEBUG"):
        traceback.print_exception(error)
    sys.stderr.write(
        redact_text(f"direct-access: internal error: {type(error).__name__}: {error}\n")
        + "set DIRECT_ACCESS_DEBUG=1 to see where; is the installation complete?\n"
    )
    sys.stderr.flush()
