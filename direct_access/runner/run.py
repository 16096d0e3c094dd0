"""Begin, resume, follow or report a run, whichever its directory calls for."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from pathlib import Path

from direct_access.clock import Clock, SystemClock
from direct_access.errors import DirectAccessError, OutputError
from direct_access.journal import Journal, Step
from direct_access.runner import owner as owners
from direct_access.runner import preparing
from direct_access.runner.context import LOGS, RESULTS, Context, reload
from direct_access.runner.control import Control
from direct_access.runner.execution import drive, raise_outcome
from direct_access.runner.following import follow
from direct_access.runner.plan import Plan
from direct_access.runner.reporter import Reporter, Silent
from direct_access.runner.run_directory import Action, Decision, decide
from direct_access.services.protocol import JobService
from direct_access.slurm_env import SlurmEnv


@dataclass(frozen=True)
class Run:
    """A run and where its files are.

    :param status: Completed, Failed or Cancelled; None while the job has not ended
    :param finished: whether nothing is left to be done
    """

    directory: Path
    job_id: str
    system: str
    status: str | None
    finished: bool

    @property
    def results(self) -> Path:
        """The results document as the quantum system wrote it."""
        return self.directory / RESULTS

    @property
    def logs(self) -> Path:
        """The job's log."""
        return self.directory / LOGS


@dataclass(frozen=True)
class Means:
    """What a run works with, apart from its plan.

    :param wait_deadline_secs: how long we wait at most, in seconds from now; None without bound
    """

    service: JobService
    clock: Clock = field(default_factory=SystemClock)
    control: Control = field(default_factory=Control)
    reporter: Reporter = field(default_factory=Silent)
    wait_deadline_secs: float | None = None
    min_poll_secs: float = 0.0
    wait_when_busy: bool = True

    def context(self, directory: Path, journal: Journal, owner: owners.OwnerRecord | None) -> Context:
        """Return the context of a run, and let the control know it."""
        deadline = None
        if self.wait_deadline_secs is not None:
            deadline = self.clock.boottime() + self.wait_deadline_secs
        self.control.context = Context(
            directory=directory,
            journal=journal,
            service=self.service,
            owner=owner,
            clock=self.clock,
            control=self.control,
            reporter=self.reporter,
            deadline=deadline,
            min_poll_secs=self.min_poll_secs,
            wait_when_busy=self.wait_when_busy,
        )
        return self.control.context


def run(plan: Plan, means: Means, *, new: bool = False, until: Step = Step.FINISHED) -> Run:
    """Take a job file through all steps, or up to one of them.

    :param new: never resume
    :param until: the step before which to pause
    :raises DirectAccessError: how the run ended, if not well
    """
    while True:
        decision = decide(plan.base, plan.params_sha256, plan.slurm, new=new)
        if decision.action is Action.REPORT and decision.journal is not None:
            return _report(decision.directory, decision.journal, means)
        if decision.action is Action.FOLLOW and decision.owner is not None:
            means.reporter.stage("follow", f"{decision.directory} is run by {decision.owner.place}")
            journal = follow(decision.directory, decision.owner, means.clock, means.control)
            if journal is not None:
                return _report(decision.directory, journal, means)
            continue
        preparing.create_directory(decision.directory)
        record = owners.this_process(plan.slurm)
        if preparing.become_owner(decision.directory, record, decision.owner):
            return _own(plan, means, decision, record, until)


def take_up(directory: Path, means: Means, slurm: SlurmEnv, until: Step = Step.FINISHED) -> Run:
    """Go on with the run of a directory, whoever began it: ``wait`` and ``collect``.

    :raises OutputError: if it is no run directory, or a living process owns it
    """
    journal = reload(directory)
    if journal.finished:
        return _report(directory, journal, means)
    record = owners.this_process(slurm)
    _supersede(directory, record)
    try:
        context = means.context(directory, reload(directory), record)
        return _drive(context, until)
    finally:
        _release(directory, record)


def _supersede(directory: Path, record: owners.OwnerRecord) -> None:
    previous = owners.current(directory)
    alive = previous is not None and owners.is_alive(previous)
    if alive or not preparing.become_owner(directory, record, previous):
        place = previous.place if previous else "another process"
        raise OutputError(
            f"{directory} belongs to a run that is under way: {place}",
            subject=str(directory),
            advice="wait for it to end",
        )


def _own(plan: Plan, means: Means, decision: Decision, record: owners.OwnerRecord, until: Step) -> Run:
    directory = decision.directory
    try:
        if decision.action is Action.RESUME:
            journal = reload(directory)
            journal.slurm = {**journal.slurm, "restart_count": plan.slurm.restart_count}
            means.reporter.stage("resume", f"job {journal.job_id} at step {journal.step} in {directory}")
        else:
            journal = _begin(plan, means, directory)
        return _drive(means.context(directory, journal, record), until)
    finally:
        _release(directory, record)


def _begin(plan: Plan, means: Means, directory: Path) -> Journal:
    """Write params and journal; leave no directory behind if that fails."""
    try:
        journal = preparing.begin(plan, means.service, directory)
        journal.save(directory)
    except DirectAccessError:
        owners.release(directory)
        (directory / "params.json").unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            directory.rmdir()
        raise
    means.reporter.stage("prepare", f"run directory {directory}")
    return journal


def _drive(context: Context, until: Step) -> Run:
    drive(context, until)
    raise_outcome(context.journal)
    return _summary(context.directory, context.journal)


def _release(directory: Path, record: owners.OwnerRecord) -> None:
    """Give up ownership, unless the run is finished (released already) or another process has it."""
    with contextlib.suppress(DirectAccessError, OSError):
        if owners.still_mine(directory, record):
            owners.release(directory)


def _report(directory: Path, journal: Journal, means: Means) -> Run:
    means.reporter.stage("finished", f"{directory}: job {journal.job_id} had ended: {journal.job_status}")
    raise_outcome(journal)
    return _summary(directory, journal)


def _summary(directory: Path, journal: Journal) -> Run:
    return Run(directory, journal.job_id, journal.system, journal.job_status, journal.finished)


__all__ = ["Means", "Run", "run", "take_up"]
