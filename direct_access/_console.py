"""The entry point: standard library only, so that a broken installation still exits 70 and says so."""

from __future__ import annotations

import os
import sys
import traceback

EX_SOFTWARE = 70  # sysexits(3): an internal software error


def main() -> int:
    """Run the command and return its exit status."""
    try:
        from direct_access.cli import main as command

        return command()
    except Exception:
        if os.environ.get("DIRECT_ACCESS_DEBUG"):
            traceback.print_exc()
        kind, value, _ = sys.exc_info()
        name = kind.__name__ if kind else "error"
        print(f"direct-access: internal error: {name}: {value}", file=sys.stderr)
        print("set DIRECT_ACCESS_DEBUG=1 to see where; is the installation complete?", file=sys.stderr)
        return EX_SOFTWARE
