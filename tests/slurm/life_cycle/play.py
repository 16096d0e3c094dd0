"""What happens to the Slurm jobs, in which order."""

from __future__ import annotations

import os
import signal
from functools import partial
from pathlib import Path

from direct_access.journal import Step
from direct_access.simulator.jobs.ending import FAILED, Ending
from tests.slurm.life_cycle.row import Event
from tests.slurm.life_cycle.stage import Played, Stage
from tests.slurm.slurm_conf import CGROUPS
from tests.slurm.world import ALICE

NODE_OF_REQUEUED, NODE_OF_CANCELLED, NODE_TO_FAIL = 1, 2, 3


def play(stage: Stage) -> None:
    """Let everything happen; what waits longest comes first."""
    _limits(stage)
    _slurm_commands(stage)
    _quantum_jobs(stage)
    _suspension(stage)
    _second_lives(stage)
    _signals_and_limits(stage)
    _wait_for_ends(stage)
    _without_slurmctld(stage)


def _limits(stage: Stage) -> None:
    for played in stage.of(Event.TIME_LIMIT):
        stage.ends_in(played, 1)
    for played in stage.of(Event.SIGNAL_BEFORE_TIME_LIMIT):
        stage.ends_in(played, 80)
    for played in stage.of(Event.LATER_TIME_LIMIT):
        stage.cluster.scontrol("update", f"jobid={played.slurm_job}", "timelimit=+600")


def _slurm_commands(stage: Stage) -> None:
    cluster = stage.cluster
    cluster.scancel(*stage.ids(Event.SCANCEL), user=ALICE)
    cluster.scontrol("requeue", ",".join(map(str, stage.ids(Event.REQUEUE))), user=ALICE)
    for number in (NODE_OF_REQUEUED, NODE_OF_CANCELLED):
        whole = ["--partition=urgent", "--exclusive", f"--nodelist={cluster.nodes[number]}"]
        cluster.sbatch("#!/bin/sh\n", ALICE, args=[*whole, "--output=/dev/null"])
    cluster.scontrol("update", f"nodename={cluster.nodes[NODE_TO_FAIL]}", "state=down", "reason=test")
    for job in stage.ids(Event.SUSPENSION):
        cluster.scontrol("suspend", job)


def _quantum_jobs(stage: Stage) -> None:
    stage.release(stage.of(Event.QUANTUM_JOB_COMPLETES))
    for played in stage.of(Event.QUANTUM_JOB_FAILS):
        stage.simulator.jobs.end(played.quantum_job.id, Ending(FAILED, 1517, "Error in the circuit"))
    for played in stage.of(Event.QUANTUM_JOB_IS_CANCELLED):
        stage.simulator.jobs.cancel(played.quantum_job.id)


def _suspension(stage: Stage) -> None:
    """The quantum jobs complete while the commands stand still."""
    suspended = stage.of(Event.SUSPENSION)
    stage.await_each(suspended, partial(_is_suspended, stage), "it stands still")
    stage.release(suspended)
    for played in suspended:
        stage.simulator.wait_for(played.quantum_job.id)
        assert played.is_at(Step.WAIT)
        stage.cluster.scontrol("resume", played.slurm_job)


def _second_lives(stage: Stage) -> None:
    again = [played for played in stage.rows.values() if played.row.is_run_again]
    stage.await_each(again, lambda played: "resume: job " in played.output, "it is taken up")
    assert {played.quantum_job.status for played in again} == {"Running"}
    stage.release(again)


def _signals_and_limits(stage: Stage) -> None:
    talking = [played for played in stage.of(Event.SIGNAL_BEFORE_TIME_LIMIT) if played.row.output]
    stage.await_each(talking, lambda played: played.row.output in played.output, "it prints its status")
    later = stage.of(Event.LATER_TIME_LIMIT)
    stage.await_each(later, lambda played: stage.has_asked(played) or _has_ended(stage, played), "it asks")
    stage.release([*talking, *later])


def _wait_for_ends(stage: Stage) -> None:
    last = (Event.SLURMCTLD_DIES, Event.TERM_WITHOUT_SLURMCTLD)
    for played in stage.rows.values():
        if played.row.event not in last:
            stage.cluster.wait(played.slurm_job)


def _without_slurmctld(stage: Stage) -> None:
    (first, *_) = dying = stage.of(Event.SLURMCTLD_DIES)
    stage.cluster.wait_until_saved(first.slurm_job)
    stage.cluster.kill_daemon("slurmctld")
    stage.release(dying)
    told = stage.of(Event.TERM_WITHOUT_SLURMCTLD)
    for process in (process for played in told for process in _processes(stage, played)):
        os.kill(process, signal.SIGTERM)
    stage.await_each(told, lambda played: not _processes(stage, played), "it ends")
    stage.await_each(dying, lambda played: played.is_at(Step.FINISHED), "results")
    stage.cluster.start_daemon("slurmctld")
    for job in stage.ids(Event.SLURMCTLD_DIES, Event.TERM_WITHOUT_SLURMCTLD):
        stage.cluster.wait(job)


def _has_ended(stage: Stage, played: Played) -> bool:
    return stage.cluster.show(played.slurm_job)["JobState"] != "RUNNING"


def _processes(stage: Stage, played: Played) -> list[int]:
    """Return the processes of a run itself."""
    return [pid for pid in stage.cluster.world.processes() if _is_run(pid, played)]


def _is_run(pid: int, played: Played) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return False
    return played.row.name in words and "srun" not in words[0]


def _is_suspended(stage: Stage, played: Played) -> bool:
    processes = _processes(stage, played)
    return bool(processes) and all(map(_stands_still, processes))


def _stands_still(pid: int) -> bool:
    """Whether a process is stopped (T) or frozen: D by the freezer of cgroups v1, told by that of v2."""
    state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state in ("T", "D") or "frozen 1" in _cgroup_events(pid)


def _cgroup_events(pid: int) -> str:
    """Return ``cgroup.events`` of a process's group in the unified hierarchy (cgroups(7))."""
    group = Path(f"/proc/{pid}/cgroup").read_text().rpartition("0::/")[2].splitlines()
    events = CGROUPS.joinpath(*group[:1], "cgroup.events")
    return events.read_text() if events.exists() else ""
