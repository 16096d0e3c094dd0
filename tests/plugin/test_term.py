"""TERM for a run below a plain batch shell. ``tests/slurm/life_cycle`` plays all reasons for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.jobs.scenario import OutcomeRule
from tests.integration.conftest import BELL
from tests.plugin import jobs
from tests.slurm.account import Account
from tests.slurm.waiting import eventually

PLAIN = "#!/bin/bash\ndirect-access run bell.yaml\necho never printed\n"


@pytest.fixture
def quantum(alice: Account, simulator: Simulator) -> Iterator[Account]:
    """Alice, whose quantum jobs run until somebody ends them."""
    simulator.outcomes.add(OutcomeRule(manual=True, times=None))
    alice.configure(simulator)
    alice.write("bell.yaml", BELL)
    yield alice
    alice.forget_configuration()


def submitted(simulator: Simulator) -> str:
    """Wait until a quantum job is there, and return its id."""
    return str(eventually(lambda: next((job.id for job in simulator.jobs.jobs()), None), "a quantum job"))


def test_scancel_of_a_plain_script_cancels_the_quantum_job(quantum: Account, simulator: Simulator) -> None:
    ordinary = quantum.sbatch("#!/bin/bash\nsleep 600\n")
    job = quantum.sbatch(PLAIN, "--output=out", "--qpu=ibm_examplesite")
    quantum_job = submitted(simulator)
    quantum.run(["scancel", str(job)])
    assert quantum.cluster.wait(job)["JobState"] == "CANCELLED"
    cancelled = f"/v1/jobs/{quantum_job}/cancel"
    eventually(lambda: simulator.requests.entries(method="POST", path=cancelled), "the cancel request")
    output = quantum.read("out")
    assert "SIGTERM" in output, output
    assert "never printed" not in output
    assert "Slurm does not signal this process" not in output
    assert quantum.cluster.show(ordinary)["JobState"] == "RUNNING"
    quantum.run(["scancel", str(ordinary)])
    jobs.clean(quantum.cluster)


def test_requeueing_a_plain_script_leaves_the_quantum_job(quantum: Account, simulator: Simulator) -> None:
    job = quantum.sbatch(PLAIN, "--output=out", "--qpu=ibm_examplesite", "--requeue", "--open-mode=append")
    quantum_job = submitted(simulator)
    quantum.run(["scontrol", "requeuehold", str(job)])
    eventually(lambda: "SIGTERM" in quantum.read("out"), "TERM")
    eventually(
        lambda: jobs.records(quantum.cluster) == [f"{job}.record"], "the record alone, for the next life"
    )
    assert simulator.jobs.job(quantum_job).status == "Running"
    quantum.run(["scancel", str(job)])  # there will be none
    jobs.forget(quantum.cluster, job)


def test_the_end_of_one_job_disturbs_no_run_of_another(quantum: Account, simulator: Simulator) -> None:
    asked = ("--qpu=ibm_examplesite", "--nodelist=" + quantum.cluster.nodes[0])
    quantum.write("second.yaml", BELL)
    first = quantum.sbatch(PLAIN, "--output=first", *asked)
    second = quantum.sbatch(PLAIN.replace("bell", "second"), "--output=second", *asked)
    eventually(lambda: len(simulator.jobs.jobs()) == 2, "two quantum jobs")
    quantum.run(["scancel", str(first)])
    quantum.cluster.wait(first)
    eventually(lambda: "SIGTERM" in quantum.read("first"), "TERM for the first")
    assert "SIGTERM" not in quantum.read("second")
    assert quantum.cluster.show(second)["JobState"] == "RUNNING"
    quantum.run(["scancel", str(second)])
    jobs.clean(quantum.cluster)
