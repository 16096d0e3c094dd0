"""Who may read a run directory: its owner, and whoever the owner lets."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import Site

NOBODY = 65534

pytestmark = [
    pytest.mark.root,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user"),
]


@pytest.fixture
def shared() -> Iterator[Path]:
    """A directory that everybody can reach."""
    path = Path(tempfile.mkdtemp(prefix="runs-", dir="/var/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def finished(site: Site, shared: Path) -> Path:
    done = site.run("run", "--output-dir", shared / "bell", site.job_file())
    assert done.returncode == 0, done.stderr
    return shared / "bell"


def another_user_reads(path: Path) -> bool:
    command = ["cat", str(path)]
    done = subprocess.run(command, user=NOBODY, group=NOBODY, extra_groups=[], capture_output=True)
    return done.returncode == 0


def files(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]


def test_nobody_else_reads_a_run(finished: Path) -> None:
    assert len(files(finished)) >= 4
    assert not any(another_user_reads(path) for path in files(finished))


def test_an_open_directory_alone_opens_no_file(finished: Path) -> None:
    finished.chmod(0o755)
    assert not any(another_user_reads(path) for path in files(finished))


def test_the_owner_can_let_others_read_the_results(finished: Path) -> None:
    finished.chmod(0o755)
    (finished / "results.json").chmod(0o644)
    assert another_user_reads(finished / "results.json")
    assert not another_user_reads(finished / "params.json")


def test_the_mode_of_a_directory_that_was_there_is_kept(site: Site, shared: Path) -> None:
    directory = shared / "open"
    directory.mkdir()
    directory.chmod(0o2770)
    assert site.run("run", "--output-dir", directory, site.job_file()).returncode == 0
    assert directory.stat().st_mode & 0o7777 == 0o2770
