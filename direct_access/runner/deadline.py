"""When a run stops waiting: one deadline for all that it does."""

from __future__ import annotations

from collections.abc import Callable

from direct_access.clock import Clock
from direct_access.config.settings import Settings
from direct_access.slurm.allocation_end import AllocationEnd
from direct_access.slurm.environment import SlurmEnv
from direct_access.slurm.job_query import JobAnswer, show_job


class RunDeadline:
    """When the waiting of a run ends.

    :param given: the setting, as boot time; the allocation does not count then
    :param detach_at: when we leave in any case, as boot time
    :ivar allocation: what ends our waiting where no setting does; None outside Slurm
    """

    def __init__(
        self, given: float | None, detach_at: float | None, allocation: AllocationEnd | None, clock: Clock
    ) -> None:
        self.allocation = allocation if given is None else None
        self._given = given
        self._detach_at = detach_at
        self._clock = clock

    def __call__(self) -> float | None:
        """Return the boot time; Slurm is not asked when we detach anyway."""
        if self._detach_at is not None and self._clock.boottime() >= self._detach_at:
            return self._detach_at
        bounds = (self._detach_at, self.allocation() if self.allocation else self._given)
        return min((bound for bound in bounds if bound is not None), default=None)


def of_run(
    settings: Settings,
    slurm: SlurmEnv,
    clock: Clock,
    started_at: float,
    ask: Callable[[int], JobAnswer] = show_job,
) -> RunDeadline:
    """Return when our waiting ends: after ``wait_deadline_secs``, or shortly before the Slurm job is over.

    ``detach_after`` ends it sooner, and leaves the other bound as it is.

    :param started_at: from when the settings count, on the boot time clock
    :param ask: the question to Slurm, answered or given up within ``ANSWER_SECS``
    """
    given = _after(started_at, settings.wait_deadline_secs)
    allocation = None
    if given is None and slurm.job_id is not None:
        allocation = AllocationEnd(slurm.job_id, slurm.end_time, clock, ask)
    return RunDeadline(given, _after(started_at, settings.detach_after), allocation, clock)


def _after(started_at: float, secs: float | None) -> float | None:
    return None if secs is None else started_at + secs
