"""The command in the shell of an allocation, on a terminal, and what it warns of."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.jobs.scenario import OutcomeRule
from tests.integration.conftest import BELL
from tests.slurm import journals
from tests.slurm.account import Account
from tests.slurm.waiting import SECS, eventually

TERMINAL = ["script", "--quiet", "--flush", "--return", "--command"]


@pytest.mark.skipif(shutil.which("script") is None, reason="needs script(1)")
def test_scancel_of_an_interactive_allocation_cancels_the_quantum_job(
    alice: Account, simulator: Simulator
) -> None:
    """Slurm sends HUP to what runs in the foreground of the shell, and nothing else."""
    simulator.outcomes.add(OutcomeRule(manual=True))
    alice.write("bell.yaml", BELL)
    shell = alice.popen(
        [*TERMINAL, "salloc --ntasks=1", "typed"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert shell.stdin
    shell.stdin.write("direct-access run --output-dir run bell.yaml\n")
    shell.stdin.flush()
    (quantum_job,) = eventually(simulator.jobs.jobs, "a quantum job")
    alice.run(["scancel", "--user=alice"])
    eventually(lambda: quantum_job.status == "Cancelled", "the cancel request")
    said, _ = shell.communicate("exit\n", timeout=SECS)
    assert "SIGHUP (cancelled): cancel the quantum job" in said
    assert quantum_job.status == "Cancelled"
    journal = journals.load(alice.place / "run")
    assert journal is not None
    assert journal.end_reason == "cancelled"


def test_scancel_of_a_step_of_an_allocation_cancels_the_quantum_job(
    alice: Account, simulator: Simulator
) -> None:
    simulator.outcomes.add(OutcomeRule(manual=True))
    alice.write("bell.yaml", BELL)
    command = ["salloc", "--ntasks=1", "srun", "direct-access", "run", "--output-dir", "run", "bell.yaml"]
    step = alice.popen(command, stderr=subprocess.PIPE)
    (quantum_job,) = eventually(simulator.jobs.jobs, "a quantum job")
    alice.run(["scancel", "--user=alice"])
    step.communicate(timeout=SECS)
    eventually(lambda: quantum_job.status == "Cancelled", "the cancel request")


@pytest.mark.parametrize("directory", ["/tmp/run", "$TMPDIR/run"])
def test_a_run_directory_on_the_node_is_warned_of(alice: Account, directory: str) -> None:
    alice.write("bell.yaml", BELL)
    command = f"mkdir -p $TMPDIR; direct-access run --dry-run --output-dir {directory} bell.yaml"
    local = str(alice.place / "local")
    told = alice.run(["srun", "env", f"TMPDIR={local}", "sh", "-c", command])
    assert "will be hard to find after the job: it lies in " in told.stderr


def test_a_run_directory_elsewhere_is_not(alice: Account) -> None:
    alice.write("bell.yaml", BELL)
    told = alice.run(["srun", "direct-access", "run", "--dry-run", "--output-dir", "run", "bell.yaml"])
    assert "warning" not in told.stderr
