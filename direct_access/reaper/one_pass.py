"""One pass: look at every quantum job, decide, and, if told to, act."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from direct_access.clock import Clock, boot_id, parse_rfc3339
from direct_access.errors import DirectAccessError, UnavailableError
from direct_access.model.jobs import JobState
from direct_access.reaper import observations
from direct_access.reaper.judgement import Judgement, QuantumJob, ReapAction, decide, why_not_gone
from direct_access.services.protocol import Handle, JobService, UnfinishedUpload
from direct_access.slurm import markers as marks
from direct_access.slurm.jobs import SlurmJob, SlurmView
from direct_access.slurm.owner_name import Owner, owner_of, owner_of_params

MOST_CANCELS = 3
"""How many jobs one pass may cancel: a mistake of any kind stays a small one."""


class Questions(Protocol):
    """What a pass asks Slurm: a :class:`direct_access.slurm.cluster_query.SlurmQuestions`."""

    def cluster(self) -> str: ...
    def jobs(self) -> Sequence[SlurmJob]: ...
    def steps(self) -> frozenset[str]: ...


@dataclass(frozen=True)
class Reaper:
    """What a pass works with.

    :param state: file that carries observations from one pass to the next
    :param markers: directory of the EpilogSlurmctld script's markers
    :param execute: whether to act; else it only tells
    :param log: told each thing that is done, and each failure to
    """

    service: JobService
    slurm: Questions
    clock: Clock
    state: Path
    markers: Path
    execute: bool
    log: Callable[[str], None]


@dataclass(frozen=True)
class JudgedJob:
    """One quantum job and what becomes of it.

    :param done: whether it was done
    """

    state: JobState
    owner: Owner | None
    verdict: Judgement
    done: bool = False


def one_pass(reaper: Reaper) -> Sequence[JudgedJob]:
    """Look at every quantum job of the system once.

    :raises UnavailableError: if Slurm cannot be asked, or forgot its jobs
    :raises AccessError: if we may not see the jobs of all users
    """
    cluster = reaper.slurm.cluster()
    states = reaper.service.list()  # before Slurm's: whoever made these then stands in Slurm's list
    uploads = _uploads(reaper)
    slurm = SlurmView(cluster, reaper.slurm.jobs(), reaper.slurm.steps())
    _require_jobs(slurm, states)
    findings, dead_uploads = _judge(reaper, slurm, states, uploads)
    for upload, reason in dead_uploads:
        _abort(reaper, upload, reason)
    if not reaper.execute:
        return findings
    marks.remove_old_markers(reaper.markers, reaper.clock.wall())
    return [_act(reaper, finding) for finding in findings]


def _require_jobs(slurm: SlurmView, states: Sequence[JobState]) -> None:
    """Refuse to believe in a cluster without a job that has quantum jobs: a controller lost its state."""
    if slurm.jobs:
        return
    owners = [owner_of(state) for state in states if not state.status.is_final]
    if any(owner and owner.cluster == slurm.cluster and owner.job_id is not None for owner in owners):
        raise UnavailableError(
            "Slurm knows no job at all, while quantum jobs of this cluster run: it may have lost its state",
            advice="look at them: direct-access list",
        )


def _uploads(reaper: Reaper) -> Sequence[UnfinishedUpload]:
    """Return the uploads that were not ended; not every key may list them."""
    try:
        uploads = reaper.service.unfinished_uploads
        return uploads.list() if uploads else ()
    except DirectAccessError as error:
        reaper.log(f"cannot find out which uploads were not ended: {error.message}")
        return ()


def _judge(
    reaper: Reaper, slurm: SlurmView, states: Sequence[JobState], uploads: Sequence[UnfinishedUpload]
) -> tuple[list[JudgedJob], list[tuple[UnfinishedUpload, str]]]:
    """Return what becomes of each job, and each upload that nobody goes on with, with the reason."""
    earlier = observations.load(reaper.state, boot_id())
    markers = marks.read_markers(reaper.markers)
    boottime, wall = reaper.clock.boottime(), reaper.clock.wall()
    findings, gone, cancels = [], [], 0
    for state in states:
        job = _look_at(reaper, slurm, state)
        name = f"{reaper.service.system}/{state.id}/{state.created_time}"
        marker = marks.find_marker(markers, job.owner, job.created) if job.owner and job.created else None
        verdict = decide(job, slurm, earlier.seen_secs(name, boottime), marker, wall)
        if verdict.action is not ReapAction.LEAVE:
            gone.append(name)
        if verdict.action is ReapAction.CANCEL:
            cancels += 1
            if cancels > MOST_CANCELS:
                verdict = Judgement(ReapAction.WAIT, f"one pass cancels {MOST_CANCELS} jobs at most")
        findings.append(JudgedJob(state, job.owner, verdict))
    dead_uploads = []
    for upload in uploads if slurm.jobs else ():  # else Slurm may have lost its state
        owner = owner_of_params(upload.name)
        job = QuantumJob(upload.upload_id, has_ended=False, created=upload.initiated, owner=owner)
        name = f"{reaper.service.system}/{upload.name}/{upload.upload_id}"
        marker = marks.find_marker(markers, owner, upload.initiated) if owner else None
        verdict = decide(job, slurm, earlier.seen_secs(name, boottime), marker, wall)
        if verdict.action is not ReapAction.LEAVE:
            gone.append(name)
        if verdict.action is ReapAction.CANCEL:
            dead_uploads.append((upload, verdict.reason))
    observations.save(reaper.state, earlier.after(gone, boottime))
    return findings, dead_uploads


def _abort(reaper: Reaper, upload: UnfinishedUpload, reason: str) -> None:
    if not reaper.execute:
        reaper.log(f"{upload.name}: its upload would be aborted, {reason}")
        return
    try:
        if reaper.service.unfinished_uploads:
            reaper.service.unfinished_uploads.abort(upload)
    except DirectAccessError as error:
        reaper.log(f"{upload.name}: its upload could not be aborted: {error.message}")
    else:
        reaper.log(f"{upload.name}: its upload was aborted, {reason}")


def _look_at(reaper: Reaper, slurm: SlurmView, state: JobState) -> QuantumJob:
    """Return what is known of a job; its mark is asked for only where it matters."""
    job = QuantumJob(state.id, state.status.is_final, _created(state), owner_of(state))
    if why_not_gone(job, slurm):
        return job
    try:
        until = reaper.service.detached_until(reaper.service.find(state.id))
    except DirectAccessError as error:
        reaper.log(f"{state.id}: cannot find out whether it was left on purpose: {error.message}")
        return replace(job, is_mark_known=False)
    return replace(job, detached_until=until)


def _created(state: JobState) -> float | None:
    try:
        return parse_rfc3339(state.created_time or "")
    except ValueError:
        return None


def _act(reaper: Reaper, finding: JudgedJob) -> JudgedJob:
    job_id, action = finding.state.id, finding.verdict.action
    if action not in (ReapAction.CANCEL, ReapAction.DELETE):
        return finding
    try:
        # Only what is called as this owner's objects are: its user may have named those of others.
        handle = reaper.service.find(job_id, str(finding.owner))
        if action is ReapAction.CANCEL:
            reaper.service.cancel(handle)
        else:
            reaper.service.forget(handle, job=True, objects=True)
    except DirectAccessError as error:
        reaper.log(f"{job_id} of {finding.owner}: could not {action}: {error.message}")
        return finding
    done = "cancelled" if action is ReapAction.CANCEL else "deleted"
    reaper.log(f"{job_id} of {finding.owner}: {done}, {finding.verdict.reason}")
    if action is ReapAction.CANCEL:
        _remove_params(reaper, handle, finding)
    return replace(finding, done=True)


def _remove_params(reaper: Reaper, handle: Handle, finding: JudgedJob) -> None:
    """Remove what the quantum system will not read any more; its log stays for whoever looks into it."""
    try:
        reaper.service.unstage(handle)
    except DirectAccessError as error:
        reaper.log(f"{finding.state.id} of {finding.owner}: its params could not be removed: {error.message}")
