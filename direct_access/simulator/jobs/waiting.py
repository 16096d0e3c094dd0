"""Jobs that wait for a lane, first come, first served."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from direct_access.simulator.jobs.job import Job


class Turns(Protocol):
    """Whose turn it is among the jobs that wait, and what became of them. Called from many threads."""

    def may_begin(self, job: Job) -> bool:
        """Return whether nothing but lanes and its backend is in the way of a job."""

    def has_begun(self, job: Job) -> None:
        """A job has got a lane."""

    def has_ended(self, job: Job) -> None:
        """A job has its final status."""


class NobodyInTheWay:
    """Every job may begin."""

    def may_begin(self, job: Job) -> bool:
        return True

    def has_begun(self, job: Job) -> None:
        """Nobody needs to know."""

    def has_ended(self, job: Job) -> None:
        """Nobody needs to know."""


class WaitingJobs:
    """The queue.

    :param begin: lets a job begin, and returns whether it waits no more
    """

    def __init__(self, begin: Callable[[Job], bool]) -> None:
        self._begin = begin
        self._jobs: dict[int, Job] = {}
        self._lock = threading.RLock()

    def add(self, job: Job) -> None:
        """Append a job; it begins at once if it can."""
        with self._lock:
            self._jobs[job.number] = job
        self.begin_all()

    def begin_all(self) -> None:
        """Let every job begin that can."""
        if not self._jobs:
            return
        with self._lock:
            for number, job in list(self._jobs.items()):
                if number in self._jobs and self._begin(job):
                    self._jobs.pop(number, None)  # what began may have ended, and let others begin
