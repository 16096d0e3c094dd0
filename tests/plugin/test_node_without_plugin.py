"""A job that asks for a quantum system on a node that does not load the plugin, on a real cluster."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from direct_access.simulator.embedded import Simulator
from tests.integration.conftest import BELL
from tests.plugin import jobs
from tests.plugin.conftest import cluster_with, line
from tests.slurm.account import Account
from tests.slurm.cluster import Cluster

REFUSED = "--qpu=ibm_other was asked for and is not granted on node"
RUN = "direct-access run bell.yaml"
NO_BACKEND = "".join(part for part in BELL.splitlines(keepends=True) if not part.startswith("backend:"))


@pytest.fixture(scope="module")
def half_cluster(needs_slurm: None, plugin: Path) -> Iterator[Cluster]:
    """A cluster whose second node lacks the plugin."""
    with cluster_with(plugin, line(), nodes=2, settings={"PrologFlags": "Alloc"}) as cluster:
        elsewhere = cluster.directory / "without-plugin"
        shutil.copytree(cluster.etc, elsewhere)
        conf = elsewhere / "slurm.conf"
        conf.write_text(
            conf.read_text().replace(f"PlugStackConfig={cluster.etc}", "PlugStackConfig=/nonexistent")
        )
        cluster.kill_daemon(cluster.nodes[1])
        cluster.start_daemon(cluster.nodes[1], conf)
        yield cluster


@pytest.fixture
def user(half_cluster: Cluster, simulator: Simulator) -> Iterator[Account]:
    """A user whose site has a default backend."""
    account = Account(half_cluster, jobs.ALICE, f"place-{os.urandom(4).hex()}")
    account.configure(simulator)
    account.write("bell.yaml", NO_BACKEND)
    yield account
    account.forget_configuration()
    half_cluster.quiet()


@pytest.mark.parametrize(
    ("script", "export"),
    [
        (f"exec {RUN}", "ALL"),
        (f"srun {RUN}", "ALL"),
        (f"exec {sys.prefix}/bin/{RUN}", "NONE"),
    ],
)
def test_a_batch_job_exits_78_instead_of_running_elsewhere(
    user: Account, simulator: Simulator, script: str, export: str
) -> None:
    node = user.cluster.nodes[1]
    home = f"export HOME={user.cluster.world.home(user.user)}\n"
    _, code, output = jobs.ended(user, home + script, "--qpu=ibm_other", f"--export={export}", "-w", node)
    assert code == "78:0", output
    assert f"{REFUSED} {node}" in output
    assert f"--exclude={node}" in output
    assert simulator.jobs.accepted == 0


@pytest.mark.parametrize("option", ["--qpu=ibm_other", "--qpu-timeout=60"])
@pytest.mark.parametrize("export", ["ALL", "HOME,PATH"])
def test_an_srun_of_a_login_node_exits_78_too(
    user: Account, simulator: Simulator, option: str, export: str
) -> None:
    node = user.cluster.nodes[1]
    done = user.run(["srun", option, f"--export={export}", "-w", node, *RUN.split()], check=False)
    assert done.returncode == 78, done.stderr
    assert f"{option} was asked for and is not granted on node {node}" in done.stderr
    assert simulator.jobs.accepted == 0


def test_the_shell_of_salloc_is_told_to_use_srun(user: Account, simulator: Simulator) -> None:
    done = user.run(["salloc", "--qpu=ibm_other", *RUN.split()], check=False)
    assert done.returncode == 78
    assert "start the command with srun" in done.stderr
    assert simulator.jobs.accepted == 0


def test_a_job_that_asked_for_nothing_runs_there(user: Account, simulator: Simulator) -> None:
    assert jobs.ended(user, f"exec {RUN}", "-w", user.cluster.nodes[1])[0] == "COMPLETED"
    assert simulator.jobs.accepted == 1


def test_a_grant_of_another_job_does_not_count(user: Account, simulator: Simulator) -> None:
    inherited = {"QRMI_JOB_QPU_RESOURCES": "ibm_examplesite"}
    node = user.cluster.nodes[1]
    _, code, output = jobs.ended(user, f"exec {RUN}", "--qpu=ibm_other", "-w", node, env=inherited)
    assert (code, simulator.jobs.accepted) == ("78:0", 0), output


def test_on_a_node_with_the_plugin_srun_of_a_login_node_is_granted_it(user: Account) -> None:
    told = user.run(["srun", "--qpu=ibm_other", "-w", user.cluster.nodes[0], "env"]).stdout
    assert "QRMI_JOB_QPU_RESOURCES=ibm_other\n" in told
    assert "DIRECT_ACCESS_QPU=" not in told


@pytest.mark.parametrize("word", ["required", "optional"])
def test_a_plugin_that_is_missing_stops_slurmd_where_it_is_required(half_cluster: Cluster, word: str) -> None:
    cluster, node = half_cluster, half_cluster.nodes[1]
    conf = cluster.directory / "without-plugin" / "slurm.conf"
    before = conf.read_text()
    plugstack = conf.with_name(f"{word}.conf")
    plugstack.write_text(f"{word} /nonexistent/direct_access.so\n")
    conf.write_text(before.replace("/nonexistent/plugstack.conf", str(plugstack)))
    cluster.kill_daemon(node)
    try:
        if word == "optional":
            cluster.start_daemon(node, conf)
            cluster.kill_daemon(node)
        else:
            done = cluster.run(["slurmd", "-D", "-N", node, "-f", conf], check=False)
            assert done.returncode != 0
            assert "Failed to load plugin" in done.stderr
    finally:
        conf.write_text(before)
        cluster.start_daemon(node, conf)
