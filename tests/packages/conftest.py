"""All packages, built once for all workers of a test run."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

import pytest

from packages import deb, distributions, plugin, rpm, tree, wheelhouse
from packages.project import WHEELS

SECS = 900
"""Bound of a test that may build everything first, on a busy machine."""

EPOCH = "1767225600"  # 2026-01-01


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory of all packages."""
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
        directory = shared / "packages"
        if not directory.exists():
            build_all(shared / "packages.part")
            (shared / "packages.part").rename(directory)
    return directory


def build_all(directory: Path) -> None:
    """Build every package, as of one fixed day."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", EPOCH)
        wheel = distributions.wheel(directory)
        files = directory / "tree"
        tree.make(files, wheel)
        deb.command(files, directory)
        rpm.command(files, directory)
        shutil.rmtree(files)
        deb.of_plugin(directory)
        rpm.of_plugin(directory)
        distributions.sdist(directory)
        wheelhouse.build(directory, wheel)


def one(directory: Path, pattern: str) -> Path:
    """Return the only package whose name fits."""
    (found,) = directory.glob(pattern)
    return found
