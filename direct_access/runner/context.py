"""A run under way, as every step sees it."""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from direct_access import journal as journals
from direct_access.clock import Clock, SystemClock, rfc3339
from direct_access.config.settings import Settings
from direct_access.errors import LocalStorageError, OutputError
from direct_access.events import Event, Text, tell, wanted
from direct_access.journal import Journal, Step
from direct_access.retry.deadline import Deadline, last_requests, no_deadline
from direct_access.retry.notice import WaitNotice
from direct_access.retry.repeat import Patience
from direct_access.runner import owner as owners
from direct_access.runner.bounds import Bounds
from direct_access.runner.control import Control
from direct_access.runner.liveness import Liveness
from direct_access.runner.owner import OwnerRecord
from direct_access.runner.reporter import Reporter, SilentReporter, describe_wait
from direct_access.services.protocol import JobService
from direct_access.slurm.allocation_end import AllocationEnd
from direct_access.slurm.end_reason import Fate
from direct_access.slurm.environment import SlurmEnv

PARAMS = "params.json"
RESULTS = "results.json"
LOGS = "logs.txt"
JOB_OBJECT = "job-object.json"


def partial_name(name: str) -> str:
    """Return where a file is written while it is not yet known to be good."""
    return f".{name}.part"


def rejected_name(name: str) -> str:
    """Return where a file is kept that proved to be wrong."""
    return f"{name}.rejected"


@dataclass(eq=False)
class RunContext:
    """What a run works with: made where the command or the call begins, completed by :meth:`set_run`.

    :param settings: the configuration after precedence
    :param deadline: returns when our waiting ends
    :param end: returns when all ends, transfers too: ``collect`` waits for no job, but for its results
    :param allocation: the part of the deadline that follows the end of our Slurm job
    :param began: when the command or the call began, seconds since the epoch
    :param looks_once: whether nobody waits for the job's end
    :param on_start: called with this when the steps of the run start: from then on a signal is for this run
    :ivar owner: None for a job that is only looked at
    :ivar nothing_sent: the submission has come back, and it is certain that there is no job
    """

    service: JobService
    settings: Settings
    clock: Clock = field(default_factory=SystemClock)
    control: Control = field(default_factory=Control)
    reporter: Reporter = field(default_factory=SilentReporter)
    deadline: Deadline = no_deadline
    end: Deadline = no_deadline
    allocation: AllocationEnd | None = None
    began: float = math.inf
    looks_once: bool = False
    bounds: Bounds = field(default_factory=Bounds)
    on_start: Callable[[RunContext], object] = lambda context: None
    directory: Path = field(init=False)
    journal: Journal = field(init=False)
    owner: OwnerRecord | None = field(init=False, default=None)
    nothing_sent: bool = field(init=False, default=False)

    def set_run(self, directory: Path, journal: Journal, owner: OwnerRecord | None) -> None:
        """Complete this with the run whose steps come now."""
        self.directory, self.journal, self.owner = directory, journal, owner
        self.nothing_sent = False

    def liveness(self, slurm: SlurmEnv) -> Liveness:
        """Return what tells whether owners of run directories are alive.

        :param slurm: our own Slurm job
        """
        return Liveness(slurm, self.clock, self.control, self.reporter, self.began, self.bounds.silent_secs)

    @property
    def cancel_by(self) -> AllocationEnd | None:
        """The end of our Slurm job, where the quantum job is to be cancelled before it."""
        return self.allocation if Fate(self.settings.on_time_limit) is Fate.CANCEL else None

    def save(self, step: Step) -> None:
        """Write into the journal which step comes now.

        :raises OutputError: if another process has taken over: its journal stays as it is
        """
        self.check_ownership()
        self.journal.step = step
        self.journal.times[step.value] = rfc3339(self.clock.wall())
        self.journal.save(self.directory, self.check_ownership)
        if wanted(Event.STEP):
            tell(
                Event.STEP,
                step=Text(step.value),
                job=Text(self.journal.job_id),
                run=Text(str(self.directory)),
            )

    def finish(self) -> None:
        """Write into the journal that nothing is left to be done.

        If that fails, the run has ended nevertheless: its next process finds the last step done, and says so.

        :raises OutputError: if another process has taken over
        """
        try:
            self.save(Step.FINISHED)
        except LocalStorageError as error:
            self.reporter.warning(f"{error.message}; the run has ended nevertheless")

    def check_ownership(self) -> None:
        """Stop if another process has taken over; before whatever changes the run or the server.

        :raises OutputError: if so
        """
        if self.owner is not None:
            owners.require_owner(self.directory, self.owner)

    def secs_left(self) -> float | None:
        """Return how long we may still wait, None without bound."""
        until = self.deadline()
        return None if until is None else until - self.clock.boottime()

    def is_past(self, deadline: Deadline) -> bool:
        """Whether ``deadline`` or ``end`` has come."""
        until = deadline()
        return until is not None and self.clock.boottime() >= until

    def limited(self, secs: float, deadline: Deadline) -> float:
        """Return how much of some seconds is left until ``deadline`` or ``end``."""
        until = deadline()
        return secs if until is None else max(0.0, min(secs, until - self.clock.boottime()))

    def pause(self, secs: float, deadline: Deadline) -> None:
        """Wait, but not beyond ``deadline`` or ``end``, nor once the run shall end."""
        self.clock.wait(self.control.stop, self.limited(secs, deadline))

    def last_requests(self, secs: float) -> AbstractContextManager[None]:
        """Give the requests of this thread so much time, although our waiting may have ended."""
        return last_requests(self.clock, secs)

    @property
    def patience(self) -> Patience:
        """How long anything may be tried again, and who is told."""
        return Patience(self.clock, self.control.stop, self.deadline, self._notify)

    def _notify(self, notice: WaitNotice) -> None:
        self.reporter.stage("again", describe_wait(notice))

    @property
    def collect_command(self) -> str:
        """The command that picks this run up again; before anything was sent there is nothing to collect."""
        if self.journal.step is Step.UPLOAD and self.journal.job_file:
            return f"direct-access run {shlex.quote(self.journal.job_file)}"
        return f"direct-access collect {self._name}"

    @property
    def wait_command(self) -> str:
        """The command that waits for the job's end."""
        return f"direct-access wait {self._name}"

    @property
    def delete_command(self) -> str:
        """The command that removes the job and its objects from the server."""
        return f"direct-access delete {self._name}"

    @property
    def _name(self) -> str:
        """What a command calls the run: a job that is only looked at has no directory, others may lose it."""
        has_directory = self.owner is not None and self.directory.exists()
        return shlex.quote(str(self.directory) if has_directory else self.journal.job_id)


def journal_of(directory: Path) -> Journal:
    """Return the journal of a run directory that must have one.

    :raises OutputError: if it has none
    """
    journal = journals.load(directory)
    if journal is None:
        raise OutputError(
            f"{directory} is not a run directory: no {journals.FILE_NAME}", subject=str(directory)
        )
    return journal
