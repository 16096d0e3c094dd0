"""Go on with a run, or with a job, that somebody else began: ``wait`` and ``collect``."""

from __future__ import annotations

import contextlib
from pathlib import Path

from direct_access import journal as journals
from direct_access.errors import InputError, JobVanishedError, OutputError
from direct_access.journal import Step
from direct_access.runner import detaching, preparing
from direct_access.runner import owner as owners
from direct_access.runner.context import RunContext, journal_of
from direct_access.runner.liveness import DEAD, Liveness, owned_by_another
from direct_access.runner.outcome import job_error, reason_of
from direct_access.runner.owner import OwnerRecord
from direct_access.runner.run import Run, owning, report, run_steps
from direct_access.runner.waiting import poll, poll_until_ended
from direct_access.slurm.environment import SlurmEnv


def resume_run(directory: Path, context: RunContext, slurm: SlurmEnv, until: Step = Step.FINISHED) -> Run:
    """Go on with the run of a directory, whoever began it: ``wait`` and ``collect``.

    :raises OutputError: if it is not a run directory, or a living process owns it
    """
    journal = journal_of(directory)
    liveness = context.liveness(slurm)
    if journal.finished:
        context.control.after_report(lambda: owners.remove_leftovers(directory, liveness.is_known_dead))
        return report(directory, journal, context)
    record = owners.this_process(slurm)
    _supersede(directory, record, liveness)
    with owning(directory, record, context):
        context.set_run(directory, journal_of(directory), record)
        _require_job(context)
        if until is Step.COLLECT:
            detaching.mark_taken_over(context, slurm)
        return run_steps(context, until)


def _require_job(context: RunContext) -> None:
    """Make sure that there is a job to wait for: only ``run`` and ``submit`` start one.

    :raises InputError: if the run ended before its job was accepted
    """
    if context.journal.step is Step.SUBMIT:
        with contextlib.suppress(JobVanishedError):
            context.journal.job_id = poll(context).id
            context.save(Step.WAIT)
    if context.journal.step in (Step.UPLOAD, Step.SUBMIT):
        raise InputError(
            f"the run in {context.directory} ended before its job was submitted",
            subject=str(context.directory),
            advice=f"direct-access run {context.journal.job_file}",
        )


def adopt_job(job_id: str, directory: Path, context: RunContext, slurm: SlurmEnv, keep: str | None) -> Run:
    """Make a run directory for a job of which only the id is known, and collect it.

    :raises NotFoundError: if the system does not know the job
    :raises OutputError: if the directory cannot be used, or holds a run
    """
    if journals.load(directory) is not None:
        raise OutputError(f"{directory} holds a run already", subject=str(directory))
    handle = context.service.find(job_id)
    state = context.service.status(handle)
    preparing.create_directory(directory)
    record = owners.this_process(slurm)
    _supersede(directory, record, context.liveness(slurm))
    with owning(directory, record, context):
        journal = preparing.adopted_journal(state, handle, context.service.system, keep)
        journal.save(directory)
        context.set_run(directory, journal, record)
        return run_steps(context, Step.FINISHED)


def wait_for_job(job_id: str, context: RunContext) -> Run:
    """Wait for a job of which only the id is known, without a run directory.

    :raises DirectAccessError: how the job ended, if not well
    """
    handle = context.service.find(job_id)
    state = context.service.status(handle)
    journal = preparing.adopted_journal(state, handle, context.service.system, keep="all")
    context.set_run(Path(), journal, None)
    state = poll_until_ended(context)
    error = job_error(job_id, state.status.value, reason_of(state))
    if error is not None:
        raise error
    return Run(None, job_id, journal.system, state.status.value, finished=True)


def _supersede(directory: Path, record: OwnerRecord, liveness: Liveness) -> None:
    """Become the owner of a directory.

    :raises OutputError: if a living process owns it
    """
    previous = owners.current(directory)
    status = liveness.status_of(directory, previous) if previous is not None else DEAD
    if previous is not None and status.is_alive:
        raise owned_by_another(directory, previous, status)
    if not preparing.become_owner(directory, record, previous):
        raise OutputError(
            f"{directory} belongs to a run that is under way: another process was faster",
            subject=str(directory),
            advice="wait for it to end",
        )
