"""``make slurm-demo``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.slurm.waiting import eventually
from tests.slurm.world import CHECKOUT, PLACE

DEMO_SECS = 100


@pytest.mark.usefixtures("needs_slurm")
def test_the_demonstration_shows_a_job_its_output_and_its_result() -> None:
    command = [sys.executable, "-m", "tests.slurm.demo"]
    told = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=DEMO_SECS)
    assert told.returncode == 0, told.stdout + told.stderr
    for shown in ("$ squeue", "ended: Completed", "PUB 0", "JobState=COMPLETED"):
        assert shown in told.stdout


@pytest.mark.usefixtures("needs_slurm")
def test_a_demonstration_that_is_killed_leaves_nothing() -> None:
    command = [sys.executable, "-m", "tests.slurm.demo"]
    with subprocess.Popen(command, cwd=CHECKOUT, stdout=-1, text=True) as demo:
        assert demo.stdout
        lines = iter(demo.stdout)
        directory = Path(next(line for line in lines if str(PLACE) in line).split()[-1])
        place = next(parent for parent in directory.parents if parent.parent == PLACE)
        demo.kill()
    eventually(lambda: not place.exists(), "the end of its directory")
    eventually(lambda: _mentioning(place.name) == [], "the end of its processes")


def _mentioning(text: str) -> list[int]:
    """Return the processes that have a text in their command line or environment."""
    return [
        int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and _has(entry, text)
    ]


def _has(process: Path, text: str) -> bool:
    try:
        return any(text.encode() in (process / name).read_bytes() for name in ("cmdline", "environ"))
    except OSError:
        return False
