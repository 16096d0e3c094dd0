"""The SPANK plugin as a package: built for the Slurm whose headers are installed."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from packages.project import copy_sources, normalise, run

_HEADER = Path("/usr/include/slurm/slurm_version.h")


def slurm_version() -> str:
    """Return the series of the Slurm that is installed, such as ``22.05``; empty without its headers."""
    if not _HEADER.exists():
        return ""
    found = re.search(r"SLURM_VERSION_NUMBER 0x([0-9a-f]{2})([0-9a-f]{2})", _HEADER.read_text())
    return "{:02}.{:02}".format(*(int(part, 16) for part in found.groups())) if found else ""


def make(directory: Path, plugins: Path) -> None:
    """Build it into a tree.

    :param plugins: Slurm's PluginDir
    """
    place = directory / plugins.relative_to("/")
    place.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as temporary:
        copy_sources(["spank_plugin"], Path(temporary))
        run(["make", "-C", f"{temporary}/spank_plugin", f"OUT={place}", "ANALYZER="])
    normalise(directory)


def directory_of_debian() -> Path:
    """Return PluginDir of Debian's own packages, else that of those that SchedMD tells to build."""
    multiarch = run(["gcc", "-print-multiarch"]).strip()
    debian = Path("/usr/lib", multiarch, "slurm-wlm")
    return debian if debian.exists() else Path("/usr/lib", multiarch, "slurm")
