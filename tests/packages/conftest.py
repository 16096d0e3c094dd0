"""All packages, built once for all workers of a test run."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from packages import plugin
from packages.project import SOURCES, WHEELS, copy_sources
from tests.support.clean_root import CleanRoot

SECS = 900
"""Bound of a test that may build everything first, on a busy machine."""

EPOCH = "1767225600"  # 2026-01-01

STARTED = ["daemon-reload", "try-restart direct-access-exporter.service"]
STOPPED = [
    "--quiet disable --now direct-access-reap.timer direct-access-health.timer direct-access-exporter.service"
]
"""What systemd is told of an installation and of a removal."""


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory of all packages; the sources from which they were built are above it."""
    missing = [program for program in ("dpkg-deb", "rpmbuild", "gcc", "make") if not shutil.which(program)]
    if missing or not plugin.slurm_version():
        pytest.skip(f"needs {', '.join(missing) or 'the headers of Slurm'}")
    if not any(WHEELS.glob("*.whl")):
        pytest.skip("needs the wheels that packages/fetch.sh downloads")
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    with (shared / "packages.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        sources = shared / "sources"
        if not (sources / "dist").exists():
            copy_sources(SOURCES, sources)
            (sources / ".cache").mkdir()
            (sources / ".cache/wheels").symlink_to(WHEELS)
            build_all(sources)
    return sources / "dist"


def build_all(sources: Path) -> None:
    """Build every package of these sources, as of one fixed day."""
    subprocess.run(
        [sys.executable, "-m", "packages", "wheel", "deb", "rpm", "wheelhouse"],
        cwd=sources,
        env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH},
        check=True,
    )


def one(directory: Path, pattern: str) -> Path:
    """Return the only package whose name fits."""
    (found,) = directory.glob(pattern)
    return found


def unpack(archive: Path, directory: Path) -> None:
    """Unpack a tar file; Python's own way to do so safely is not in that of Debian 12."""
    command = ["tar", "--extract", "--no-same-owner", "--file", archive, "--directory", directory]
    subprocess.run(command, check=True)


def play_systemd(root: CleanRoot) -> Path:
    """Have a systemd there that only writes down what it is told; return where."""
    root.run(["mkdir", "-p", "/run/systemd/system"])
    told = root.path("/srv/systemctl.log")
    told.touch()
    root.path("/usr/bin/systemctl").write_text('#!/bin/sh\necho "$@" >>/srv/systemctl.log\n')
    root.run(["chmod", "755", "/usr/bin/systemctl"])
    return told
