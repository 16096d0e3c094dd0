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
    local options = {known = {"ibm_x", "ibm_y", "ibm_far"}, licenses = {ibm_far = "ibm_far@lab"}}
    local ok, refusal = pcall(direct_access.add_licenses, job_desc, options)
    if ok and refusal then slurm.log_user(refusal) return slurm.ERROR end
    return slurm.SUCCESS
end
function slurm_job_modify(job_desc, job_rec, part_list, modify_uid)
    local ok, refusal = pcall(direct_access.keep_licenses, job_desc, job_rec, modify_uid)
    if ok and refusal then slurm.log_user(refusal) return slurm.ESLURM_INVALID_LICENSES end
    return slurm.SUCCESS
end
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
        "qpu-names": "ibm_x\nibm_y\nibm_z\nibm_far\n",
    }
    settings = {
        "JobSubmitPlugins": "lua",
        "Licenses": "ibm_x:5,ibm_y:2,ibm_far@lab:1",
        "PrologFlags": "Alloc",
    }
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


def licenses_of_parts(cluster: Cluster, *parts: str) -> list[str]:
    """Submit a held heterogeneous job and return the licences of its parts."""
    words = " : ".join(f"-n1 {part}" for part in parts).split()
    job = int(cluster.run(["sbatch", "--parsable", "--hold", *words, "--wrap", "true"], ALICE).stdout)
    return [part["Licenses"] for part in cluster.tasks(job)]


def takes_licenses_of_later_parts(cluster: Cluster) -> bool:
    """Whether this Slurm does: 22.05 does, 24.11 does not."""
    return cluster.scontrol("--version").split()[1].startswith("22.")


def test_a_heterogeneous_job_takes_one_whichever_of_its_parts_asks(cluster: Cluster) -> None:
    assert licenses_of_parts(cluster, "--qpu=ibm_x", "") == ["ibm_x:1", "(null)"]
    assert licenses_of_parts(cluster, "--qpu=ibm_x,ibm_y", "--qpu=ibm_y") == ["ibm_x:1,ibm_y:1", "(null)"]
    if takes_licenses_of_later_parts(cluster):
        assert licenses_of_parts(cluster, "", "--qpu=ibm_x", "") == ["(null)", "ibm_x:1", "(null)"]
        assert licenses_of_parts(cluster, "--qpu=ibm_x", "--qpu=ibm_y") == ["ibm_x:1", "ibm_y:1"]


def test_where_only_the_first_part_may_take_one_another_is_told_what_to_type(cluster: Cluster) -> None:
    words = ["sbatch", "--hold", "-n1", ":", "-n1", "--qpu=ibm_x", "--wrap", "true"]
    done = cluster.run(words, ALICE, check=False)
    refused = "type --qpu=ibm_x before the first ':'" in done.stderr
    assert refused == (done.returncode != 0) != takes_licenses_of_later_parts(cluster)


def test_none_of_a_licence_is_not_one(cluster: Cluster) -> None:
    job = cluster.sbatch(SCRIPT, ALICE, args=["--qpu=ibm_x", "-L", "ibm_x:0"])
    cluster.wait_for(job, "RUNNING")
    assert "LicenseName=ibm_x Total=5 Used=1" in cluster.scontrol("-o", "show", "lic")
    cluster.scancel(job)
    cluster.wait(job)


def test_a_licence_of_a_server_is_taken(cluster: Cluster) -> None:
    assert licenses(cluster, "--qpu=ibm_far") == "ibm_far@lab:1"
    assert licenses(cluster, "--qpu=ibm_far", "-L", "ibm_far@lab:1") == "ibm_far@lab:1"


@pytest.mark.parametrize("state", ["PENDING", "RUNNING"])
def test_a_user_does_not_take_the_licence_off_a_job_and_root_may(cluster: Cluster, state: str) -> None:
    hold = ["--hold"] if state == "PENDING" else []
    job = cluster.sbatch(SCRIPT, ALICE, args=[*hold, "--qpu=ibm_x"])
    cluster.wait_for(job, state)
    change = ["scontrol", "update", f"jobid={job}"]
    for licenses in ("", "ibm_y:1", "ibm_x:0"):
        done = cluster.run([*change, f"licenses={licenses}"], ALICE, check=False)
        assert done.returncode != 0
        assert "icense" in done.stderr
        assert cluster.show(job)["Licenses"] == "ibm_x:1"
    cluster.run([*change, "comment=mine"], ALICE)
    cluster.run([*change, "licenses="])
    assert cluster.show(job)["Licenses"] in ("", "(null)")
    cluster.scancel(job)
    cluster.wait(job)


def test_a_backend_without_a_licence_is_refused_with_what_to_type(cluster: Cluster) -> None:
    for command in (["sbatch", "--qpu=ibm_z", "--wrap", "true"], ["srun", "--qpu=ibm_z", "true"]):
        done = cluster.run(command, ALICE, check=False)
        assert done.returncode != 0
        assert (
            "unknown backend 'ibm_z'; type --qpu=ibm_far (known here: ibm_far, ibm_x, ibm_y)" in done.stderr
        )


def test_one_that_the_plugin_does_not_know_never_comes_so_far(cluster: Cluster) -> None:
    done = cluster.run(["sbatch", "--qpu=nope", "--wrap", "true"], ALICE, check=False)
    assert "--qpu: unknown quantum system 'nope' (known here: ibm_x, ibm_y, ibm_z, ibm_far)" in done.stderr


def test_a_job_has_both_the_licence_and_what_the_plugin_grants(cluster: Cluster) -> None:
    told = "echo granted $QRMI_JOB_QPU_RESOURCES; scontrol -o show job $SLURM_JOB_ID"
    done = cluster.srun(["--qpu=ibm_y", "sh", "-c", told], ALICE)
    assert "granted ibm_y\n" in done.stdout
    assert "Licenses=ibm_y:1" in done.stdout
