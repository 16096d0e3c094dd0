"""What happens to the quantum job when Slurm ends us: a pure function of what Slurm says of our job.

The state alone does not tell the cases apart: it is COMPLETING for scancel, requeue and preemption alike.
The record changes before the signal is sent (observed with Slurm 22.05 and 24.11).
"""

from __future__ import annotations

from enum import Enum

from direct_access.light_dataclass import dataclass
from direct_access.slurm.job_states import Stage
from direct_access.slurm.jobs import SlurmJob

ENDS_SOON_SECS = 120


class Fate(str, Enum):
    """What becomes of the quantum job."""

    CANCEL = "cancel"
    LEAVE = "leave"


@dataclass(frozen=True)
class EndReason:
    """Why Slurm ends us, in a word, and what follows for the quantum job."""

    name: str
    fate: Fate


UNKNOWN = EndReason("unknown", Fate.LEAVE)
TIME_LIMIT = "time limit"


def end_reason(job: SlurmJob | None, restart_count: int, on_time_limit: Fate, now: float) -> EndReason:
    """Return why we are ended; the first match counts.

    :param job: ours, None if Slurm gave no answer
    :param restart_count: our own ``SLURM_RESTART_COUNT``
    :param on_time_limit: the user's wish for the quantum job at the time limit
    :param now: seconds since the epoch
    """
    if job is None:
        return UNKNOWN
    if job.restarts > restart_count:
        return EndReason("requeued", Fate.LEAVE)
    if job.is_preempted:
        return EndReason("preempted", Fate.LEAVE)
    if job.reason == "TimeLimit" or job.state in ("TIMEOUT", "DEADLINE"):
        return EndReason(TIME_LIMIT, on_time_limit)
    if job.state == "NODE_FAIL":
        return EndReason("node failure", Fate.LEAVE)
    if job.stage is Stage.ENDING and _batch_script_failed(job) and _is_soon(_limit(job), now):
        return EndReason(TIME_LIMIT, on_time_limit)
    if job.stage is Stage.ENDING or job.state == "CANCELLED":
        return EndReason("cancelled", Fate.CANCEL)
    if job.stage is Stage.GOING_ON:
        soon = _is_soon(job.end_time, now)
        return EndReason(TIME_LIMIT, on_time_limit) if soon else EndReason("signalled", Fate.CANCEL)
    return UNKNOWN


def _batch_script_failed(job: SlurmJob) -> bool:
    """Whether the job ends because its batch script died; ``scancel`` leaves the exit code at 0.

    So it is when ``--signal=B:TERM@60`` reaches a shell without a trap: then Slurm ends the job's steps.
    """
    return job.exit_code not in ("", "0", "0:0")


def _limit(job: SlurmJob) -> float | None:
    """Return when the time limit is reached, which EndTime does not tell any more once the job ends."""
    if job.start_time is None or job.time_limit_secs is None:
        return None
    return job.start_time + job.time_limit_secs


def _is_soon(moment: float | None, now: float) -> bool:
    return moment is not None and moment - now <= ENDS_SOON_SECS
