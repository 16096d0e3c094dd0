"""Plays all rows at the same time on one cluster, so that their waiting overlaps."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from direct_access.journal import Journal, Step
from direct_access.simulator.embedded import Simulator
from direct_access.simulator.jobs.job import Job
from direct_access.simulator.jobs.scenario import OutcomeRule
from tests.integration.conftest import BELL
from tests.slurm import journals
from tests.slurm.account import Account
from tests.slurm.cluster import Cluster
from tests.slurm.life_cycle.row import Event, Outcome, Row
from tests.slurm.waiting import eventually
from tests.slurm.world import ALICE

LANES = 200
# The end of the job is moved while the gate is shut, as if it had been submitted with that limit.
GATE = """\
until test -s {row}.go; do sleep 0.1; done
test -z "$SLURM_JOB_END_TIME" || SLURM_JOB_END_TIME=$(cat {row}.go)
"""
GATE_SECS = 56  # our own deadline comes a quarter of it before
GATED = (Event.OUR_DEADLINE, Event.LATER_TIME_LIMIT)
NOTING = """\
#!/bin/sh
life={calls}/$SLURM_JOB_ID.${{SLURM_RESTART_COUNT:-0}}
echo "$@" >>$life
{squeue} "$@"
status=$?
echo $status >>$life.answers
exit $status
"""
PARTITIONS = (
    "PartitionName=calm Nodes={node1} Default=YES PriorityTier=1 PreemptMode=OFF",
    "PartitionName=requeued Nodes={node2} PriorityTier=1 PreemptMode=REQUEUE",
    "PartitionName=cancelled Nodes={node3} PriorityTier=1 PreemptMode=CANCEL",
    "PartitionName=failing Nodes={node4},{node5} PriorityTier=1 PreemptMode=OFF",
    "PartitionName=urgent Nodes=ALL PriorityTier=10 PreemptMode=OFF",
)
SETTINGS = {
    "PreemptType": "preempt/partition_prio",
    "PreemptMode": "REQUEUE",
    "PrologFlags": "Alloc",
    "KillWait": "30",  # as Slurm has it; nothing here takes so long
    "ReturnToService": "1",  # a node that an admin has set down stays down
}


@dataclass
class Played:
    """A row under way.

    :param slurm_job: its id
    :param followers: ids of the jobs that depend on it
    :param first: its quantum job, once it runs
    """

    row: Row
    slurm_job: int
    place: Path
    followers: tuple[int, ...] = ()
    first: Job | None = None

    @property
    def directory(self) -> Path:
        """Its run directory."""
        return self.place / self.row.name

    @property
    def journal(self) -> Journal | None:
        """The journal of its run."""
        return journals.load(self.directory)

    @property
    def output(self) -> str:
        """What the batch script and the command say."""
        path = self.place / f"{self.row.name}.out"
        return path.read_text() if path.exists() else ""

    @property
    def quantum_job(self) -> Job:
        """Its quantum job."""
        assert self.first is not None
        return self.first

    def is_at(self, step: Step) -> bool:
        """Whether its run is there."""
        return self.journal is not None and self.journal.step is step


class Stage:
    """The cluster, the simulator and the rows.

    :ivar rows: by name
    """

    def __init__(self, cluster: Cluster, simulator: Simulator) -> None:
        self.cluster = cluster
        self.simulator = simulator
        self.account = Account(cluster, ALICE, "place")
        self.account.configure(simulator)
        self.account.write("bell.yaml", BELL)
        self.rows: dict[str, Played] = {}
        self._calls = self._directory("calls")
        noting = NOTING.format(calls=self._calls, squeue=shutil.which("squeue"))
        self._directory("bin")
        self.account.write("bin/squeue", noting).chmod(0o755)
        self._path = f"{self.account.place}/bin:{cluster.world.environment(ALICE)['PATH']}"
        simulator.outcomes.add(OutcomeRule(manual=True, times=None))

    def begin(self, rows: Iterable[Row]) -> None:
        """Submit all, wait until every quantum job runs, open the gates, and wait for those behind them."""
        for row in rows:
            self.rows[row.name] = self._submit(row)
        gated = self.of(*GATED)
        self._await_quantum_jobs([played for played in self.rows.values() if played not in gated])
        for played in gated:
            self.cluster.wait_for(played.slurm_job, "RUNNING")
            self.ends_in(played, GATE_SECS)
            self.account.write(f"{played.row}.go", f"{time.time() + GATE_SECS:.0f}\n")
        self._await_quantum_jobs(gated)

    def _await_quantum_jobs(self, rows: list[Played]) -> None:
        self.await_each(rows, lambda played: played.is_at(Step.WAIT), "a quantum job")
        for played in rows:
            assert played.journal
            played.first = self.simulator.jobs.job(played.journal.job_id)

    def of(self, *events: Event) -> list[Played]:
        """Return the rows to which one of these happens."""
        return [played for played in self.rows.values() if played.row.event in events]

    def ids(self, *events: Event) -> list[int]:
        """Return their Slurm jobs."""
        return [played.slurm_job for played in self.of(*events)]

    def ends_in(self, played: Played, secs: int) -> None:
        """Move the end of a Slurm job, as only an admin may."""
        self.cluster.scontrol("update", f"jobid={played.slurm_job}", f"endtime=now+{secs}")

    def asked(self, played: Played, life: int = 0) -> int:
        """Return how often a life of a Slurm job asked Slurm."""
        path = self._calls / f"{played.slurm_job}.{life}"
        return len(path.read_text().splitlines()) if path.exists() else 0

    def was_answered(self, played: Played) -> bool:
        """Return whether Slurm answered each question of the first life before the command gave up."""
        answers = self._calls / f"{played.slurm_job}.0.answers"
        return self.asked(played) == (len(answers.read_text().splitlines()) if answers.exists() else 0)

    def has_asked(self, played: Played) -> bool:
        """Return whether the first life of a Slurm job has asked since its beginning."""
        return self.asked(played) > self._asked_at_start(played)

    def release(self, rows: Iterable[Played]) -> None:
        """Let quantum jobs complete."""
        for played in rows:
            self.simulator.jobs.release(played.quantum_job.id)

    def await_each(self, rows: Iterable[Played], condition: Callable[[Played], object], what: str) -> None:
        """Wait until something holds for each of some rows."""
        for played in rows:
            eventually(partial(condition, played), f"{played.row}: {what}")

    def outcomes(self) -> Iterator[tuple[Played, Outcome]]:
        """Return what is to be found of each row, once all have ended."""
        for played in self.rows.values():
            yield played, self._outcome(played)

    def _outcome(self, played: Played) -> Outcome:
        lives = self.cluster.lives(played.slurm_job, len(played.row.expected.states))
        states = tuple(life["JobState"] for life in lives)
        record = self.cluster.show(played.slurm_job)
        journal = played.journal
        assert journal
        starts = self._asked_at_start(played)
        return Outcome(
            fate=played.quantum_job.status,
            end_reason=journal.end_reason,
            states=states,
            exit_code="" if states[-1] == "NODE_FAIL" else record["ExitCode"],
            asked=tuple(self.asked(played, life) - starts for life in range(len(states))),
            results=(played.directory / "results.json").exists(),
            left_until=journal.collect_by is not None,
            followers=tuple(self.cluster.wait(follower)["JobState"] for follower in played.followers),
        )

    def _asked_at_start(self, played: Played) -> int:
        return 0 if played.row.knows_end or self._environment_tells_end else 1

    @property
    def _environment_tells_end(self) -> bool:
        version = self.cluster.scontrol("--version").split()[1].split(".")
        return (int(version[0]), int(version[1])) >= (23, 2)

    def _submit(self, row: Row) -> Played:
        run = f"direct-access run --output-dir {row.name} bell.yaml"
        gate = GATE.format(row=row.name) if row.event in GATED else ""
        script = "#!/bin/bash\n" + gate + row.script.format(run=run)
        options = [f"--output={row.name}.out", "--open-mode=append", f"--job-name={row.name}", *row.options]
        job = self.account.sbatch(script, *options, env={"PATH": self._path})
        return Played(row, job, self.account.place, self._follow(job) if row.expected.followers else ())

    def _follow(self, job: int) -> tuple[int, ...]:
        kinds = ("afterok", "afternotok")
        options = ["--kill-on-invalid-dep=yes", "--output=/dev/null"]
        return tuple(
            self.account.sbatch("#!/bin/sh\n", f"--dependency={kind}:{job}", *options) for kind in kinds
        )

    def _directory(self, name: str) -> Path:
        path: Path = self.account.place / name
        path.mkdir()
        os.chown(path, ALICE.uid, ALICE.uid)
        return path
