"""The jobs of a cluster, as far as Slurm itself writes what is read: see :mod:`.squeue`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from direct_access.errors import ProtocolError
from direct_access.light_dataclass import dataclass
from direct_access.slurm import squeue
from direct_access.slurm.job_states import STAGES, Stage
from direct_access.slurm.owner_name import Owner
from direct_access.units import parse_duration_secs

CLOCK_SKEW_SECS = 300.0
"""How far the clocks of Slurm and of the quantum system may be apart; Kerberos' and munge's usual bound."""

_STEP = r"\d+[^.\s]*\.\S+"


@dataclass(frozen=True)
class SlurmJob:
    """What Slurm says of one job. Times are seconds since the epoch, None where it says Unknown.

    :param array_task_ids: ``2``, or of tasks that wait together ``3-5,9%2``, as Slurm writes them
    :param restarts: how often it was requeued
    :param submit_time: of this life: a requeue sets it anew
    :param end_time: of a job that runs: when its time limit is reached; of one that ends: now
    :param time_limit_secs: None without one
    :param is_preempted: whether it was told to make way for another job
    :param exit_code: of its batch script, ``15`` or ``1:0``; 0 also of one that was cancelled
    :param reason: in Slurm's word, ``TimeLimit``
    """

    job_id: int
    state: str
    restarts: int
    submit_time: float | None = None
    end_time: float | None = None
    array_job_id: int | None = None
    array_task_ids: str | None = None
    is_heterogeneous: bool = False
    start_time: float | None = None
    time_limit_secs: float | None = None
    is_preempted: bool = False
    exit_code: str = "0"
    reason: str = ""

    @property
    def stage(self) -> Stage | None:
        """How far it is; None in a state that we do not know."""
        return STAGES.get(self.state)

    @property
    def has_ended(self) -> bool:
        """Whether nothing of it is left; one that ends, or waits after a requeue, has not ended."""
        return self.stage is Stage.ENDED

    def has_no_process_of(self, restart_count: int) -> bool:
        """Whether nothing is left of one of its lives."""
        return self.restarts > restart_count or self.stage in (Stage.WAITING, Stage.ENDED)

    def may_be_of(self, owner: Owner) -> bool:
        """Whether it has the id that the owner names."""
        if owner.task_id is None:
            return self.job_id == owner.job_id
        return self.array_job_id == owner.job_id and _contains(self.array_task_ids or "", owner.task_id)

    def is_another(self, owner: Owner, created: float) -> bool:
        """Whether it only has the same id, which came back: it cannot have made a job created then."""
        if self.restarts != owner.restart:
            return self.restarts < owner.restart
        return self.submit_time is not None and self.submit_time > created + CLOCK_SKEW_SECS


@dataclass(frozen=True)
class SlurmView:
    """What one cluster says of itself at one moment.

    :param steps: names of all steps that run, ``<slurm job>[_<task>].<step>``
    """

    cluster: str
    jobs: Sequence[SlurmJob]
    steps: frozenset[str] = frozenset()

    def has_lost_step(self, job: SlurmJob, owner: Owner) -> bool:
        """Whether a job runs, but not the step of it that made a quantum job.

        Steps of a requeued job are numbered anew, and those of a heterogeneous job otherwise: no statement.
        """
        return (
            owner.step is not None
            and job.state == "RUNNING"
            and job.restarts == owner.restart
            and not job.is_heterogeneous
            and owner.step_name not in self.steps
        )

    def jobs_of(self, owner: Owner, created: float) -> list[SlurmJob]:
        """Return the Slurm jobs that can have made a quantum job at that time."""
        return [job for job in self.jobs if job.may_be_of(owner) and not job.is_another(owner, created)]


def parse_jobs(output: str) -> list[SlurmJob]:
    """Read what :func:`direct_access.slurm.squeue.jobs_command` printed.

    :raises ProtocolError: if there is anything that is not a job: then jobs may be missing, too
    """
    try:
        return [_job(record) for record in squeue.records(output)]
    except ValueError as error:
        raise ProtocolError(str(error)) from error


def _job(record: Mapping[str, str]) -> SlurmJob:
    is_array = record["ArrayTaskId"] not in squeue.ABSENT
    return SlurmJob(
        job_id=int(record["JobId"]),
        state=record["JobState"],
        restarts=int(record["Restarts"]),
        submit_time=squeue.parse_time(record["SubmitTime"]),
        end_time=squeue.parse_time(record["EndTime"]),
        array_job_id=int(record["ArrayJobId"]) if is_array else None,
        array_task_ids=record["ArrayTaskId"] if is_array else None,
        is_heterogeneous=record["HetJobId"] not in squeue.ABSENT,
        start_time=squeue.parse_time(record["StartTime"]),
        time_limit_secs=_duration_secs(record["TimeLimit"]),
        is_preempted=record["PreemptTime"] not in squeue.ABSENT,
        exit_code=record["ExitCode"],
        reason=record["Reason"],
    )


def parse_steps(output: str) -> frozenset[str]:
    """Read what :func:`direct_access.slurm.squeue.steps_command` printed.

    :raises ProtocolError: if there is anything that is not a step: then steps may be missing, too
    """
    steps = frozenset(output.split())
    if wrong := [step for step in steps if not re.fullmatch(_STEP, step, re.ASCII)]:
        raise ProtocolError(f"squeue printed a line that is not a step: {wrong[0][:60]}")
    return steps


def _duration_secs(text: str) -> float | None:
    try:
        return parse_duration_secs(text)
    except ValueError:  # UNLIMITED
        return None


def _contains(task_ids: str, task_id: int) -> bool:
    """Whether ``1-5:2,9%3`` contains a task. Slurm cuts long lists short with ``...``: they contain any."""
    if "..." in task_ids:
        return True
    return any(task_id in part for part in _ranges(task_ids.partition("%")[0]))


def _ranges(task_ids: str) -> Iterator[range]:
    for part in task_ids.split(","):
        match = re.fullmatch(r"(\d+)(?:-(\d+)(?::(\d+))?)?", part)
        if match:
            first = int(match[1])
            yield range(first, int(match[2] or first) + 1, int(match[3] or 1) or 1)
