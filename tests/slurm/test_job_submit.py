"""The function for job_submit.lua inside a real slurmctld."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.slurm.cluster import Cluster
from tests.slurm.world import ALICE, CHECKOUT

OPTION = """\
#include <stdint.h>
#include <slurm/spank.h>
SPANK_PLUGIN(direct_access, 1)
static int accept(int val, const char *arg, int remote) { return 0; }
static struct spank_option qpu = {"qpu", "NAME", "a backend", 1, 0, accept};
int slurm_spank_init(spank_t spank, int argc, char **argv) { return spank_option_register(spank, &qpu); }
"""
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
SCRIPT = "#!/bin/bash\nsleep 1000\n"


@pytest.fixture(scope="module")
def cluster(reason_without_slurm: str | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    if reason_without_slurm or shutil.which("gcc") is None:
        pytest.skip(reason_without_slurm or "needs gcc")
    files = {
        "job_submit.lua": SITE,
        "job_submit_direct_access.lua": (CHECKOUT / "slurm" / "job_submit_direct_access.lua").read_text(),
    }
    settings = {"JobSubmitPlugins": "lua", "Licenses": "ibm_x:5,ibm_y:2"}
    with Cluster(nodes=1, settings=settings, files=files, plugstack=["optional {etc}/qpu.so"]) as cluster:
        source = tmp_path_factory.mktemp("plugin") / "qpu.c"
        source.write_text(OPTION)
        library: Path = cluster.etc / "qpu.so"
        subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, source], check=True)
        library.chmod(0o755)
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


def test_an_unknown_backend_is_refused_with_what_to_type(cluster: Cluster) -> None:
    for command in (["sbatch", "--qpu=nope", "--wrap", "true"], ["srun", "--qpu=nope", "true"]):
        done = cluster.run(command, ALICE, check=False)
        assert done.returncode != 0
        assert "unknown backend 'nope'; type --qpu=ibm_x (known here: ibm_x, ibm_y)" in done.stderr


def test_srun_takes_the_licence_too(cluster: Cluster) -> None:
    done = cluster.srun(["--qpu=ibm_y", "sh", "-c", "scontrol -o show job $SLURM_JOB_ID"], ALICE)
    assert "Licenses=ibm_y:1" in done.stdout
