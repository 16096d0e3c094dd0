"""Whether the owner of a run directory is alive: by its process, by Slurm, or by its own answer."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import field
from pathlib import Path

from direct_access.clock import Clock, SystemClock, start_ticks
from direct_access.errors import OutputError
from direct_access.light_dataclass import dataclass
from direct_access.runner import owner as owners
from direct_access.runner.bounds import Bounds
from direct_access.runner.control import Control
from direct_access.runner.owner import OwnerRecord
from direct_access.runner.owner_ping import OwnerWatch
from direct_access.runner.reporter import Reporter, SilentReporter
from direct_access.slurm import job_query
from direct_access.slurm.environment import SlurmEnv
from direct_access.slurm.job_query import JobAnswer

LOOK_SECS = 1.0


@dataclass(frozen=True)
class OwnerStatus:
    """Whether a process may still run.

    :param why: what made us think so, for messages
    """

    is_alive: bool
    why: str = ""


DEAD = OwnerStatus(False)


@dataclass
class Liveness:
    """Tells one process which owners are alive; nobody is asked twice about one that is dead.

    :param slurm: our own Slurm job
    :param began: when the command or the call began, seconds since the epoch
    :param silent_secs: how long an owner may be silent after it was asked
    :param may_watch: whether to ask an owner and wait for its answer; else one that is not visible may live
    """

    slurm: SlurmEnv
    clock: Clock = field(default_factory=SystemClock)
    control: Control = field(default_factory=Control)
    reporter: Reporter = field(default_factory=SilentReporter)
    began: float = math.inf
    silent_secs: float = Bounds.silent_secs
    may_watch: bool = True
    show_job: Callable[[int], JobAnswer] = job_query.show_job
    cluster_name: Callable[[], str | None] = job_query.cluster_name
    _dead: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._here = owners.this_process(self.slurm)

    def status_of(self, directory: Path, record: OwnerRecord) -> OwnerStatus:
        """Return whether the owner of a directory may still run.

        :raises DirectAccessError: the reason to end, if we shall end while we wait for a sign
        """
        status = self._judge(directory, record)
        if not status.is_alive:
            self.mark_dead(record)
        return status

    def mark_dead(self, record: OwnerRecord) -> None:
        """Remember that an owner is dead."""
        self._dead.add(record.token)

    @property
    def reports_for_its_step(self) -> bool:
        """Whether to report what all tasks of our step do: its first one does, or a process outside steps."""
        return self.slurm.proc_id in (None, 0)

    def is_visible(self, record: OwnerRecord) -> bool:
        """Whether the process, if it runs, is visible from here."""
        return record.node == self._here.node

    def is_known_dead(self, record: OwnerRecord) -> bool:
        """Whether a process has ended, as far as that is known without asking anybody."""
        return self._known_alive(record) is False

    def _known_alive(self, record: OwnerRecord) -> bool | None:
        """Return whether a process runs, None if that is not known without asking anybody."""
        if record.token in self._dead:
            return False
        if record.is_of(self.slurm) and record.restart_count < self.slurm.restart_count:
            return False
        if self.is_visible(record):
            return start_ticks(record.pid) == record.start_ticks
        if record.host == self._here.host and record.boot_id != self._here.boot_id:
            return False
        return None

    def _judge(self, directory: Path, record: OwnerRecord) -> OwnerStatus:
        seen = self._known_alive(record)
        if seen is not None:
            return OwnerStatus(seen)
        told = None
        if record.slurm_job is not None and not record.is_of(self.slurm):
            told = self._ask_slurm(record, record.slurm_job)
        return told or self._ask_owner(directory, record)

    def _ask_slurm(self, record: OwnerRecord, job_id: int) -> OwnerStatus | None:
        """Return what Slurm says of the owner's job, None if that leaves the question open.

        The Slurm that answers us may be another cluster's, with a job of the same number.
        """
        cluster = self.slurm.cluster or self.cluster_name()
        if cluster is not None and cluster != record.cluster:
            return None
        answer = self.show_job(job_id)
        if answer.has_no_process_of(record.restart_count):
            return DEAD if cluster is not None else None
        if answer.job is None:
            return OwnerStatus(True, f"Slurm gave no answer about its job {job_id}")
        return OwnerStatus(True, f"its Slurm job {job_id} is {answer.job.state}")

    def _ask_owner(self, directory: Path, record: OwnerRecord) -> OwnerStatus:
        """Ask the owner, tell the user, and wait no longer than a living owner needs to answer."""
        if not self.may_watch:
            return OwnerStatus(True, "it cannot be seen from here")
        if self.reports_for_its_step:
            self.reporter.stage(
                "owner", f"asking {record.place} whether it still runs, for at most {self.silent_secs:.0f} s"
            )
        try:
            watch = OwnerWatch(directory, self.silent_secs)
            while not watch.check(LOOK_SECS):
                if watch.is_dead:
                    self.reporter.stage("owner", f"{record.place} did not answer and counts as dead")
                    return DEAD
                self.clock.wait(self.control.stop, LOOK_SECS)
                self.control.check()
                if not owners.is_owner(directory, record):
                    return DEAD  # it gave up meanwhile
        except (OSError, OutputError) as error:
            return OwnerStatus(True, f"it cannot be asked whether it still runs: {error}")
        return OwnerStatus(True, "it answered")


def owned_by_another(directory: Path, record: OwnerRecord, status: OwnerStatus) -> OutputError:
    """Return the error that says: this run directory has a living owner elsewhere."""
    why = f" ({status.why})" if status.why else ""
    return OutputError(
        f"{directory} belongs to a run that is under way: {record.place}{why}",
        subject=str(directory),
        advice=(
            "wait for it or end it, or 'direct-access run --new' for a run of its own; "
            f"if you know that it is gone, remove {directory / owners.DIRECTORY_NAME}"
        ),
    )
