"""The .rpm packages, by ``rpm --root`` on a clean Debian: ``--nodeps``, since its packages are not RPMs."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from direct_access._version import __version__
from tests.packages.conftest import SECS, STARTED, STOPPED, one, play_systemd
from tests.support.clean_root import MOUNTED, CleanRoot, clean_root

pytestmark = pytest.mark.timeout(SECS)

DATABASE = "/var/lib/rpm"


def rpm(root: CleanRoot, *arguments: str | Path) -> str:
    """Run our rpm on the clean system, and return what it prints."""
    enter = ["nsenter", f"--target={root.pid}", "--mount", "--"]
    options = ["--root", MOUNTED, "--dbpath", DATABASE]
    done = subprocess.run([*enter, "rpm", *options, *arguments], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def query(package: Path, *arguments: str) -> list[str]:
    """Return lines that a package tells of itself."""
    done = subprocess.run(["rpm", "-qp", *arguments, package], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def root(built: Path) -> Iterator[CleanRoot]:
    """A system with both packages."""
    with clean_root() as root:
        rpm(root, "--initdb")
        rpm(root, "--install", "--nodeps", one(built, "direct-access-[0-9]*.rpm"))
        rpm(root, "--install", "--nodeps", one(built, "direct-access-slurm-plugin-*.rpm"))
        yield root


def test_the_command_runs(root: CleanRoot) -> None:
    told = root.run(["direct-access", "--version"], user="nobody")
    assert told.stdout == f"direct-access, version {__version__}\n"
    assert list(root.path("/opt/direct-access/lib/direct_access/__pycache__").glob("_version.*.pyc"))


def test_rpm_finds_every_file_as_it_was_packed(root: CleanRoot) -> None:
    assert rpm(root, "--verify", "--nodeps", "direct-access", "direct-access-slurm-plugin") == ""


def test_what_administrators_change_is_marked_so(built: Path) -> None:
    changed = query(one(built, "direct-access-[0-9]*.rpm"), "--configfiles")
    assert changed == ["/etc/direct-access/config.yaml.example", "/etc/logrotate.d/direct-access"]


def test_it_needs_a_new_enough_python_and_the_slurm_of_the_plugin(built: Path) -> None:
    needed = query(one(built, "direct-access-[0-9]*.rpm"), "--requires")
    assert "(python3 >= 3.10 or python3.13 or python3.12 or python3.11)" in needed
    of_plugin = query(one(built, "direct-access-slurm-plugin-*.rpm"), "--requires")
    assert any(line.startswith("slurm >= ") for line in of_plugin)
    assert any(line.startswith("slurm < ") for line in of_plugin)


def test_both_packages_of_the_command_have_the_same_files(built: Path) -> None:
    of_rpm = set(query(one(built, "direct-access-[0-9]*.rpm"), "--list"))
    listing = subprocess.run(
        ["dpkg-deb", "--fsys-tarfile", one(built, "direct-access_*.deb")], capture_output=True, check=True
    )
    names = subprocess.run(
        ["tar", "t"], input=listing.stdout, capture_output=True, check=True
    ).stdout.decode()
    of_deb = {name.removeprefix(".").rstrip("/") for name in names.splitlines()}
    assert of_rpm <= of_deb
    assert not any("direct-access" in name for name in of_deb - of_rpm)  # directories of every system


def test_erasing_leaves_nothing(built: Path) -> None:
    with clean_root() as root:
        told = play_systemd(root)
        rpm(root, "--initdb")
        before = root.files()
        rpm(root, "--install", "--nodeps", one(built, "direct-access-[0-9]*.rpm"))
        rpm(root, "--install", "--nodeps", one(built, "direct-access-slurm-plugin-*.rpm"))
        rpm(root, "--upgrade", "--nodeps", "--force", one(built, "direct-access-[0-9]*.rpm"))
        root.run(["direct-access", "--version"])
        rpm(root, "--erase", "direct-access", "direct-access-slurm-plugin")
        assert told.read_text().splitlines() == [*STARTED, *STARTED, *STOPPED]
        left = {name for name in root.files() - before if not name.startswith(DATABASE)}
        assert left <= {"/usr/lib64"}  # a part of every system that rpm installs
        assert before - root.files() == set()
