"""When the waiting of a run ends: one deadline for all that it does.

Inside Slurm it follows the end of the allocation, which the variable ``SLURM_JOB_END_TIME`` tells from Slurm
23.02 on (sbatch(1)) and which ``scontrol update job TimeLimit=`` may move later.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from direct_access.clock import Clock
from direct_access.config.settings import Settings
from direct_access.errors import TryAgainError
from direct_access.slurm.end_reason import seconds
from direct_access.slurm.environment import SlurmEnv
from direct_access.slurm.job_query import ANSWER_SECS, JobAnswer, show_job

SLURM_MARGIN_SECS = 60.0
"""How long before its Slurm job is over a run ends its waiting, so that it can still leave in good order."""

MARGIN_SHARE = 0.25
"""The margin is at most this share of the time that a run has: ``--time=1`` is not all margin."""

LAST_SECS = 15.0
"""What is kept of the margin while the quantum job is cancelled within it."""

LEAST_SECS = 10.0
"""With less than this left of the Slurm job no quantum job is begun."""


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


class AllocationEnd:
    """A deadline ``SLURM_MARGIN_SECS`` before our Slurm job is over, less where there is little time in all.

    Where the environment does not tell, Slurm is asked once, from a thread, from :meth:`begin` on, so that
    nothing waits for the answer before it is needed. When the time has come Slurm is asked again, in case the
    time limit was moved.
    """

    def __init__(
        self, job_id: int, end_time: float | None, clock: Clock, ask: Callable[[int], JobAnswer] = show_job
    ) -> None:
        self._job_id = job_id
        self._clock = clock
        self._ask = ask
        self._is_over = False
        self._lock = threading.Lock()
        self._began = clock.boottime()
        self._end = None if end_time is None else self._boottime(end_time)
        self._kept_secs: float | None = None
        self._asking: threading.Thread | None = None
        if end_time is None:
            self._asking = threading.Thread(target=self._find_out, name="time-limit", daemon=True)

    def begin(self) -> None:
        """Ask Slurm where the environment does not tell, without waiting for the answer."""
        if self._asking is not None and self._asking.ident is None:
            self._asking.start()

    def __call__(self) -> float | None:
        """Return the boot time at which our waiting ends, None without bound or while Slurm does not tell."""
        with self._lock:
            self.begin()
            asking, self._asking = self._asking, None
            if asking is not None:
                asking.join(ANSWER_SECS)
            until = self._until(self._end)
            if self._end is None or until is None or self._is_over or self._clock.boottime() < until:
                return until
            return self._ask_again(self._end)

    @property
    def is_over(self) -> bool:
        """Whether the time has come, and Slurm did not say that the time limit was moved later."""
        return self._is_over

    def require_time(self) -> None:
        """Begin no quantum job that would be left at once.

        :raises TryAgainError: if the Slurm job is about to end
        """
        self()
        left = None if self._end is None else self._end - self._clock.boottime()
        if left is not None and left < LEAST_SECS:
            raise TryAgainError(
                f"the Slurm job ends in {max(left, 0.0):.0f} s, too soon for a quantum job: nothing was sent",
                advice="ask Slurm for more time (sbatch --time), or use 'direct-access submit'",
            )

    def use_margin(self) -> None:
        """Let what has to be done at the time limit have the margin, but for ``LAST_SECS``."""
        self._kept_secs = LAST_SECS

    def _until(self, end: float | None) -> float | None:
        if end is None:
            return None
        margin = max(0.0, min(SLURM_MARGIN_SECS, MARGIN_SHARE * (end - self._began)))
        kept = margin if self._kept_secs is None else min(margin * MARGIN_SHARE, self._kept_secs)
        return max(self._began, end - kept)

    def _find_out(self) -> None:
        self._end = self._told_end()

    def _ask_again(self, end: float) -> float | None:
        later = self._told_end()
        until = self._until(later)
        if later is not None and later > end and until is not None and until > self._clock.boottime():
            self._end = later
        else:
            self._is_over = True
        return self._until(self._end)

    def _told_end(self) -> float | None:
        record = self._ask(self._job_id).record
        end_time = seconds(record.get("EndTime", "")) if record else None  # Unknown: no time limit
        return None if end_time is None else self._boottime(end_time)

    def _boottime(self, end_time: float) -> float:
        return self._clock.boottime() + end_time - self._clock.wall()
