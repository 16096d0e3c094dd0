"""Feed the plugin's parsers for some minutes: ``make fuzz``."""

from __future__ import annotations

import secrets
import subprocess
import tempfile
import time
from pathlib import Path

from tests.plugin import build

SECS = 300
ROUNDS = 1_000_000


def main() -> None:
    """Run with new seeds until the time is over; a failure shows its seed."""
    with tempfile.TemporaryDirectory() as directory:
        fuzz = build.sanitized("fuzz", Path(directory))
        until = time.monotonic() + SECS
        while time.monotonic() < until:
            seed = str(secrets.randbits(63))
            print("seed", seed, flush=True)
            subprocess.run([fuzz, str(ROUNDS), seed], check=True)


if __name__ == "__main__":
    main()
