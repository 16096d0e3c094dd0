"""The private cluster: it runs jobs of ordinary users, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from direct_access.simulator.embedded import Simulator
from tests.slurm.account import Account
from tests.slurm.cluster import Cluster
from tests.slurm.waiting import eventually
from tests.slurm.world import ALICE, BOB, CHECKOUT

OWNER = """\
import sys
from tests.slurm.cluster import Cluster
from tests.slurm.world import ALICE
cluster = Cluster(nodes=1).start()
job = cluster.sbatch("#!/bin/bash\\nsetsid --fork sleep 1000\\nsleep 1000", ALICE)
cluster.wait_for(job, "RUNNING")
print(cluster.directory, cluster.nodes[0], *cluster.world.processes(), flush=True)
sys.stdin.read()
"""


def cgroups(node: str) -> list[Path]:
    """Return the control groups of a node."""
    return [*Path("/sys/fs/cgroup").glob(f"*/*{node}*"), *Path("/sys/fs/cgroup").glob(f"*/*/*{node}*")]


def test_a_batch_job_of_an_ordinary_user_runs_the_product(cluster: Cluster) -> None:
    script = "#!/bin/bash\nid -un\nhostname\ndirect-access --version\nexit 3\n"
    job = cluster.sbatch(script, ALICE)
    record = cluster.wait(job)
    name, host, version = (cluster.world.home(ALICE) / f"slurm-{job}.out").read_text().splitlines()
    assert (name, record["JobState"], record["ExitCode"]) == ("alice", "FAILED", "3:0")
    assert host in cluster.nodes
    assert host == record["BatchHost"]
    assert version.startswith("direct-access")
    assert cluster.jobcomp(job)["ExitCode"] == "3:0"


def test_the_product_in_a_job_reaches_the_quantum_system(alice: Account, simulator: Simulator) -> None:
    job = alice.sbatch("#!/bin/bash\nsrun direct-access backends\n", "--output=out")
    assert alice.cluster.wait(job)["JobState"] == "COMPLETED", alice.read("out")
    assert simulator.settings.default_backend in alice.read("out")


def test_what_one_user_keeps_to_herself_is_closed_to_another(alice: Account) -> None:
    secret = alice.write("secret", "hers")
    secret.chmod(0o600)
    told = alice.cluster.srun(["cat", secret], BOB)
    assert told.returncode == 1
    assert "Permission denied" in told.stderr


def test_a_slurmctld_that_was_killed_finds_its_jobs_again(cluster: Cluster) -> None:
    job = cluster.sbatch("#!/bin/bash\nuntil test -e go; do sleep 0.1; done\n", ALICE)
    cluster.wait_for(job, "RUNNING")
    cluster.wait_until_saved(job)
    cluster.kill_daemon("slurmctld")
    cluster.start_daemon("slurmctld")
    cluster.run(["touch", "go"], ALICE)
    assert cluster.wait(job)["JobState"] == "COMPLETED"


@pytest.mark.usefixtures("needs_slurm")
def test_nothing_is_left_when_it_stops() -> None:
    with Cluster(nodes=1) as cluster:
        job = cluster.sbatch("#!/bin/bash\nsetsid --fork sleep 1000\nsleep 1000", ALICE)
        cluster.wait_for(job, "RUNNING")
        processes = cluster.world.processes()
        assert len(processes) > 4
        assert cgroups(cluster.nodes[0])
    assert [pid for pid in processes if Path(f"/proc/{pid}").exists()] == []
    assert cgroups(cluster.nodes[0]) == []
    assert not cluster.directory.exists()


@pytest.mark.usefixtures("needs_slurm")
def test_nothing_is_left_when_its_owner_is_killed() -> None:
    command = [sys.executable, "-c", OWNER]
    with subprocess.Popen(command, cwd=CHECKOUT, stdin=-1, stdout=-1, text=True) as owner:
        assert owner.stdout
        directory, node, *processes = owner.stdout.readline().split()
        assert len(processes) > 4
        os.kill(owner.pid, signal.SIGKILL)
    eventually(
        lambda: not any(Path(f"/proc/{pid}").exists() for pid in processes), "the end of all processes"
    )
    eventually(lambda: not cgroups(node), "the end of its control groups")
    eventually(lambda: not Path(directory).exists(), "the end of its directory")


@pytest.mark.usefixtures("needs_slurm")
def test_two_at_once_do_not_meet() -> None:
    with Cluster(nodes=1) as one, Cluster(nodes=1, proctrack="linuxproc") as other:
        assert one.srun(["hostname"], ALICE).stdout.split() == one.nodes
        assert other.srun(["hostname"], ALICE).stdout.split() == other.nodes


@pytest.mark.usefixtures("needs_slurm")
def test_a_cluster_of_its_own_network_reaches_nothing_else(simulator: Simulator) -> None:
    with Cluster(nodes=1, own_network=True) as cluster:
        connect = f"exec 3<>/dev/tcp/127.0.0.1/{simulator.api_url.rpartition(':')[2]}"
        step = ["bash", "-c", connect]
        # srun itself may by chance listen on a port of that number, in there
        assert eventually(lambda: "Connection refused" in cluster.srun(step, ALICE).stderr, "no route")
