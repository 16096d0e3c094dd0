"""The same environment without a plugin, by TaskProlog, on a real cluster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.plugin import jobs
from tests.plugin.conftest import NAMES
from tests.slurm.account import Account
from tests.slurm.cluster import Cluster
from tests.slurm.waiting import eventually

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


def test_one_task_of_an_array_is_refused_alone(user: Account) -> None:
    cluster = user.cluster
    script = "#!/bin/sh\ntouch began-$SLURM_ARRAY_TASK_ID\nsleep 600\n"
    array = user.sbatch(script, "--array=1-2", "--hold", env={"DIRECT_ACCESS_QPU": "ibm_other"})
    names = cluster.etc / "qpu-names"
    try:
        user.run(["scontrol", "release", f"{array}_1"])
        eventually((user.place / "began-1").exists, "the first task")
        names.write_text("ibm_examplesite\n")
        user.run(["scontrol", "release", f"{array}_2"])
        eventually(lambda: tasks(cluster, array)["2"]["JobState"] == "FAILED", "the refused task")
    finally:
        names.write_text(NAMES)
    seen = tasks(cluster, array)
    assert seen["2"]["Comment"].startswith("DIRECT_ACCESS_QPU: unknown quantum system 'ibm_other'")
    assert "DIRECT_ACCESS_QPU" not in seen["1"].get("Comment", "")
    user.run(["scancel", str(array)])
    cluster.wait(array)


def tasks(cluster: Cluster, array: int) -> dict[str, dict[str, str]]:
    """Return the record of each task of an array."""
    return {task["ArrayTaskId"]: task for task in cluster.tasks(array)}
