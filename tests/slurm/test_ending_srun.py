"""srun kills its tasks when it is told to end itself; what the documentation has users write instead."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.jobs.scenario import OutcomeRule
from direct_access.simulator.settings import SimulatorSettings
from tests.slurm.account import Account
from tests.slurm.test_examples import EXAMPLES, results_of
from tests.slurm.waiting import eventually
from tests.slurm.world import CHECKOUT

RUN = "direct-access run --output-dir here bell.yaml"
BELOW_SRUN = sorted(path for path in EXAMPLES.glob("*.sbatch") if "\nsrun " in path.read_text())
TASKS = {"array.sbatch": 2, "eight-jobs-of-eight-tasks.sbatch": 8}
"""Quantum jobs that an example has at once, else one."""


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    """A quantum system on which the quantum jobs of all examples run at once."""
    with Simulator(tmp_path / "simulator", SimulatorSettings(execute=False, lanes=20)) as simulator:
        yield simulator


@pytest.fixture
def user(alice: Account, simulator: Simulator) -> Account:
    """Alice, whose quantum jobs run until they are released."""
    simulator.outcomes.add(OutcomeRule(manual=True, times=None))
    for name in ("bell.yaml", "bell.sbatch", "trap.sbatch"):
        alice.copy(EXAMPLES / name)
    return alice


def quantum_job(simulator: Simulator) -> str:
    """Wait until the quantum job runs, and return its id."""
    (job,) = eventually(simulator.jobs.jobs, "a quantum job")
    eventually(lambda: [job.status for job in simulator.jobs.jobs()] == ["Running"], "it runs")
    return str(job.id)


def collected(user: Account, simulator: Simulator, job: str, directory: str) -> None:
    """Release the quantum job, and collect it."""
    simulator.jobs.release(job)
    user.run(["direct-access", "wait", directory])
    user.run(["direct-access", "collect", directory])
    assert results_of(user.place / directory)
    assert simulator.jobs.accepted == 1


def test_after_scancel_the_output_of_each_example_says_what_became_of_its_quantum_job(
    user: Account, simulator: Simulator
) -> None:
    for task in range(4):
        user.write(f"sweep-{task}.yaml", user.read("bell.yaml"))
    jobs = [user.sbatch(user.copy(path)) for path in BELOW_SRUN]
    count = sum(TASKS.get(path.name, 1) for path in BELOW_SRUN)
    eventually(lambda: [job.status for job in simulator.jobs.jobs()] == ["Running"] * count, "they run")
    user.run(["scancel", *map(str, jobs)])
    for job in jobs:
        user.cluster.wait(job)
    said = {path.name: path.read_text() for path in user.place.glob("*.out")}
    assert len(said) == len(BELOW_SRUN) + 1  # two of the array
    for name, output in said.items():
        assert "direct-access: the quantum job was cancelled\n" in output, f"{name}: {output}"
    assert simulator.jobs.jobs() == []


def test_after_a_requeue_the_output_names_the_quantum_job_that_is_left(
    user: Account, simulator: Simulator
) -> None:
    job = user.sbatch("bell.sbatch")
    quantum_job(simulator)
    user.run(["scontrol", "requeue", str(job)])
    user.cluster.wait_for(job, "PENDING")
    assert f"next: direct-access collect {user.place}/bell-{job}\n" in user.read(f"bell-{job}.out")


def test_a_script_with_a_trap_lets_the_quantum_job_go(user: Account, simulator: Simulator) -> None:
    job = user.sbatch("trap.sbatch")
    running = quantum_job(simulator)
    user.run(["scancel", "--batch", "--signal=USR1", str(job)])  # what Slurm sends two minutes before the end
    assert user.cluster.wait(job)["ExitCode"] == "124:0"
    collected(user, simulator, running, f"trap-{job}")


def test_the_same_script_exits_as_the_quantum_job_where_no_signal_comes(
    user: Account, simulator: Simulator
) -> None:
    job = user.sbatch("trap.sbatch")
    simulator.jobs.release(quantum_job(simulator))
    assert user.cluster.wait(job)["ExitCode"] == "0:0"


def test_a_command_that_is_to_end_after_some_time_leaves_or_cancels_the_quantum_job(
    user: Account, simulator: Simulator
) -> None:
    user.cluster.wait(user.sbatch(f"#!/bin/sh\nexec srun -n1 {RUN} --detach-after 3s\n"))
    collected(user, simulator, quantum_job(simulator), "here")
    user.cluster.wait(user.sbatch(f"#!/bin/sh\nexec srun -n1 timeout 3 {RUN} --new\n"))
    assert simulator.jobs.accepted == 2
    assert [job.status for job in simulator.jobs.jobs()] == []


def test_a_dropped_connection_ends_neither_a_batch_job_nor_its_quantum_job(
    user: Account, simulator: Simulator
) -> None:
    waiting = user.popen(["sbatch", "--wait", "--parsable", "bell.sbatch"], stdout=-1)
    assert waiting.stdout
    job = int(waiting.stdout.readline())
    running = quantum_job(simulator)
    user.cluster.world.signal(waiting, signal.SIGHUP)
    waiting.communicate()
    simulator.jobs.release(running)
    assert user.cluster.wait(job)["JobState"] == "COMPLETED"
    assert results_of(user.place / f"bell-{job}")


def test_the_quantum_job_of_an_interactive_srun_is_cancelled_or_outlives_it_and_is_collected(
    user: Account, simulator: Simulator
) -> None:
    interactive = user.popen(["salloc", "-n1", "srun", *RUN.split()], stderr=-1)
    running = quantum_job(simulator)
    job = int(user.run(["squeue", "-h", "-o", "%i"]).stdout)
    user.cluster.world.signal(interactive, signal.SIGHUP)
    _, said = interactive.communicate()
    user.cluster.wait(job)
    if simulator.jobs.jobs():  # the KILL of srun came before the TERM of the allocation that salloc gave up
        collected(user, simulator, running, "here")
    else:
        assert "direct-access: the quantum job was cancelled\n" in said


def test_the_user_guide_names_each_way() -> None:
    guide = (CHECKOUT / "docs" / "user-guide.md").read_text()
    for way in ("trap.sbatch", "--detach-after 8m", "srun timeout 8m direct-access", "sbatch --wait"):
        assert way in guide
