"""How many ways to be killed, and how many mixes of faults, a run survives."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from bench.report import Section, Target, seconds

TEXT = """The command is killed with SIGKILL before each system call that changes its run directory or a
server (strace(1) injects the signal), and started again: the same command on the same node, and the requeued
Slurm job on another one. Then every seed draws a mix of kills, lost replies, errors, refusals and slow
answers. Each run must end with one execution on the server, the right bytes, nothing left over and
exit status 0."""
COLUMNS = ("what", "how many", "all held", "time")


def survive(directory: Path, seeds: int) -> Section:
    """Return how many kill points and seeds were played, and whether all held."""
    from tests.chaos.world import SLURM, undisturbed, world
    from tests.reliability.catalogue import ROWS

    count = sum(map(len, ROWS.values()))

    with world(directory / "chaos") as a_world:
        here, elsewhere = len(undisturbed(a_world)), len(undisturbed(a_world, **SLURM))
    killed, kill_secs = _holds("tests/chaos/test_kill_points.py", seeds)
    mixed, mix_secs = _holds("tests/chaos/test_random_mix.py", seeds)
    played, play_secs = _holds("tests/reliability", seeds)
    rows = [
        [
            "kill points: same node, another node",
            f"{here}, {elsewhere}",
            _yes(killed),
            seconds(kill_secs),
        ],
        ["seeds", str(seeds), _yes(mixed), seconds(mix_secs)],
        ["rows of the [table of faults](reliability.md)", str(count), _yes(played), seconds(play_secs)],
    ]
    target = Target(
        "one execution, whatever is killed or lost",
        f"{here + elsewhere} kill points, {seeds} seeds",
        killed and mixed and played,
    )
    return Section("Kills and lost replies", TEXT, COLUMNS, rows, [target])


def _holds(tests: str, seeds: int) -> tuple[bool, float]:
    begun = time.monotonic()
    environment = {**os.environ, "DIRECT_ACCESS_TEST_SEEDS": str(seeds)}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "2", tests], env=environment, stdout=sys.stderr
    )
    return done.returncode == 0, time.monotonic() - begun


def _yes(held: bool) -> str:
    return "yes" if held else "**no**"
