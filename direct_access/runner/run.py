"""Begin, resume, follow or report a run, whichever its directory calls for."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from direct_access import journal as journals
from direct_access import run_files
from direct_access.clock import Clock, SystemClock
from direct_access.config.settings import WEEK_SECS
from direct_access.errors import DirectAccessError, LocalStorageError, SignalError
from direct_access.journal import Journal, Step
from direct_access.retry.deadline import Deadline, no_deadline
from direct_access.runner import detaching, preparing
from direct_access.runner import owner as owners
from direct_access.runner.context import LOGS, PARAMS, RESULTS, Context, reload
from direct_access.runner.control import Control
from direct_access.runner.execution import drive
from direct_access.runner.follow_run import follow
from direct_access.runner.liveness import Liveness
from direct_access.runner.outcome import run_error
from direct_access.runner.owner_ping import answering_pings
from direct_access.runner.plan import Plan
from direct_access.runner.provenance import slurm_job
from direct_access.runner.reporter import Reporter, SilentReporter
from direct_access.runner.run_directory import Action, Decision, decide
from direct_access.services.protocol import JobService
from direct_access.slurm.allocation_end import AllocationEnd
from direct_access.slurm.end_reason import Fate
from direct_access.slurm.environment import SlurmEnv


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


@dataclass(frozen=True)
class Means:
    """What a run works with, apart from its plan.

    :param deadline: returns when our waiting ends
    :param end: returns when all ends; our waiting may end sooner
    :param began: when the command or the call began, seconds since the epoch
    :param looks_once: whether to look at the job once, without waiting for its end
    :param allocation: the part of the deadline that follows the end of our Slurm job
    :param at_time_limit: what becomes of the quantum job when that comes
    """

    service: JobService
    clock: Clock = field(default_factory=SystemClock)
    control: Control = field(default_factory=Control)
    reporter: Reporter = field(default_factory=SilentReporter)
    deadline: Deadline = no_deadline
    end: Deadline = no_deadline
    min_poll_secs: float = 0.0
    wait_when_busy: bool = True
    collect_by_secs: float = WEEK_SECS
    began: float = math.inf
    looks_once: bool = False
    allocation: AllocationEnd | None = None
    at_time_limit: Fate = Fate.LEAVE

    def liveness(self, slurm: SlurmEnv) -> Liveness:
        """Return the judge of other owners."""
        return Liveness(slurm, self.clock, self.control, self.reporter, self.began)

    def context(self, directory: Path, journal: Journal, owner: owners.OwnerRecord | None) -> Context:
        """Return the context of a run."""
        return Context(
            directory=directory,
            journal=journal,
            service=self.service,
            owner=owner,
            clock=self.clock,
            control=self.control,
            reporter=self.reporter,
            deadline=self.deadline,
            end=self.end,
            min_poll_secs=self.min_poll_secs,
            wait_when_busy=self.wait_when_busy,
            collect_by_secs=self.collect_by_secs,
            looks_once=self.looks_once,
            cancel_by=self.allocation if self.at_time_limit is Fate.CANCEL else None,
        )


def run(plan: Plan, means: Means, *, new: bool = False, until: Step = Step.FINISHED) -> Run:
    """Take a job file through all steps, or up to one of them.

    :param new: never resume
    :param until: the step before which to pause
    :raises DirectAccessError: how the run ended, if not well
    """
    liveness = means.liveness(plan.slurm)
    while True:
        decision = decide(plan.base, plan.is_same_run, liveness, new=new)
        if decision.action is Action.REPORT and decision.journal is not None:
            return _tell(decision.directory, decision.journal, means, liveness)
        if decision.action is Action.FOLLOW and decision.owner is not None:
            journal = _follow(decision.directory, decision.owner, plan, means, liveness)
            if journal is not None:
                return report(decision.directory, journal, means)
            means.control.check()
            continue
        record = owners.this_process(plan.slurm)
        if _take(decision, record):
            return _own(plan, means, decision, record, until)


def _follow(
    directory: Path, owner: owners.OwnerRecord, plan: Plan, means: Means, liveness: Liveness
) -> Journal | None:
    # The owner asks Slurm when our common allocation ends, and ends before it: its followers need not ask.
    end = no_deadline if means.allocation else means.end
    with means.control.following():
        if liveness.reports_for_its_step:
            means.reporter.stage("follow", f"{directory} is run by {owner.place}")
        return follow(directory, owner, plan.is_same_run, liveness, means.clock, means.control, end)


def _tell(directory: Path, journal: Journal, means: Means, liveness: Liveness) -> Run:
    """Report a finished run to this life of the Slurm job, which is not told again."""
    if liveness.slurm.in_job:
        journal.reported = slurm_job(liveness.slurm)
        try:
            journal.save(directory)
        except LocalStorageError as error:
            means.reporter.warning(f"the next call will report this run again: {error.message}")
    means.control.after_report(lambda: owners.remove_leftovers(directory, liveness.is_known_dead))
    return report(directory, journal, means)


def _take(decision: Decision, record: owners.OwnerRecord) -> bool:
    """Become the owner of the directory that was decided on; return False if it has changed since."""
    preparing.create_directory(decision.directory)
    if not preparing.become_owner(decision.directory, record, decision.owner):
        return False
    if decision.action is Action.START and journals.load(decision.directory) is not None:
        owners.release(decision.directory)  # a whole run went by between our look and our taking
        return False
    return True


def _own(plan: Plan, means: Means, decision: Decision, record: owners.OwnerRecord, until: Step) -> Run:
    directory = decision.directory
    if means.allocation is not None:
        means.allocation.begin()  # the owner alone asks: those who follow it have nothing to end
    with owning(directory, record, means.control):
        if decision.action is Action.RESUME:
            journal = reload(directory)
            means.reporter.stage("resume", f"job {journal.job_id} at step {journal.step} in {directory}")
            detaching.mark_taken_over(means.context(directory, journal, record), plan.slurm)
            journal.slurm = {**journal.slurm, "restart_count": plan.slurm.restart_count}
        else:
            journal = _begin(plan, means, directory, record, until)
        context = means.context(directory, journal, record)
        summary = drive_to(context, until)
        if until is Step.WAIT and plan.slurm.in_job:
            detaching.mark(context)  # the Slurm job ends before the quantum job, and that is meant
        return summary


def _begin(plan: Plan, means: Means, directory: Path, record: owners.OwnerRecord, until: Step) -> Journal:
    """Write params and journal; leave no directory behind if that fails."""
    try:
        journal = preparing.begin(plan, means.service, directory)
        if until is Step.FINISHED and means.allocation is not None:
            means.allocation.require_time()
        means.control.check()
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
    means.reporter.stage("prepare", f"run directory {directory}")
    return journal


def drive_to(context: Context, until: Step) -> Run:
    """Take a run up to a step, and return it, or raise how it ended; signals now mean this run."""
    context.control.context = context
    drive(context, until)
    _raise_error(context.journal, context.directory)
    return _summary(context.directory, context.journal)


@contextlib.contextmanager
def owning(directory: Path, record: owners.OwnerRecord, control: Control) -> Iterator[None]:
    """Answer who asks whether we live, and give up ownership in the end, unless another process has it.

    After a signal the process may still have to cancel the job; whoever does that gives up ownership.
    """
    try:
        with answering_pings(directory, record, control):
            yield
    finally:
        if not isinstance(control.reason, SignalError):
            control.after_report(lambda: owners.give_up(directory, record))


def report(directory: Path, journal: Journal, means: Means) -> Run:
    """Return a run that is finished, or raise how it ended."""
    means.reporter.stage("finished", f"{directory}: job {journal.job_id} had ended: {journal.job_status}")
    _raise_error(journal, directory)
    return _summary(directory, journal)


def _raise_error(journal: Journal, directory: Path) -> None:
    error = run_error(journal, directory)
    if error is not None:
        raise error


def _summary(directory: Path, journal: Journal) -> Run:
    return Run(directory, journal.job_id, journal.system, journal.job_status, journal.finished)
