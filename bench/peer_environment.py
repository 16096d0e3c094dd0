"""An environment of its own for the peer: it shares no library with us."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

VERSION = "0.26.4"
NEEDS_PYTHON = (3, 11)


def install(directory: Path) -> Path:
    """Install the peer unless it is there, and return its command.

    :raises RuntimeError: if this Python is too old for it
    """
    if sys.version_info < NEEDS_PYTHON:
        raise RuntimeError(f"qrmi {VERSION} needs Python {'.'.join(map(str, NEEDS_PYTHON))}")
    mark = directory / f"qrmi-{VERSION}"
    if not mark.exists():
        venv.create(directory, with_pip=True, clear=True)
        pip = [str(directory / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", f"qrmi=={VERSION}"], check=True)
        mark.touch()
    return directory / "bin" / "task_runner"
