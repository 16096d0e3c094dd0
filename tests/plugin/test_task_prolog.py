"""The same environment without a plugin, by TaskProlog, on a real cluster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.plugin import jobs
from tests.plugin.conftest import NAMES
from tests.slurm.account import Account
from tests.slurm.cluster import Cluster

SCRIPT = Path(__file__).parents[2] / "slurm" / "task_prolog.sh"
NAMES_FILE = "/etc/direct-access/qpu-names"


@pytest.fixture(scope="module")
def plain_cluster(needs_slurm: None) -> Iterator[Cluster]:
    """A cluster whose admin set the path in the script, and loads no plugin."""
    script = SCRIPT.read_text()
    assert NAMES_FILE in script
    files = {"task_prolog.sh": script.replace(NAMES_FILE, "{etc}/qpu-names"), "qpu-names": NAMES}
    with Cluster(nodes=2, files=files, settings={"TaskProlog": "{etc}/task_prolog.sh"}) as cluster:
        yield cluster


@pytest.fixture
def user(plain_cluster: Cluster) -> Account:
    """An ordinary user of it."""
    return jobs.account(plain_cluster)


def test_batch_job_and_steps_get_names_and_types(user: Account) -> None:
    asked = {"DIRECT_ACCESS_QPU": "ibm_other,ibm_examplesite"}
    _, _, output = jobs.ended(user, "env; echo --; srun -N2 env", "-N2", env=asked)
    for part in output.split("--\n"):
        seen = jobs.variables(part)
        assert seen["QRMI_JOB_QPU_RESOURCES"] == "ibm_other,ibm_examplesite"
        assert seen["QRMI_JOB_QPU_TYPES"] == "qiskit-runtime-service,ibm-quantum-system"


def test_a_job_that_asks_for_nothing_gets_nothing(user: Account) -> None:
    assert jobs.ended(user, "env | grep QRMI || echo nothing")[2] == "nothing\n"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("ibm_nope", "unknown quantum system 'ibm_nope' (known here: ibm_examplesite ibm_other)"),
        ("ibm_other,,", "wants NAME[,NAME]"),
        ("$(id)", "wants NAME[,NAME]"),
        ("*", "wants NAME[,NAME]"),
    ],
)
def test_other_names_end_the_job_and_drain_no_node(user: Account, asked: str, message: str) -> None:
    job = user.sbatch("#!/bin/sh\ntouch ran\n", env={"DIRECT_ACCESS_QPU": asked})
    record = user.cluster.wait(job)
    assert (record["JobState"], record["ExitCode"]) == ("FAILED", "0:9")
    assert record["Comment"].startswith(f"DIRECT_ACCESS_QPU: {message}")
    assert not (user.place / "ran").exists()
    jobs.clean(user.cluster)
