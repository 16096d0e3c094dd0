"""The jobs of the API."""

from __future__ import annotations

import base64
import secrets
import threading
from collections.abc import Mapping
from typing import Any

from direct_access.simulator.http import FileBody
from direct_access.simulator.jobs.ending import COMPLETED
from direct_access.simulator.jobs.job import Job, JobRequest
from direct_access.simulator.jobs.refusals import BackendUnavailable, JobIsFinal, JobIsRunning, UnknownJob
from direct_access.simulator.jobs.scheduler import Scheduler
from direct_access.simulator.qiskit_runtime.call import Caller
from direct_access.simulator.qiskit_runtime.errors import (
    BACKEND_UNAVAILABLE,
    JOB_NOT_FOUND,
    NOT_CANCELLABLE,
    NOT_TERMINAL,
    ApiError,
)
from direct_access.simulator.qiskit_runtime.job import RuntimeJob, Submission
from direct_access.simulator.qiskit_runtime.job_files import JobFiles

ID_BYTES = 12


class RuntimeJobs:
    """Jobs by id, each visible to its user within its instance.

    :ivar files: what lies on disk
    """

    def __init__(self, scheduler: Scheduler, files: JobFiles) -> None:
        self.files = files
        self._scheduler = scheduler
        self._submissions = {submission.id: submission for submission in files.load()}
        self._deleted: list[RuntimeJob] = []
        self._lock = threading.Lock()

    def submit(self, submission: Submission, params: Mapping[str, Any]) -> RuntimeJob:
        """Accept a job, which is Queued until it has a lane.

        :raises ApiError: 400 where the backend is offline
        """
        self.files.save(submission)
        self.files.write_params(submission.id, params)
        with self._lock:
            self._submissions[submission.id] = submission
        request = JobRequest(
            id=submission.id,
            backend=submission.backend,
            program_id=submission.program_id,
            timeout_secs=submission.cost,
            storage=self.files.storage(submission.id),
            log_level=submission.log_level,
            owner=f"{submission.user} {submission.instance}",
            limit_name="cost",
        )
        try:
            return RuntimeJob(submission, self._scheduler.enqueue(request))
        except BackendUnavailable as error:
            self._forget(submission.id)
            raise ApiError(400, BACKEND_UNAVAILABLE, str(error), error.solution) from error

    def get(self, caller: Caller, job_id: str) -> RuntimeJob:
        """Return a job.

        :raises ApiError: 404 if there is none, or it is somebody else's
        """
        submission = self._submissions.get(job_id)
        if submission is None or not _is_of(submission, caller):
            raise _not_found(job_id)
        try:
            return RuntimeJob(submission, self._scheduler.job(job_id))
        except UnknownJob as error:
            raise _not_found(job_id) from error

    def of_caller(self, caller: Caller) -> list[RuntimeJob]:
        """Return the caller's jobs, oldest first."""
        return [found for found in self.all() if _is_of(found.submission, caller)]

    def all(self) -> list[RuntimeJob]:
        """Return the jobs of all users and instances, oldest first."""
        found = [(self._submissions.get(job.id), job) for job in self._scheduler.jobs()]
        return [RuntimeJob(submission, job) for submission, job in found if submission]

    def ever(self) -> list[RuntimeJob]:
        """Return all jobs, and those that were deleted since the start: they cost something too."""
        return self._deleted + self.all()

    def cancel(self, caller: Caller, job_id: str) -> None:
        """Cancel a job.

        :raises ApiError: 404, or 409 where its status is final
        """
        self.get(caller, job_id)
        try:
            self._scheduler.cancel(job_id)
        except JobIsFinal as error:
            raise ApiError(409, NOT_CANCELLABLE, str(error), error.solution) from error

    def delete(self, caller: Caller, job_id: str) -> None:
        """Forget a job.

        :raises ApiError: 404, or 400 where its status is not final
        """
        found = self.get(caller, job_id)
        try:
            self._scheduler.delete(job_id)
        except JobIsRunning as error:
            raise ApiError(400, NOT_TERMINAL, str(error), error.solution) from error
        self._forget(job_id)
        self._deleted.append(found)

    def set_tags(self, caller: Caller, job_id: str, tags: list[str]) -> None:
        """Replace the tags of a job.

        :raises ApiError: 404
        """
        submission = self.get(caller, job_id).submission
        with self._lock:
            submission.tags = tags
            self.files.save(submission)

    def results(self, caller: Caller, job_id: str) -> FileBody | None:
        """Return the results, None before there are any; those of a private job are removed by this.

        :raises ApiError: 404, also where a private job's results were read before
        """
        found = self.get(caller, job_id)
        if found.job.status != COMPLETED:
            return None
        if not found.submission.private:
            return self.files.results(job_id)
        with self._lock:
            if found.submission.results_taken:
                message = f"The results of the private job {job_id} were read before, and deleted."
                raise ApiError(404, JOB_NOT_FOUND, message, "Run the job again.")
            body = self.files.take_results(job_id)
            if body:
                found.submission.results_taken = True
                self.files.save(found.submission)
        return body

    def has_ended(self, job: Job) -> None:
        """A job has its final status: a private one's params are removed."""
        submission = self._submissions.get(job.id)
        if submission and submission.private:
            self.files.remove_params(job.id)

    def _forget(self, job_id: str) -> None:
        with self._lock:
            self._submissions.pop(job_id, None)
        self.files.remove(job_id)


def new_id() -> str:
    """Return an id for a job or session: twenty letters and digits, as the service's are."""
    return base64.b32hexencode(secrets.token_bytes(ID_BYTES)).decode("ascii").rstrip("=").lower()


def _is_of(submission: Submission, caller: Caller) -> bool:
    return (submission.user, submission.instance) == (caller.user, caller.instance.crn)


def _not_found(job_id: str) -> ApiError:
    return ApiError(404, JOB_NOT_FOUND, f"Job {job_id} not found.", "Check the id and the instance.")
