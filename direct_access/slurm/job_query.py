"""The questions we ask Slurm about jobs: seldom, and never waiting long for an answer."""

from __future__ import annotations

import os
import time

from direct_access.errors import ProtocolError
from direct_access.light_dataclass import dataclass
from direct_access.slurm import commands, squeue
from direct_access.slurm.configuration import SHOW_CONFIG, parse_configuration
from direct_access.slurm.end_reason import UNKNOWN, EndReason, Fate, end_reason
from direct_access.slurm.environment import SlurmEnv
from direct_access.slurm.jobs import SlurmJob, parse_jobs

ANSWER_SECS = 3.0
_UNKNOWN_JOB = "Invalid job id specified"


@dataclass(frozen=True)
class JobAnswer:
    """What Slurm says of a job.

    :param job: None if there was no answer in time or it knows no such job
    :param unknown_job: it answered that it knows no such job: one that never was, one purged ``MinJobAge``
        after its end, and somebody else's under ``PrivateData=jobs`` all read alike
    """

    job: SlurmJob | None = None
    unknown_job: bool = False

    def has_no_process_of(self, restart_count: int) -> bool:
        """Whether nothing is left of one life of the job; False also where Slurm gave no answer."""
        return self.unknown_job if self.job is None else self.job.has_no_process_of(restart_count)


def show_job(job_id: int, answer_secs: float = ANSWER_SECS) -> JobAnswer:
    """Ask Slurm about a job, once."""
    answer = commands.run(
        squeue.job_command(job_id), answer_secs, os.environ, question=f"squeue --jobs={job_id}"
    )
    if answer.status != 0:
        return JobAnswer(unknown_job=_UNKNOWN_JOB in answer.errors)
    return JobAnswer(_job_in(answer.output, job_id))


def _job_in(output: str, job_id: int) -> SlurmJob | None:
    """Return one job of an answer; that about an array's last task names all tasks."""
    try:
        found = parse_jobs(output)
    except ProtocolError:
        return None
    return next((job for job in found if job.job_id == job_id), None)


def cluster_name(answer_secs: float = ANSWER_SECS) -> str | None:
    """Ask Slurm which cluster it is; None if it gives no answer."""
    answer = commands.run(SHOW_CONFIG, answer_secs, os.environ)
    return parse_configuration(answer.output).get("ClusterName")


def why_ended(
    slurm: SlurmEnv, on_time_limit: Fate = Fate.LEAVE, answer_secs: float = ANSWER_SECS
) -> EndReason:
    """Return why Slurm ends the job that we are part of; unknown if it does not say in time."""
    if slurm.job_id is None:
        return UNKNOWN
    answer = show_job(slurm.job_id, answer_secs)
    return end_reason(answer.job, slurm.restart_count, on_time_limit, time.time())
