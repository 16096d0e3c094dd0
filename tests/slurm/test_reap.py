"""The reaper beside real Slurm jobs, and what tells it of their ends."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from direct_access.clock import ManualClock
from direct_access.errors import UnavailableError
from direct_access.reaper.judgement import ReapAction
from direct_access.reaper.one_pass import JudgedJob, Reaper, one_pass
from direct_access.runner.invocation import Invocation
from direct_access.services.protocol import JobService
from direct_access.simulator.embedded import Simulator
from direct_access.simulator.jobs.job import Job
from direct_access.simulator.jobs.scenario import OutcomeRule
from direct_access.slurm import cluster_query
from direct_access.slurm.cluster_query import SlurmQuestions
from tests.integration.conftest import BELL
from tests.slurm.account import Account
from tests.slurm.cluster import Cluster
from tests.slurm.waiting import eventually
from tests.slurm.world import ALICE, CHECKOUT

FILES = CHECKOUT / "slurm"
SPOOL = "/var/spool/direct-access/ended"
RUN = "#!/bin/bash\ndirect-access run bell.yaml\n"  # a plain script: nobody tells the command of an scancel


@pytest.fixture(scope="module")
def reaped_cluster(reason_without_slurm: str | None) -> Iterator[Cluster]:
    if reason_without_slurm:
        pytest.skip(reason_without_slurm)
    epilog = (FILES / "epilog_slurmctld.sh").read_text().replace(SPOOL, "{etc}/ended")
    settings = {"EpilogSlurmctld": "{etc}/epilog.sh"}
    with Cluster(nodes=1, settings=settings, files={"epilog.sh": epilog}) as cluster:
        (cluster.etc / "ended").mkdir(mode=0o700)
        yield cluster


@pytest.fixture
def cluster(reaped_cluster: Cluster) -> Iterator[Cluster]:
    yield reaped_cluster
    reaped_cluster.scancel("--user=alice")  # nobody waits for the end: to each test its own simulator


@dataclass
class Passes:
    """Passes of one reaper, at times of the test's choice."""

    cluster: Cluster
    service: JobService
    clock: ManualClock
    state: Path
    markers: Path
    path: str = os.environ["PATH"]

    @property
    def questions(self) -> SlurmQuestions:
        return SlurmQuestions({**os.environ, **self.cluster.environment, "PATH": self.path})

    def steps(self) -> frozenset[str]:
        return self.questions.steps()

    def __call__(self) -> Sequence[JudgedJob]:
        markers = self.markers
        return one_pass(
            Reaper(self.service, self.questions, self.clock, self.state, markers, True, lambda _: None)
        )

    def twice(self) -> list[ReapAction]:
        """Make two passes 10 minutes apart, and return what the second one did."""
        self()
        self.clock.advance(600)
        return [finding.verdict.action for finding in self()]


@pytest.fixture
def passes(cluster: Cluster, simulator: Simulator, tmp_path: Path) -> Iterator[Passes]:
    """A reaper without markers."""
    configuration = simulator.write_client_configuration(tmp_path / "client")
    clock = ManualClock(time.time())  # of the reaper alone: a store refuses signatures of another time
    invocation = Invocation({"HOME": str(tmp_path), "DIRECT_ACCESS_CONFIG": str(configuration)})
    service = invocation.service(invocation.settings())
    yield Passes(cluster, service, clock, tmp_path / "reap.json", tmp_path / "no markers")
    service.close()


@pytest.fixture
def begun(alice: Account, simulator: Simulator) -> tuple[int, Job]:
    """A Slurm job, and its quantum job that runs until somebody ends it."""
    return begin(alice, simulator)


def begin(alice: Account, simulator: Simulator, *args: str) -> tuple[int, Job]:
    simulator.outcomes.add(OutcomeRule(manual=True, times=None))
    alice.write("bell.yaml", BELL)
    slurm_job = alice.sbatch(RUN, *args)
    return slurm_job, eventually(simulator.jobs.jobs, "a quantum job")[0]


def test_a_step_that_was_killed_is_gone_while_its_slurm_job_goes_on(
    passes: Passes, alice: Account, simulator: Simulator
) -> None:
    """What goes on: the batch script, another step, and a job that was submitted inside a step."""
    simulator.outcomes.add(OutcomeRule(manual=True, times=None))
    alice.write("bell.yaml", BELL)
    alice.write("inner.sh", "#!/bin/bash\nexec direct-access run -o inner bell.yaml\n")
    step = "srun --overlap -n1 direct-access run -o {} bell.yaml &\n"
    script = f"#!/bin/bash\nsrun -n1 sbatch inner.sh\n{step.format('lost')}{step.format('kept')}sleep 600\n"
    slurm_job = alice.sbatch(script)
    names = ("inner", "lost", "kept")
    eventually(lambda: len(simulator.jobs.jobs()) == len(names), "the quantum jobs")
    jobs = {name: simulator.jobs.job(json.loads(alice.read(f"{name}/job.json"))["job_id"]) for name in names}
    lost = json.loads(alice.read("lost/job.json"))["slurm"]["step_id"]
    assert passes.twice() == [ReapAction.LEAVE] * 3
    passes.cluster.scancel(f"{slurm_job}.{lost}")
    eventually(lambda: f"{slurm_job}.{lost}" not in passes.steps(), "the end of the step")
    assert sorted(passes.twice()) == [ReapAction.CANCEL, ReapAction.LEAVE, ReapAction.LEAVE]
    assert {name: str(job.status) for name, job in jobs.items()} == {
        "inner": "Running",
        "lost": "Cancelled",
        "kept": "Running",
    }
    assert passes.twice() == [ReapAction.LEAVE] * 3
    passes.cluster.scancel("--user=alice")


def killed(cluster: Cluster, slurm_job: int) -> None:
    cluster.scancel("-s", "KILL", "-f", slurm_job)
    cluster.wait(slurm_job)


def test_the_job_of_a_slurm_job_that_runs_is_never_touched(passes: Passes, begun: tuple[int, Job]) -> None:
    passes.cluster.wait_for(begun[0], "RUNNING")
    assert passes.twice() == [ReapAction.LEAVE]
    assert str(begun[1].status) == "Running"


def test_the_job_of_a_slurm_job_that_was_killed_is_cancelled_by_the_second_pass(
    passes: Passes, begun: tuple[int, Job]
) -> None:
    slurm_job, job = begun
    killed(passes.cluster, slurm_job)
    assert str(job.status) == "Running"
    assert passes.twice() == [ReapAction.CANCEL]
    assert str(job.status) == "Cancelled"


def test_the_marker_of_its_end_makes_one_pass_enough(passes: Passes, begun: tuple[int, Job]) -> None:
    slurm_job, job = begun
    killed(passes.cluster, slurm_job)
    passes.markers = passes.cluster.etc / "ended"
    eventually((passes.markers / f"{slurm_job}.0").exists, "the marker")
    assert [finding.verdict.action for finding in passes()] == [ReapAction.CANCEL]
    assert str(job.status) == "Cancelled"


def test_a_slurm_job_that_waits_after_a_requeue_is_not_gone(passes: Passes, begun: tuple[int, Job]) -> None:
    slurm_job, job = begun
    passes.cluster.wait_for(slurm_job, "RUNNING")
    passes.cluster.scontrol("requeuehold", slurm_job)
    passes.cluster.wait_for(slurm_job, "PENDING")
    passes.markers = passes.cluster.etc / "ended"
    assert passes.twice() == [ReapAction.LEAVE]
    assert str(job.status) == "Running"


def test_one_task_of_an_array_that_was_killed_is_gone(
    passes: Passes, alice: Account, simulator: Simulator
) -> None:
    array, job = begin(alice, simulator, "--array=3-4%1")
    passes.cluster.scancel("-s", "KILL", "-f", f"{array}_3")
    eventually(lambda: len(simulator.jobs.jobs()) == 2, "the quantum job of the other task")
    assert sorted(passes.twice()) == [ReapAction.CANCEL, ReapAction.LEAVE]
    assert str(job.status) == "Cancelled"


def test_a_job_left_on_purpose_is_deleted_once_its_time_has_passed(
    passes: Passes, begun: tuple[int, Job], simulator: Simulator
) -> None:
    slurm_job, job = begun
    passes.service.mark_detached(passes.service.find(job.id), passes.clock.wall() + 3600)
    killed(passes.cluster, slurm_job)
    assert passes.twice() == [ReapAction.LEAVE]
    simulator.jobs.release(job.id)
    simulator.wait_for(job.id)
    passes.clock.advance(3600)
    assert passes.twice() == [ReapAction.DELETE]
    assert list(passes.service.list()) == []
    assert list(simulator.store.objects(simulator.bucket)) == []


LIES = "JobId={} JobName=x UserId=alice(1) JobState={} Reason=TimeLimit Restarts=9 EndTime=1"


def test_no_name_of_a_job_is_taken_for_what_slurm_says(
    passes: Passes, alice: Account, simulator: Simulator
) -> None:
    """Whatever names users choose, those of jobs that are held too: one pass after the other judges all."""
    simulator.outcomes.add(OutcomeRule(manual=True, times=None))
    alice.write("bell.yaml", BELL)
    lies = f"a\n{LIES.format(1, 'COMPLETED')}\nb"
    texts = ("-J", lies, "--comment", lies, "-A", lies.replace("\n", " "), "--network", lies)
    alice.sbatch("#!/bin/bash\ntrue\n", "--hold", *texts)
    told = alice.sbatch("#!/bin/bash\nexec direct-access run -o run bell.yaml\n", *texts)
    job = eventually(simulator.jobs.jobs, "a quantum job")[0]
    assert passes.twice() == [ReapAction.LEAVE]
    passes.cluster.scancel(told)
    ended = eventually(lambda: json.loads(alice.read("run/job.json")).get("end_reason"), "the end of the run")
    assert ended == "cancelled"
    eventually(lambda: str(job.status) == "Cancelled", "the cancel request")


def refused(passes: Passes, job: Job, why: str) -> None:
    with pytest.raises(UnavailableError, match=why):
        passes.twice()
    assert str(job.status) == "Running"


def instead_of(name: str, passes: Passes, directory: Path, script: str) -> None:
    """Let a pass find another program of this name first."""
    program = directory / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    passes.path = f"{directory}:{passes.path}"


def test_without_slurmctld_nothing_is_done(passes: Passes, begun: tuple[int, Job]) -> None:
    passes.cluster.wait_for(begun[0], "RUNNING")
    passes.cluster.wait_until_saved(begun[0])  # or the job's number would be given again
    passes.cluster.kill_daemon("slurmctld")
    try:
        refused(passes, begun[1], "is DOWN")
    finally:
        passes.cluster.start_daemon("slurmctld")


def test_a_slurmctld_that_lost_its_jobs_makes_nothing_gone(
    passes: Passes, begun: tuple[int, Job], tmp_path: Path
) -> None:
    instead_of("squeue", passes, tmp_path, "true")
    refused(passes, begun[1], "may have lost its state")


def test_an_scontrol_that_hangs_makes_nothing_gone(
    passes: Passes, begun: tuple[int, Job], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_query, "ANSWER_SECS", 0.5)
    instead_of("scontrol", passes, tmp_path, "exec sleep 1000")
    refused(passes, begun[1], "no answer")


def test_an_ordinary_user_may_not_reap(alice: Account) -> None:
    done = alice.run(["direct-access", "reap", "--state", "reap.json"], check=False)
    assert done.returncode == 77, done.stderr
    assert "root, SlurmUser" in done.stderr


def test_the_command_tells_what_it_would_do(passes: Passes, begun: tuple[int, Job], tmp_path: Path) -> None:
    slurm_job, job = begun
    killed(passes.cluster, slurm_job)
    command = ["direct-access", "reap", "--state", str(tmp_path / "reap.json")]
    environment = {"DIRECT_ACCESS_CONFIG": str(next((tmp_path / "client").glob("*.yaml")))}
    done = passes.cluster.run(command, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].split()[:4] == [
        job.id,
        "Running",
        f"testcluster/{ALICE.uid}/{slurm_job}.0",
        "wait",
    ]
