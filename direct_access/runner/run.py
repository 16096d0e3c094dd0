"""Begin, resume, follow or report a run, depending on what its directory holds."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from direct_access import journal as journals
from direct_access import run_files
from direct_access.errors import DirectAccessError, LocalStorageError, SignalError
from direct_access.journal import Journal, Step
from direct_access.light_dataclass import dataclass
from direct_access.retry.deadline import no_deadline
from direct_access.runner import detaching, preparing
from direct_access.runner import owner as owners
from direct_access.runner.context import LOGS, PARAMS, RESULTS, RunContext, journal_of
from direct_access.runner.execution import take_steps
from direct_access.runner.liveness import Liveness
from direct_access.runner.outcome import run_error
from direct_access.runner.owner_ping import answering_pings
from direct_access.runner.plan import Plan
from direct_access.runner.provenance import slurm_job
from direct_access.runner.run_directory import DirectoryChoice, RunAction, choose_directory


@dataclass(frozen=True)
class Run:
    """A run and where its files are.

    :param directory: None for a job that has no run directory here
    :param status: Completed, Failed or Cancelled; None while the job has not ended
    :param finished: whether nothing is left to be done
    """

    directory: Path | None
    job_id: str
    system: str
    status: str | None
    finished: bool

    @property
    def results(self) -> Path | None:
        """The results document as the quantum system wrote it."""
        return self.directory and self.directory / RESULTS

    @property
    def logs(self) -> Path | None:
        """The job's log."""
        return self.directory and self.directory / LOGS


def run(plan: Plan, context: RunContext, *, new: bool = False, until: Step = Step.FINISHED) -> Run:
    """Take a job file through all steps, or up to one of them.

    :param new: never resume
    :param until: the step before which to pause
    :raises DirectAccessError: how the run ended, if not well
    """
    liveness = context.liveness(plan.slurm)
    while True:
        choice = choose_directory(plan.base, plan.is_same_run, liveness, new=new)
        if choice.action is RunAction.REPORT and choice.journal is not None:
            return _tell(choice.directory, choice.journal, context, liveness)
        if choice.action is RunAction.FOLLOW and choice.owner is not None:
            journal = _follow(choice.directory, choice.owner, plan, context, liveness)
            if journal is not None:
                return report(choice.directory, journal, context)
            context.control.check()
            continue
        record = owners.this_process(plan.slurm)
        if _take(choice, record):
            return _own(plan, context, choice, record, until)


def _follow(
    directory: Path, owner: owners.OwnerRecord, plan: Plan, context: RunContext, liveness: Liveness
) -> Journal | None:
    from direct_access.runner.follow_run import follow

    # The owner asks Slurm when our common allocation ends, and ends before it: its followers need not ask.
    end = no_deadline if context.allocation else context.end
    with context.control.following():
        if liveness.reports_for_its_step:
            context.reporter.stage("follow", f"{directory} is run by {owner.place}")
        return follow(directory, owner, plan.is_same_run, liveness, context.clock, context.control, end)


def _tell(directory: Path, journal: Journal, context: RunContext, liveness: Liveness) -> Run:
    """Report a finished run, once to each life of the Slurm job."""
    if liveness.slurm.in_job:
        journal.reported = slurm_job(liveness.slurm)
        try:
            journal.save(directory)
        except LocalStorageError as error:
            context.reporter.warning(f"the next call will report this run again: {error.message}")
    context.control.after_report(lambda: owners.remove_leftovers(directory, liveness.is_known_dead))
    return report(directory, journal, context)


def _take(choice: DirectoryChoice, record: owners.OwnerRecord) -> bool:
    """Become the owner of the directory that was decided on; return False if it has changed since."""
    preparing.create_directory(choice.directory)
    if not preparing.become_owner(choice.directory, record, choice.owner):
        return False
    if choice.action is RunAction.START and journals.load(choice.directory) is not None:
        owners.release(choice.directory)  # another process began and ended a run meanwhile
        return False
    return True


def _own(
    plan: Plan, context: RunContext, choice: DirectoryChoice, record: owners.OwnerRecord, until: Step
) -> Run:
    directory = choice.directory
    if context.allocation is not None:
        context.allocation.begin()  # the owner alone asks: those who follow it have nothing to end
    with owning(directory, record, context):
        if choice.action is RunAction.RESUME:
            context.set_run(directory, journal_of(directory), record)
            _resume(context, plan)
        else:
            context.set_run(directory, _begin(plan, context, directory, record, until), record)
        summary = run_steps(context, until)
        if until is Step.WAIT and plan.slurm.in_job:
            detaching.mark(context)  # the Slurm job ends before the quantum job, and that is meant
        return summary


def _resume(context: RunContext, plan: Plan) -> None:
    journal = context.journal
    context.reporter.stage("resume", f"job {journal.job_id} at step {journal.step} in {context.directory}")
    detaching.mark_taken_over(context, plan.slurm)
    journal.slurm = {**journal.slurm, "restart_count": plan.slurm.restart_count}


def _begin(
    plan: Plan, context: RunContext, directory: Path, record: owners.OwnerRecord, until: Step
) -> Journal:
    """Write params and journal; leave no directory behind if that fails."""
    try:
        journal = preparing.prepare(plan, context.service, directory)
        if until is Step.FINISHED and context.allocation is not None:
            context.allocation.require_time()
        context.control.check()
        journal.save(directory, lambda: owners.require_owner(directory, record))
    except DirectAccessError:
        if not owners.is_owner(directory, record):
            raise
        owners.release(directory)
        for name in (journals.FILE_NAME, PARAMS):
            run_files.remove(directory, name)
        with contextlib.suppress(OSError):
            directory.rmdir()
        raise
    context.reporter.stage("prepare", f"run directory {directory}")
    return journal


def run_steps(context: RunContext, until: Step) -> Run:
    """Take a run up to a step, and return it, or raise how it ended; signals now mean this run."""
    context.on_start(context)
    take_steps(context, until)
    _raise_error(context.journal, context.directory)
    return _summary(context.directory, context.journal)


@contextlib.contextmanager
def owning(directory: Path, record: owners.OwnerRecord, context: RunContext) -> Iterator[None]:
    """Answer who asks whether we run, and give up ownership in the end, unless another process has it.

    After a signal the process may still have to cancel the job; whoever does that gives up ownership.
    """
    try:
        with answering_pings(directory, record, context.control, context.bounds.ping_secs):
            yield
    finally:
        if not isinstance(context.control.reason, SignalError):
            context.control.after_report(lambda: owners.give_up(directory, record))


def report(directory: Path, journal: Journal, context: RunContext) -> Run:
    """Return a run that is finished, or raise how it ended."""
    context.reporter.stage("finished", f"{directory}: job {journal.job_id} had ended: {journal.job_status}")
    _raise_error(journal, directory)
    return _summary(directory, journal)


def _raise_error(journal: Journal, directory: Path) -> None:
    error = run_error(journal, directory)
    if error is not None:
        raise error


def _summary(directory: Path, journal: Journal) -> Run:
    return Run(directory, journal.job_id, journal.system, journal.job_status, journal.finished)
