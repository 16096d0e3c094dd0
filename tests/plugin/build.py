"""Builds the plugin as an admin does, and its parts with sanitizers."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "spank_plugin"
HERE = Path(__file__).parent
SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer")
BUILD_SECS = 110


def why_not() -> str | None:
    """Return why nothing can be built here, None if it can."""
    missing = [name for name in ("gcc", "make", "nm", "readelf") if shutil.which(name) is None]
    if not Path("/usr/include/slurm/spank.h").exists():
        missing.append("slurm/spank.h")
    return f"needs {', '.join(missing)}" if missing else None


def plugin(directory: Path) -> Path:
    """Build the plugin in a directory and return its path."""
    _run(["make", "--silent", "-C", SOURCE, f"OUT={directory}", "CC=gcc"])
    return directory / "direct_access.so"


def sanitized(program: str, directory: Path) -> Path:
    """Build ``call_hook`` or ``fuzz`` from the plugin's sources, under AddressSanitizer and UBSan."""
    out = directory / program
    sources = [*SOURCE.glob("*.c"), HERE / "fake_slurm.c", HERE / f"{program}.c"]
    _run(["gcc", "-std=c11", "-g", "-O1", *SANITIZERS, f"-I{SOURCE}", f"-I{HERE}", "-o", out, *sources])
    return out


def fake_slurm(directory: Path) -> Path:
    """Build what the plugin finds in slurmstepd or sbatch when it is loaded."""
    out = directory / "fake_slurm.so"
    _run(["gcc", "-std=c11", "-shared", "-fPIC", f"-I{SOURCE}", "-o", out, HERE / "fake_slurm.c"])
    return out


def compiled(text: str, out: Path) -> Path:
    """Build a SPANK plugin from the text of one file."""
    source = out.with_suffix(".c")
    source.write_text(text)
    _run(["gcc", "-shared", "-fPIC", "-o", out, source])
    return out


def _run(command: list[str | Path]) -> None:
    # a `make` above this one would pass its own flags on
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    built = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=BUILD_SECS)
    assert built.returncode == 0, built.stdout + built.stderr
