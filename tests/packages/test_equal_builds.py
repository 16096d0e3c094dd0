"""Two builds of the same sources are equal, byte by byte."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.packages.conftest import EPOCH, SECS, build_all, one, unpack

pytestmark = pytest.mark.timeout(SECS)


def digests(directory: Path) -> dict[str, str]:
    """Return the digest of each package."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in directory.iterdir()}


def test_every_package_is_the_same_when_built_again_elsewhere(built: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "another place"
    shutil.copytree(built.parent, elsewhere, symlinks=True, ignore=shutil.ignore_patterns("dist"))
    build_all(elsewhere)
    assert digests(elsewhere / "dist") == digests(built)
    assert len(digests(built)) == 7


def test_the_wheel_that_the_sdist_builds_is_the_wheel(built: Path, tmp_path: Path) -> None:
    unpack(one(built, "*.tar.gz"), tmp_path)
    hook = f"from setuptools import build_meta; build_meta.build_wheel({str(tmp_path)!r})"
    subprocess.run(
        [sys.executable, "-c", hook],
        cwd=one(tmp_path, "slurm_direct_access-*"),
        env={"SOURCE_DATE_EPOCH": EPOCH},
        check=True,
        capture_output=True,
    )
    assert contents(one(tmp_path, "*.whl")) == contents(one(built, "*.whl"))


def contents(wheel: Path) -> dict[str, bytes]:
    """Return the files in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
