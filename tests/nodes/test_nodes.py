"""Two nodes and one run directory: the real command, each time in namespaces of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.jobs.scenario import OutcomeRule
from direct_access.simulator.settings import SimulatorSettings
from tests.nodes.node import Node, why_no_nodes
from tests.support.squeue import job_line

pytestmark = [
    pytest.mark.root,
    pytest.mark.skipif(why_no_nodes() is not None, reason=str(why_no_nodes())),
]

JOB = "program_id: sampler\nbackend: ibm_examplesite\ntimeout_secs: 60\nparams: params.json\n"
# The command with shorter times: silent_secs of the one who asks, ping_secs of the one who answers.
COMMAND = """\
import sys
from functools import partial
from direct_access.cli import invocation
from direct_access.runner.bounds import Bounds
shorter = Bounds(silent_secs=float(sys.argv.pop(1)), ping_secs=0.2)
invocation.Invocation = partial(invocation.Invocation, bounds=shorter)
from direct_access._console import run
sys.exit(run())
"""
LONG_SECS = 100.0
PATIENCE_SECS = 60.0


def eventually(condition: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE_SECS
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


class Cluster:
    """Nodes that share a directory, and a simulator."""

    def __init__(self, simulator: Simulator, directory: Path) -> None:
        self.simulator = simulator
        self.home = directory / "home"
        self.home.mkdir()
        self.bin = directory / "bin"
        self.bin.mkdir()
        (self.home / "bell.yaml").write_text(JOB)
        (self.home / "params.json").write_text('{"pubs": [["OPENQASM 3.0; bit[1] c; c[0] = measure $0;"]]}')
        self.configuration = simulator.write_client_configuration(directory / "client", "s3_compatible")
        self.started: list[subprocess.Popen[str]] = []

    def slurm_says(self, answer: str) -> None:
        """Put an ``squeue`` on the path of whoever starts from now on."""
        squeue = self.bin / "squeue"
        squeue.write_text(f"#!/bin/sh\n{answer}\n")
        squeue.chmod(0o755)

    def start(self, node: Node, silent_secs: float = LONG_SECS, **variables: str) -> subprocess.Popen[str]:
        environment = {
            "HOME": str(self.home),
            "PATH": f"{self.bin}:{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "XDG_RUNTIME_DIR": str(self.home),
            "DIRECT_ACCESS_CONFIG": str(self.configuration),
            **variables,
        }
        command = [sys.executable, "-c", COMMAND, str(silent_secs), "run", "-o", "run", "bell.yaml"]
        process = subprocess.Popen(
            node.command(*command),
            cwd=self.home,
            env={**environment, "PYTHONPATH": str(Path(__file__).parents[2])},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def journal(self) -> dict[str, object]:
        document: dict[str, object] = json.loads((self.home / "run" / "job.json").read_bytes())
        return document

    def is_at(self, step: str) -> bool:
        return (self.home / "run" / "job.json").exists() and self.journal()["step"] == step

    def submissions(self) -> int:
        return self.simulator.jobs.accepted


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with Simulator(tmp_path / "simulator", SimulatorSettings(execute=False)) as simulator:
        cluster = Cluster(simulator, tmp_path)
        yield cluster
        for process in cluster.started:
            process.kill()
            process.communicate()


@pytest.fixture
def a(tmp_path: Path) -> Node:
    return Node("a", tmp_path)


@pytest.fixture
def b(tmp_path: Path) -> Node:
    return Node("b", tmp_path)


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, told = process.communicate(timeout=PATIENCE_SECS)
    return process.returncode, told


def hold_jobs(cluster: Cluster) -> None:
    """Let jobs run until they are released."""
    cluster.simulator.outcomes.add(OutcomeRule(manual=True))


def release(cluster: Cluster) -> None:
    cluster.simulator.jobs.release(str(cluster.journal()["job_id"]))


def kill(process: subprocess.Popen[str]) -> None:
    """Let a node fail: what runs in its pid namespace goes with it."""
    process.kill()
    process.communicate()


TASK = {"SLURM_CLUSTER_NAME": "alps", "SLURM_JOB_ID": "7", "SLURM_STEP_ID": "0"}


def test_two_nodes_of_one_slurm_job_are_one_execution(cluster: Cluster, a: Node, b: Node) -> None:
    tasks = [cluster.start(node, **TASK, SLURM_PROCID=str(n)) for n, node in enumerate((a, b))]
    assert [ended(task)[0] for task in tasks] == [0, 0]
    assert cluster.submissions() == 1


def test_eight_tasks_are_one_execution_and_eight_equal_exits(cluster: Cluster, a: Node, b: Node) -> None:
    cluster.simulator.outcomes.add(OutcomeRule(status="Failed", reason_code=1517, reason_message="broken"))
    tasks = [cluster.start((a, b)[n % 2], **TASK, SLURM_PROCID=str(n)) for n in range(8)]
    assert [ended(task)[0] for task in tasks] == [4] * 8
    assert cluster.submissions() == 1


def test_outside_slurm_a_living_owner_on_another_node_is_refused_by_host(
    cluster: Cluster, a: Node, b: Node
) -> None:
    hold_jobs(cluster)
    cluster.start(a)
    eventually(lambda: cluster.is_at("wait"))
    status, told = ended(cluster.start(b))
    assert status == 73
    assert "on a (it answered)" in told
    assert "asking pid" in told


def test_outside_slurm_the_run_of_a_node_that_failed_is_taken_up(cluster: Cluster, a: Node, b: Node) -> None:
    hold_jobs(cluster)
    owner = cluster.start(a)
    eventually(lambda: cluster.is_at("wait"))
    kill(owner)
    release(cluster)
    status, told = ended(cluster.start(b, silent_secs=1))
    assert status == 0, told
    assert cluster.submissions() == 1


def test_an_owner_that_comes_back_after_another_took_over_changes_nothing(
    cluster: Cluster, a: Node, b: Node
) -> None:
    hold_jobs(cluster)
    owner = cluster.start(a)
    eventually(lambda: cluster.is_at("wait"))
    for pid in processes_below(owner.pid):
        os.kill(pid, signal.SIGSTOP)
    release(cluster)
    status, told = ended(cluster.start(b, silent_secs=1))
    assert status == 0, told
    before = {path.name: path.read_bytes() for path in (cluster.home / "run").iterdir()}
    asked = changes(cluster)
    for pid in processes_below(owner.pid):
        os.kill(pid, signal.SIGCONT)
    assert ended(owner)[0] == 73
    assert {path.name: path.read_bytes() for path in (cluster.home / "run").iterdir()} == before
    assert changes(cluster) == asked


def changes(cluster: Cluster) -> list[int]:
    """Return how often anybody asked for something that changes the server."""
    count = cluster.simulator.requests.count
    return [*(count(method=method) for method in ("PUT", "DELETE")), count(method="POST", path="/v1/*")]


def processes_below(pid: int) -> list[int]:
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [*children, *(found for child in children for found in processes_below(child))]


def test_a_requeued_job_is_taken_up_on_another_node(cluster: Cluster, a: Node, b: Node) -> None:
    hold_jobs(cluster)
    owner = cluster.start(a, **TASK)
    eventually(lambda: cluster.is_at("wait"))
    kill(owner)
    release(cluster)
    assert ended(cluster.start(b, **TASK, SLURM_RESTART_COUNT="1"))[0] == 0
    assert cluster.submissions() == 1


NEXT = {**TASK, "SLURM_JOB_ID": "8"}


@pytest.mark.parametrize(
    "answer",
    [
        f"echo '{job_line('JobState=NODE_FAIL', job_id=7).strip()}'",
        "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1",
    ],
)
def test_another_slurm_job_takes_up_what_an_ended_one_left(
    cluster: Cluster, a: Node, b: Node, answer: str
) -> None:
    hold_jobs(cluster)
    owner = cluster.start(a, **TASK)
    eventually(lambda: cluster.is_at("wait"))
    kill(owner)
    release(cluster)
    cluster.slurm_says(answer)
    status, told = ended(cluster.start(b, **NEXT))
    assert status == 0, told
    assert "asking pid" not in told


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (f"echo '{job_line('JobState=RUNNING', job_id=7).strip()}'", "its Slurm job 7 is RUNNING"),
        ("exit 1", "Slurm gave no answer about its job 7"),
    ],
)
def test_another_slurm_job_leaves_what_may_be_under_way(
    cluster: Cluster, a: Node, b: Node, answer: str, why: str
) -> None:
    hold_jobs(cluster)
    cluster.start(a, **TASK)
    eventually(lambda: cluster.is_at("wait"))
    cluster.slurm_says(answer)
    status, told = ended(cluster.start(b, **NEXT))
    assert status == 73
    assert f"on a ({why})" in told


def test_nothing_runs_any_more_on_a_node_that_was_booted_since(cluster: Cluster, a: Node) -> None:
    hold_jobs(cluster)
    owner = cluster.start(a)
    eventually(lambda: cluster.is_at("wait"))
    kill(owner)
    release(cluster)
    rebooted = Node("a", a.directory, boot=2)
    status, told = ended(cluster.start(rebooted))
    assert (status, "asking pid" in told) == (0, False), told
