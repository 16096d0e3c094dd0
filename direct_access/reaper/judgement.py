"""What shall become of one quantum job: a pure function of what is known. Each doubt leaves the job alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from direct_access.clock import rfc3339
from direct_access.slurm.jobs import CLOCK_SKEW_SECS, SlurmView
from direct_access.slurm.markers import Marker
from direct_access.slurm.owner_name import Owner

CONFIRMED_AFTER_SECS = 600.0
"""How far apart the two passes are that must both find a Slurm job gone."""


class ReapAction(str, Enum):
    """What is to be done with a quantum job."""

    LEAVE = "leave"
    WAIT = "wait"
    CANCEL = "cancel"
    DELETE = "delete"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Judgement:
    """What is to be done, and why, for people."""

    action: ReapAction
    reason: str


@dataclass(frozen=True)
class QuantumJob:
    """What is known of a quantum job. Times are seconds since the epoch.

    :param detached_until: until when it is to be collected, None if nobody left it on purpose
    :param is_mark_known: False if it cannot be found out whether it was left on purpose
    """

    id: str
    has_ended: bool
    created: float | None
    owner: Owner | None
    detached_until: float | None = None
    is_mark_known: bool = True


def why_not_gone(job: QuantumJob, slurm: SlurmView) -> str | None:
    """Return why the Slurm job of a quantum job is not known to be gone; None if it is gone."""
    owner, created = job.owner, job.created
    if owner is None:
        return "it does not say which Slurm job it belongs to"
    if owner.job_id is None:
        return "it was started outside Slurm"
    if owner.cluster != slurm.cluster:
        return f"it belongs to the cluster {owner.cluster}"
    if created is None:
        return "the system does not say when it was created"
    for found in slurm.jobs_of(owner, created):
        if slurm.has_lost_step(found, owner):
            continue
        if not found.has_ended:
            return f"its Slurm job is {found.state}"
        if found.end_time is not None and created > found.end_time + CLOCK_SKEW_SECS:
            return "it was created after its Slurm job had ended"
    return None


def decide(
    job: QuantumJob, slurm: SlurmView, seen_gone_secs: float | None, marker: Marker | None, now: float
) -> Judgement:
    """Return what shall become of a quantum job.

    :param seen_gone_secs: how long ago an earlier pass found its Slurm job gone, and each pass since; None if
        none did
    :param marker: that of its Slurm job's end, None without one
    :param now: seconds since the epoch
    """
    if reason := why_not_gone(job, slurm):
        return Judgement(ReapAction.LEAVE, reason)
    if not job.is_mark_known:
        return Judgement(ReapAction.LEAVE, "it cannot be found out whether it was left on purpose")
    if job.detached_until is not None and now <= job.detached_until:
        return Judgement(
            ReapAction.LEAVE, f"left on purpose, to be collected by {rfc3339(job.detached_until)}"
        )
    if job.has_ended and job.detached_until is None:
        return Judgement(ReapAction.LEAVE, "it has ended and nobody said until when it is to be collected")
    gone = _what_is_gone(job, slurm)
    if marker is None and (seen_gone_secs is None or seen_gone_secs < CONFIRMED_AFTER_SECS):
        return Judgement(ReapAction.WAIT, f"{gone} is gone; to be seen again by a pass 10 minutes later")
    if job.detached_until is None:
        return Judgement(ReapAction.CANCEL, f"{gone} is gone and nobody left it on purpose")
    passed = f"it was to be collected by {rfc3339(job.detached_until)}"
    return Judgement(ReapAction.DELETE if job.has_ended else ReapAction.CANCEL, passed)


def _what_is_gone(job: QuantumJob, slurm: SlurmView) -> str:
    owner, created = job.owner, job.created
    if owner and created is not None and any(not found.has_ended for found in slurm.jobs_of(owner, created)):
        return f"step {owner.step} of its Slurm job"
    return "its Slurm job"
