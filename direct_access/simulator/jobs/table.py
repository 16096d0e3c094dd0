"""All jobs that were not deleted."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import replace

from direct_access.clock import Clock
from direct_access.simulator.jobs.ending import Ending
from direct_access.simulator.jobs.job import QUEUED, RUNNING, Job, JobRequest
from direct_access.simulator.jobs.records import JobRecords
from direct_access.simulator.jobs.refusals import DuplicateJob, JobIsFinal, JobIsRunning, UnknownJob

Admission = Callable[[list[Job]], None]
"""Looks at the jobs of a backend and raises if another one cannot be accepted."""


class JobTable:
    """Jobs by id, in the order of their creation. Every change of a job's status goes through here.

    :param records: holds them for the next start; those of the last one are there at once
    :ivar on_end: called with each job that has ended, in any thread
    """

    def __init__(self, clock: Clock, records: JobRecords) -> None:
        self._clock = clock
        self._records = records
        known = records.load()
        self._jobs = {job.id: job for job in known}
        self._numbers = itertools.count(1 + max((job.number for job in known), default=0))
        self._accepted = 0
        self._closed = False
        self._lock = threading.Lock()
        self.on_end: Callable[[Job], None] = lambda job: None

    @property
    def accepted(self) -> int:
        """How many jobs were accepted since the start, deleted ones included."""
        return self._accepted

    def close(self) -> None:
        """Let no job end any more: the next start takes up those that are Running."""
        with self._lock:
            self._closed = True

    def save(self, job: Job) -> None:
        """Put on record what was decided about a job."""
        with self._lock:
            self._records.save(job)

    def add(self, request: JobRequest, admit: Admission) -> Job:
        """Accept a job, unless ``admit`` raises.

        :raises DuplicateJob: if the id is taken
        """
        with self._lock:
            self._require_new(request)
            admit(self._of_backend(request.backend))
            job = self._put(request)
            job.running_since = job.created
        return job

    def enqueue(self, request: JobRequest) -> Job:
        """Accept a job that waits for a lane.

        :raises DuplicateJob: if the id is taken
        """
        with self._lock:
            self._require_new(request)
            job = self._put(request)
            job.queued = True
        return job

    def begin(self, job: Job, admit: Admission) -> bool:
        """Give a queued job its lane, unless ``admit`` raises; return False if it waits no more."""
        with self._lock:
            if self._closed or job.status != QUEUED:
                return False
            admit(self._of_backend(job.request.backend))
            job.queued, job.running_since = False, self._clock.wall()
            self._records.save(job)
        return True

    def _require_new(self, request: JobRequest) -> None:
        if request.id in self._jobs:
            raise DuplicateJob(request.id)

    def _of_backend(self, name: str) -> list[Job]:
        return [job for job in self._jobs.values() if job.request.backend == name]

    def _put(self, request: JobRequest) -> Job:
        job = self._jobs[request.id] = Job(request, next(self._numbers), self._clock.wall())
        self._accepted += 1
        return job

    def get(self, job_id: str, owner: str | None = None) -> Job:
        """Return a job; with an owner, only if it is theirs.

        :raises UnknownJob: if there is none
        """
        job = self._jobs.get(job_id)
        if job is None or owner not in (None, job.request.owner):
            raise UnknownJob(job_id)
        return job

    def all(self, owner: str | None = None) -> list[Job]:
        """Return the jobs, of this owner or of everybody, oldest first."""
        with self._lock:
            jobs = list(self._jobs.values())
        return [job for job in jobs if owner in (None, job.request.owner)]

    def end(self, job: Job, ending: Ending) -> bool:
        """Give a job its final status; return False, changing nothing, if it has one already."""
        return self._end(job, ending, (QUEUED, RUNNING))

    def end_queued(self, job: Job, ending: Ending) -> bool:
        """Give a job that waits for a lane its final status; return False, changing nothing, if none does."""
        return self._end(job, ending, (QUEUED,))

    def _end(self, job: Job, ending: Ending, statuses: tuple[str, ...]) -> bool:
        with self._lock:
            if self._closed or job.status not in statuses:
                return False
            end_time = self._clock.wall()
            self._records.save(replace(job, end_time=end_time, ending=ending))
            job.end_time, job.ending = end_time, ending
        try:
            self.on_end(job)
        finally:
            job.ended.set()
        return True

    def end_running(self, job: Job, ending: Ending) -> None:
        """Give a running job its final status.

        :raises JobIsFinal: if it has one already
        """
        if not self.end(job, ending):
            raise JobIsFinal(job.request.id, job.status)

    def remove(self, job: Job) -> None:
        """Forget a job; its id is free again.

        :raises JobIsRunning: if its status is not final
        :raises UnknownJob: if it was removed meanwhile
        """
        with self._lock:
            if not job.ending:
                raise JobIsRunning(job.request.id, job.status)
            if self._jobs.get(job.request.id) is not job:
                raise UnknownJob(job.request.id)
            self._records.remove(job)
            del self._jobs[job.request.id]
