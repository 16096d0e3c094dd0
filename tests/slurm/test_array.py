"""Many array tasks at once, on a quantum system with few lanes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.jobs.scenario import OutcomeRule
from direct_access.simulator.settings import SimulatorSettings
from tests.integration.conftest import BELL
from tests.slurm.account import Account
from tests.slurm.cluster import Cluster
from tests.slurm.records import has_ended
from tests.slurm.waiting import eventually
from tests.slurm.world import ALICE

TASKS = 64
LANES = 5
SCRIPT = "#!/bin/bash\nexec direct-access run --output-dir '%A_%a' bell.yaml\n"


@pytest.fixture
def wide_cluster(reason_without_slurm: str | None) -> Iterator[Cluster]:
    """A cluster that runs all tasks at once."""
    if reason_without_slurm:
        pytest.skip(reason_without_slurm)
    with Cluster(nodes=1, cpus=TASKS) as cluster:
        yield cluster


@pytest.mark.timeout(300)
def test_sixty_four_tasks_at_once_share_five_lanes(wide_cluster: Cluster, tmp_path: Path) -> None:
    settings = SimulatorSettings(execute=False, lanes=LANES)
    with Simulator(tmp_path / "simulator", settings) as simulator:
        simulator.outcomes.add(OutcomeRule(manual=True, times=None))
        alice = Account(wide_cluster, ALICE, "place")
        alice.configure(simulator)
        alice.write("bell.yaml", BELL)
        array = alice.sbatch(SCRIPT, f"--array=0-{TASKS - 1}", "--output=%a.out")
        eventually(lambda: _refused(simulator) and _lanes_used(simulator) == LANES, "more tasks than lanes")
        simulator.outcomes.clear()
        simulator.outcomes.add(OutcomeRule(execution_secs=0.1, times=None))
        for job in simulator.jobs.jobs():
            simulator.jobs.release(job.id)
        lanes_used = _watch(wide_cluster, simulator, array)
    tasks = wide_cluster.tasks(array)
    outputs = "".join(path.read_text() for path in alice.place.glob("*.out"))
    assert [wide_cluster.jobcomp(int(task["JobId"]))["JobState"] for task in tasks] == [
        "COMPLETED"
    ] * TASKS, outputs
    assert {task["ExitCode"] for task in tasks} == {"0:0"}
    assert simulator.jobs.accepted == TASKS
    assert len({_job_id(alice.place / f"{array}_{task}") for task in range(TASKS)}) == TASKS
    assert max(lanes_used) <= LANES


def _watch(cluster: Cluster, simulator: Simulator, array: int) -> set[int]:
    """Wait until all tasks have ended; return how many lanes were seen in use."""
    seen = set()

    def over() -> bool:
        seen.add(_lanes_used(simulator))
        return simulator.jobs.accepted >= TASKS and all(map(has_ended, cluster.tasks(array)))

    eventually(over, "the end of all tasks", 120)
    return seen


def _lanes_used(simulator: Simulator) -> int:
    return simulator.jobs.lanes_used(simulator.settings.default_backend)


def _refused(simulator: Simulator) -> int:
    """Return how many submissions found all lanes taken."""
    submissions = simulator.requests.entries(method="POST", path="/v1/jobs")
    return sum(entry.status == 429 for entry in submissions)


def _job_id(directory: Path) -> str:
    """Return the quantum job whose results are in a run directory."""
    assert (directory / "results.json").exists()
    journal = json.loads((directory / "job.json").read_bytes())
    assert (journal["step"], journal["job_status"]) == ("finished", "Completed")
    return str(journal["job_id"])
