"""The end of the allocation that a run waits in.

The variable ``SLURM_JOB_END_TIME`` tells it from Slurm 23.02 on (sbatch(1)), and
``scontrol update job TimeLimit=`` may move it later.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from direct_access.clock import Clock
from direct_access.errors import TryAgainError
from direct_access.slurm.job_query import ANSWER_SECS, JobAnswer, show_job

MARGIN_SECS = 60.0
"""How long before its Slurm job is over a run ends its waiting, so that it can still end cleanly."""

MARGIN_SHARE = 0.25
"""The margin is at most this share of the time that a run has: ``--time=1`` is not all margin."""

LAST_SECS = 15.0
"""What is kept of the margin while the quantum job is cancelled within it."""

LEAST_SECS = 10.0
"""With less than this left of the Slurm job no quantum job is begun."""


class AllocationEnd:
    """A deadline ``MARGIN_SECS`` before our Slurm job is over, less where there is little time in all.

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
        margin = max(0.0, min(MARGIN_SECS, MARGIN_SHARE * (end - self._began)))
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
        job = self._ask(self._job_id).job
        end_time = job.end_time if job else None  # None of a job: no time limit
        return None if end_time is None else self._boottime(end_time)

    def _boottime(self, end_time: float) -> float:
        return self._clock.boottime() + end_time - self._clock.wall()
