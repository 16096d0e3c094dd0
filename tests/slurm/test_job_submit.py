"""The function for job_submit.lua inside a real slurmctld, beside the SPANK plugin."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.plugin import build
from tests.slurm.cluster import Cluster
from tests.slurm.world import ALICE, CHECKOUT

SITE = """\
local loaded, direct_access = pcall(dofile, "{etc}/job_submit_direct_access.lua")
function slurm_job_submit(job_desc, part_list, submit_uid)
    local ok, refusal = pcall(direct_access.add_licenses, job_desc, {known = {"ibm_x", "ibm_y"}})
    if ok and refusal then slurm.log_user(refusal) return slurm.ERROR end
    return slurm.SUCCESS
end
function slurm_job_modify() return slurm.SUCCESS end
return slurm.SUCCESS
"""
PLUGIN = "required {etc}/../direct_access.so names={etc}/qpu-names run={etc}/../qpu-run"
SCRIPT = "#!/bin/bash\nsleep 1000\n"


@pytest.fixture(scope="module")
def cluster(reason_without_slurm: str | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    if reason := reason_without_slurm or build.why_not():
        pytest.skip(reason)
    files = {
        "job_submit.lua": SITE,
        "job_submit_direct_access.lua": (CHECKOUT / "slurm" / "job_submit_direct_access.lua").read_text(),
        "qpu-names": "ibm_x\nibm_y\nibm_z\n",
    }
    settings = {"JobSubmitPlugins": "lua", "Licenses": "ibm_x:5,ibm_y:2", "PrologFlags": "Alloc"}
    cluster = Cluster(nodes=1, settings=settings, files=files, plugstack=[PLUGIN])
    shutil.copy(build.plugin(tmp_path_factory.mktemp("plugin")), cluster.directory)
    with cluster:
        yield cluster


def licenses(cluster: Cluster, *args: str) -> str:
    """Submit a held job and return the licences that slurmctld gave it."""
    job = cluster.sbatch(SCRIPT, ALICE, args=["--hold", *args])
    return cluster.tasks(job)[0]["Licenses"]


def test_the_option_becomes_a_licence(cluster: Cluster) -> None:
    assert licenses(cluster, "--qpu=ibm_x") == "ibm_x:1"
    assert licenses(cluster, "--qpu=ibm_x,ibm_y") == "ibm_x:1,ibm_y:1"
    assert licenses(cluster) == "(null)"


def test_a_licence_that_was_asked_for_is_not_taken_twice(cluster: Cluster) -> None:
    assert licenses(cluster, "--qpu=ibm_x", "-L", "ibm_x:1") == "ibm_x:1"
    assert licenses(cluster, "--qpu=ibm_x", "-L", "ibm_y:2") == "ibm_y:2,ibm_x:1"


def test_each_task_of_an_array_takes_one(cluster: Cluster) -> None:
    assert licenses(cluster, "--qpu=ibm_x", "--array=1-9") == "ibm_x:1"


def test_a_heterogeneous_job_takes_one(cluster: Cluster) -> None:
    words = ["sbatch", "--parsable", "--hold", "--qpu=ibm_x", "-n1", ":", "-n1", "--wrap", "true"]
    job = int(cluster.run(words, ALICE).stdout)
    assert [part["Licenses"] for part in cluster.tasks(job)] == ["ibm_x:1", "(null)"]


def test_a_backend_without_a_licence_is_refused_with_what_to_type(cluster: Cluster) -> None:
    for command in (["sbatch", "--qpu=ibm_z", "--wrap", "true"], ["srun", "--qpu=ibm_z", "true"]):
        done = cluster.run(command, ALICE, check=False)
        assert done.returncode != 0
        assert "unknown backend 'ibm_z'; type --qpu=ibm_x (known here: ibm_x, ibm_y)" in done.stderr


def test_one_that_the_plugin_does_not_know_never_comes_so_far(cluster: Cluster) -> None:
    done = cluster.run(["sbatch", "--qpu=nope", "--wrap", "true"], ALICE, check=False)
    assert "--qpu: unknown quantum system 'nope' (known here: ibm_x, ibm_y, ibm_z)" in done.stderr


def test_a_job_has_both_the_licence_and_what_the_plugin_grants(cluster: Cluster) -> None:
    told = "echo granted $QRMI_JOB_QPU_RESOURCES; scontrol -o show job $SLURM_JOB_ID"
    done = cluster.srun(["--qpu=ibm_y", "sh", "-c", told], ALICE)
    assert "granted ibm_y\n" in done.stdout
    assert "Licenses=ibm_y:1" in done.stdout
