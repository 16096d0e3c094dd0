"""Begin, resume, follow or report a run, whichever its directory calls for."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from pathlib import Path

from direct_access import journal as journals
from direct_access.clock import Clock, SystemClock
from direct_access.config.settings import WEEK_SECS
from direct_access.errors import DirectAccessError, SignalError
from direct_access.journal import Journal, Step
from direct_access.runner import owner as owners
from direct_access.runner import preparing
from direct_access.runner.context import LOGS, RESULTS, Context, reload
from direct_access.runner.control import Control
from direct_access.runner.execution import drive
from direct_access.runner.following import follow
from direct_access.runner.outcome import run_error
from direct_access.runner.plan import Plan
from direct_access.runner.reporter import Reporter, Silent
from direct_access.runner.run_directory import Action, Decision, decide
from direct_access.services.protocol import JobService


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

    :param deadline: when our waiting ends, on the boot time clock; None without bound
    """

    service: JobService
    clock: Clock = field(default_factory=SystemClock)
    control: Control = field(default_factory=Control)
    reporter: Reporter = field(default_factory=Silent)
    deadline: float | None = None
    min_poll_secs: float = 0.0
    wait_when_busy: bool = True
    collect_by_secs: float = WEEK_SECS

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
            min_poll_secs=self.min_poll_secs,
            wait_when_busy=self.wait_when_busy,
            collect_by_secs=self.collect_by_secs,
        )


def run(plan: Plan, means: Means, *, new: bool = False, until: Step = Step.FINISHED) -> Run:
    """Take a job file through all steps, or up to one of them.

    :param new: never resume
    :param until: the step before which to pause
    :raises DirectAccessError: how the run ended, if not well
    """
    while True:
        decision = decide(plan.base, plan.is_same_run, plan.slurm, new=new)
        if decision.action is Action.REPORT and decision.journal is not None:
            return report(decision.directory, decision.journal, means)
        if decision.action is Action.FOLLOW and decision.owner is not None:
            means.reporter.stage("follow", f"{decision.directory} is run by {decision.owner.place}")
            journal = follow(
                decision.directory, decision.owner, plan.is_same_run, plan.slurm, means.clock, means.control
            )
            if journal is not None:
                return report(decision.directory, journal, means)
            continue
        record = owners.this_process(plan.slurm)
        if _take(decision, record):
            return _own(plan, means, decision, record, until)


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
    try:
        if decision.action is Action.RESUME:
            journal = reload(directory)
            journal.slurm = {**journal.slurm, "restart_count": plan.slurm.restart_count}
            means.reporter.stage("resume", f"job {journal.job_id} at step {journal.step} in {directory}")
        else:
            journal = _begin(plan, means, directory)
        return drive_to(means.context(directory, journal, record), until)
    finally:
        give_up(directory, record, means.control)


def _begin(plan: Plan, means: Means, directory: Path) -> Journal:
    """Write params and journal; leave no directory behind if that fails."""
    try:
        journal = preparing.begin(plan, means.service, directory)
        means.control.check()
        journal.save(directory)
    except DirectAccessError:
        owners.release(directory)
        (directory / "params.json").unlink(missing_ok=True)
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


def give_up(directory: Path, record: owners.OwnerRecord, control: Control) -> None:
    """Give up ownership, unless the run is finished (released already) or another process has it.

    After a signal the process may still have to cancel the job; whoever does that gives up ownership.
    """
    if not isinstance(control.reason, SignalError):
        owners.give_up(directory, record)


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
