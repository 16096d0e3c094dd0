"""Every file of ``slurm/examples``, copied and used as its comments say."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.jobs.scenario import OutcomeRule
from tests.slurm.account import Account
from tests.slurm.cluster import Cluster
from tests.slurm.waiting import eventually
from tests.slurm.world import ALICE, CHECKOUT

EXAMPLES = CHECKOUT / "slurm" / "examples"


def copy_examples(account: Account) -> Account:
    """Copy all of them to where the user works."""
    for path in EXAMPLES.iterdir():
        account.copy(path)
    return account


@pytest.fixture
def user(alice: Account) -> Account:
    """Alice, with a copy of the examples."""
    return copy_examples(alice)


def completed(user: Account, job: int) -> None:
    """Wait until a job has ended well."""
    user.cluster.wait(job)
    states = {task["JobId"]: task["JobState"] for task in user.cluster.tasks(job)}
    outputs = "".join(path.read_text() for path in user.place.glob("*.out"))
    assert set(states.values()) == {"COMPLETED"}, f"{states}\n{outputs}"


def connect(simulator: Simulator) -> list[str]:
    """Return a command that connects to the API."""
    return ["bash", "-c", f"exec 3<>/dev/tcp/127.0.0.1/{simulator.api_url.rpartition(':')[2]}"]


def is_refused(user: Account, simulator: Simulator) -> bool:
    """Whether a step finds no API; srun itself may by chance listen on a port of that number, in there."""
    return "Connection refused" in user.run(["srun", *connect(simulator)], check=False).stderr


def results_of(directory: Path) -> object:
    """Return what a run brought."""
    return json.loads((directory / "results.json").read_bytes())["results"]


def test_a_single_job(user: Account, simulator: Simulator) -> None:
    job = user.sbatch("bell.sbatch")
    completed(user, job)
    assert results_of(user.place / f"bell-{job}")
    assert simulator.jobs.accepted == 1


def test_an_array_between_two_classical_steps(user: Account, simulator: Simulator) -> None:
    last = int(user.run(["./chain.sh"]).stdout)
    completed(user, last)
    arrays = {path.name.rpartition("_")[0] for path in user.place.glob("sweep-*_*.out")}
    (array,) = arrays
    assert all(results_of(user.place / f"{array}_{task}") for task in range(4))
    assert simulator.jobs.accepted == 4
    assert "c" in user.read(f"evaluate-{last}.out")


def test_a_step_after_a_failed_quantum_step_does_not_run(user: Account, simulator: Simulator) -> None:
    simulator.outcomes.add(OutcomeRule(status="Failed", times=None))
    last = int(user.run(["./chain.sh"]).stdout)
    assert user.cluster.wait(last)["JobState"] == "CANCELLED"
    assert not (user.place / f"evaluate-{last}.out").exists()


def test_a_job_that_lets_go_before_its_end_is_taken_up_when_requeued(
    user: Account, simulator: Simulator
) -> None:
    simulator.outcomes.add(OutcomeRule(manual=True))
    job = user.sbatch("requeue.sbatch")
    (quantum_job,) = eventually(simulator.jobs.jobs, "a quantum job")
    user.run(["scancel", "--signal=USR2", str(job)])  # what Slurm sends two minutes before the end
    user.cluster.wait_until(job, lambda record: record["Restarts"] == "1", "requeued")
    user.cluster.wait_for(job, "PENDING")
    user.cluster.wait_for(job, "RUNNING")
    simulator.jobs.release(quantum_job.id)
    completed(user, job)
    assert results_of(user.place / f"patient-{job}")
    assert simulator.jobs.accepted == 1


def test_one_task_of_an_array_that_lets_go_is_requeued_alone(user: Account, simulator: Simulator) -> None:
    simulator.outcomes.add(OutcomeRule(manual=True, times=None))
    array = user.sbatch("requeue.sbatch", "--array=0-1")
    eventually(lambda: len(simulator.jobs.jobs()) == 2, "two quantum jobs")
    # in the last one SLURM_JOB_ID is the array's
    user.run(["scancel", "--signal=USR2", f"{array}_1"])
    eventually(lambda: restarts(user, array)["1"] == "1", "requeued")
    user.cluster.wait_until(array, lambda record: record["JobState"] == "RUNNING", "running again")
    assert restarts(user, array) == {"0": "0", "1": "1"}
    for job in simulator.jobs.jobs():
        simulator.jobs.release(job.id)
    completed(user, array)
    assert simulator.jobs.accepted == 2


def restarts(user: Account, array: int) -> dict[str, str]:
    """Return how often each task of an array was requeued."""
    return {task["ArrayTaskId"]: task["Restarts"] for task in user.cluster.tasks(array)}


def test_an_interactive_allocation(user: Account, simulator: Simulator) -> None:
    told = user.run(["./interactive.sh"])
    assert "Granted job allocation" in told.stderr
    (results,) = user.place.glob("*/results.json")
    assert results_of(results.parent)
    assert simulator.jobs.accepted == 1


def test_eight_tasks_of_one_run_directory_are_one_quantum_job(user: Account, simulator: Simulator) -> None:
    job = user.sbatch("one-job-of-eight-tasks.sbatch")
    completed(user, job)
    assert results_of(user.place / f"together-{job}")
    assert simulator.jobs.accepted == 1


def test_eight_tasks_of_one_failed_quantum_job_exit_alike(user: Account, simulator: Simulator) -> None:
    simulator.outcomes.add(OutcomeRule(status="Failed"))
    script = user.read("one-job-of-eight-tasks.sbatch").replace(
        "srun direct-access run bell.yaml", "srun bash -c 'direct-access run bell.yaml; echo exit $?'"
    )
    job = user.sbatch(script, "--output=out")
    user.cluster.wait(job)
    statuses = [line for line in user.read("out").splitlines() if line.startswith("exit ")]
    assert len(statuses) == 8, user.read("out")
    assert len(set(statuses)) == 1
    assert statuses[0] != "exit 0"
    assert simulator.jobs.accepted == 1


def test_eight_tasks_of_eight_run_directories_are_eight_quantum_jobs(
    user: Account, simulator: Simulator
) -> None:
    job = user.sbatch("eight-jobs-of-eight-tasks.sbatch")
    completed(user, job)
    assert all(results_of(user.place / f"apart-{job}" / str(task)) for task in range(8))
    assert simulator.jobs.accepted == 8


def test_a_job_without_the_login_environment(user: Account, simulator: Simulator) -> None:
    job = user.sbatch("clean-environment.sbatch")
    completed(user, job)
    assert results_of(user.place / f"clean-{job}")
    assert simulator.jobs.accepted == 1


def test_without_export_all_a_step_of_such_a_job_has_no_environment(user: Account) -> None:
    script = user.read("clean-environment.sbatch").replace(" --export=ALL", "")
    job = user.sbatch(user.write("trap.sbatch", script), "--output=out")
    assert user.cluster.wait(job)["JobState"] == "FAILED", user.read("out")


@pytest.fixture
def separate(reason_without_slurm: str | None, simulator: Simulator) -> Iterator[Account]:
    """Alice on a cluster whose nodes have no route to the quantum system."""
    if reason_without_slurm:
        pytest.skip(reason_without_slurm)
    with Cluster(nodes=1, own_network=True) as cluster:
        account = Account(cluster, ALICE, f"place-{os.urandom(4).hex()}")
        account.configure(simulator)
        yield copy_examples(account)


def test_a_login_node_submits_and_collects_where_nodes_have_no_route(
    separate: Account, simulator: Simulator
) -> None:
    assert eventually(lambda: is_refused(separate, simulator), "no route to the API")
    told = separate.run(["./login-node.sh"], outside_network=True)
    assert "sum 500500" in told.stdout
    assert simulator.jobs.accepted == 1
    (results,) = separate.place.glob("*/results.json")
    assert results_of(results.parent)
