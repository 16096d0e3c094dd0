from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Nothing of the machine's: no configuration, no Slurm."""
    return {
        "HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "PYTHONWARNINGS": "error",
        "XDG_RUNTIME_DIR": str(tmp_path),
    }


@pytest.fixture
def command(environment: dict[str, str], tmp_path: Path) -> Command:
    """Run the command as a subprocess; keywords go to subprocess.run, ``variables`` to its environment."""

    def run(*arguments: str, variables: dict[str, str] | None = None, **options: Any) -> Any:
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        return subprocess.run(
            [sys.executable, "-m", "direct_access", *arguments],
            cwd=tmp_path,
            env={**environment, **(variables or {})},
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=60,
            check=False,
            **streams,
        )

    return run


@pytest.fixture
def shell(environment: dict[str, str], tmp_path: Path) -> Command:
    """Run a line of bash in which ``$COMMAND`` is the command: a shell closes descriptors and joins pipes."""

    def run(line: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", line],
            cwd=tmp_path,
            env={**environment, "COMMAND": f"{sys.executable} -m direct_access"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run
