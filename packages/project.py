"""What is packaged: version, date and sources."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from pathlib import Path

from direct_access._version import __version__

VERSION = __version__
ROOT = Path(__file__).parents[1]
FILES = Path(__file__).with_name("files")
WHEELS = ROOT / ".cache/wheels"
"""Where ``fetch.sh`` puts the wheels of others."""

SUMMARY = "Run quantum jobs on an IBM on-premises quantum computer from Slurm"

OF_THE_WHEEL = ("direct_access", "LICENSE", "README.md", "pyproject.toml", "setup.cfg")
SOURCES = (
    *OF_THE_WHEEL,
    *("bench", "docs", "etc", "examples", "packages", "slurm", "spank_plugin", "tests"),
    *("CHANGELOG.md", "CONTRIBUTING.md", "MANIFEST.in", "Makefile"),
)
_NO_SOURCES = shutil.ignore_patterns("__pycache__", "*.pyc", "*.so", "*.egg-info")


def epoch() -> int:
    """Return the time that every file of a package has, so that two builds are equal.

    ``SOURCE_DATE_EPOCH`` (https://reproducible-builds.org/specs/source-date-epoch), or the time of the last
    commit, or the age of the changelog where there is no repository.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    if (ROOT / ".git").exists():
        git = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
        return int(subprocess.run(git, check=True, capture_output=True).stdout)
    return int((ROOT / "CHANGELOG.md").stat().st_mtime)


def date() -> str:
    """Return the day of :func:`epoch`."""
    return datetime.fromtimestamp(epoch(), timezone.utc).date().isoformat()


def run(command: Sequence[str | Path], cwd: Path | None = None) -> str:
    """Run a builder, with what makes its builds equal, and return what it prints.

    :raises SystemExit: with all that it said, if it fails
    """
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch()), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{command[0]} failed\n{done.stdout}{done.stderr}")
    return done.stdout


def copy_sources(names: Iterable[str], directory: Path) -> None:
    """Copy files and trees of ours, without what builds leave in them."""
    for name in names:
        source, target = ROOT / name, directory / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=_NO_SOURCES, copy_function=shutil.copyfile)
        else:
            shutil.copyfile(source, target)


def normalise(directory: Path) -> None:
    """Give every file of a tree the same mode and time, whatever umask and checkout say."""
    for path in [directory, *directory.rglob("*")]:
        if path.is_symlink():
            os.utime(path, (epoch(), epoch()), follow_symlinks=False)
            continue
        executable = path.is_dir() or path.read_bytes()[:2] == b"#!" or path.suffix == ".so"
        path.chmod(0o755 if executable else 0o644)
        os.utime(path, (epoch(), epoch()))
