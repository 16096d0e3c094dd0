"""srun kills its tasks when it is told to end itself; what the documentation has users write instead."""

from __future__ import annotations

import signal

import pytest

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.jobs.scenario import OutcomeRule
from tests.slurm.account import Account
from tests.slurm.test_examples import EXAMPLES, results_of
from tests.slurm.waiting import eventually
from tests.slurm.world import CHECKOUT

RUN = "direct-access run --output-dir here bell.yaml"


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


def test_the_quantum_job_of_an_interactive_srun_outlives_it_and_is_collected(
    user: Account, simulator: Simulator
) -> None:
    interactive = user.popen(["salloc", "-n1", "srun", *RUN.split()], stderr=-1)
    running = quantum_job(simulator)
    user.cluster.world.signal(interactive, signal.SIGHUP)
    interactive.communicate()
    collected(user, simulator, running, "here")


def test_the_user_guide_names_each_way() -> None:
    guide = (CHECKOUT / "docs" / "user-guide.md").read_text()
    for way in ("trap.sbatch", "--detach-after 8m", "srun timeout 8m direct-access", "sbatch --wait"):
        assert way in guide
