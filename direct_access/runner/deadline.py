"""When the waiting of a run ends: one deadline for all that it does.

Inside Slurm it follows the end of the allocation, which the variable ``SLURM_JOB_END_TIME`` tells from Slurm
23.02 on (sbatch(1)) and which ``scontrol update job TimeLimit=`` may move later.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from direct_access.clock import Clock
from direct_access.config.settings import Settings
from direct_access.runner.end_reason import seconds
from direct_access.runner.slurm_query import ANSWER_SECS, Answer, show_job
from direct_access.slurm_env import SlurmEnv
from direct_access.transport.retry import Deadline, fixed_deadline

SLURM_MARGIN_SECS = 60.0


def of_run(
    settings: Settings,
    slurm: SlurmEnv,
    clock: Clock,
    started_at: float,
    ask: Callable[[int], Answer] = show_job,
) -> Deadline:
    """Return when our waiting ends: after ``wait_deadline_secs``, or a minute before the Slurm job is over.

    ``detach_after`` ends it sooner, and leaves the other bound as it is.

    :param started_at: from when the settings count, on the boot time clock
    :param ask: the question to Slurm, answered or given up within ``ANSWER_SECS``
    """
    given = fixed_deadline(_after(started_at, settings.wait_deadline_secs))
    if settings.wait_deadline_secs is None and slurm.job_id is not None:
        given = AllocationEnd(slurm.job_id, slurm.end_time, clock, ask)
    detach_at = _after(started_at, settings.detach_after)
    return given if detach_at is None else lambda: _sooner(given, detach_at, clock)


def _after(started_at: float, secs: float | None) -> float | None:
    return None if secs is None else started_at + secs


def _sooner(given: Deadline, detach_at: float, clock: Clock) -> float:
    """Return the sooner bound; Slurm is not asked for the other one when we detach anyway."""
    until = None if clock.boottime() >= detach_at else given()
    return detach_at if until is None else min(until, detach_at)


class AllocationEnd:
    """A deadline ``SLURM_MARGIN_SECS`` before our Slurm job is over.

    Where the environment does not tell, Slurm is asked once, from a thread, so that nothing waits for the
    answer before it is needed. When the time has come Slurm is asked again, in case the time limit was moved.
    """

    def __init__(
        self, job_id: int, end_time: float | None, clock: Clock, ask: Callable[[int], Answer] = show_job
    ) -> None:
        self._job_id = job_id
        self._clock = clock
        self._ask = ask
        self._is_over = False
        self._lock = threading.Lock()
        self._until = None if end_time is None else self._boottime(end_time)
        self._asking: threading.Thread | None = None
        if end_time is None:
            self._asking = threading.Thread(target=self._find_out, name="time-limit", daemon=True)
            self._asking.start()

    def __call__(self) -> float | None:
        """Return the boot time at which our waiting ends, None without bound or while Slurm does not tell."""
        with self._lock:
            asking, self._asking = self._asking, None
            if asking is not None:
                asking.join(ANSWER_SECS)
            if self._until is not None and not self._is_over and self._clock.boottime() >= self._until:
                self._ask_again(self._until)
            return self._until

    def _find_out(self) -> None:
        self._until = self._told_until()

    def _ask_again(self, until: float) -> None:
        later = self._told_until()
        if later is not None and later > until and later > self._clock.boottime():
            self._until = later
        else:
            self._is_over = True

    def _told_until(self) -> float | None:
        record = self._ask(self._job_id).record
        end_time = seconds(record.get("EndTime", "")) if record else None  # Unknown: no time limit
        return None if end_time is None else self._boottime(end_time)

    def _boottime(self, end_time: float) -> float:
        """Return our own end on the boot time clock, now at the earliest."""
        return self._clock.boottime() + max(0.0, end_time - self._clock.wall() - SLURM_MARGIN_SECS)
