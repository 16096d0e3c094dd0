"""The repository speaks of itself alone, and of no machine."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

MACHINE_PATHS = re.compile(
    "|".join(["/" + "work/", "/" + "root/", "/" + "tmp/lab", r"/home/(?!alice\b|u\b|user\b)\w"])
)


def tracked() -> list[Path]:
    """Return every text file that git knows."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_path_of_a_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked()
        if (match := MACHINE_PATHS.search(path.read_bytes().decode("utf-8", "replace")))
    ]
    assert found == []


def test_nothing_generated_is_tracked() -> None:
    names = [str(path.relative_to(ROOT)) for path in tracked()]
    unwanted = re.compile(
        r"(^|/)(__pycache__|\.venv|\.hypothesis|\.mypy_cache|[^/]*\.egg-info)(/|$)|\.pyc$|\.so$"
    )
    assert [name for name in names if unwanted.search(name)] == []
