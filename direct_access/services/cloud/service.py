"""Quantum jobs in the cloud: the Qiskit Runtime REST API, for jobs and their data alike."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from direct_access.errors import ConflictError, InputError, NotFoundError
from direct_access.model.jobs import JobSpec, JobState, JobStatus
from direct_access.qiskit_runtime.client import QiskitRuntimeClient
from direct_access.qiskit_runtime.job_list import JobFilter
from direct_access.qiskit_runtime.job_request import JobRequest
from direct_access.retry.policies import STILL_ENDING
from direct_access.retry.repeat import repeat
from direct_access.services.cloud.backends import CloudBackends
from direct_access.services.cloud.handle import CloudHandle, make_handle, own_tag, tag_of
from direct_access.services.cloud.job_conversion import (
    job_request,
    mark_of,
    read_params,
    state_of,
    with_mark,
)
from direct_access.services.cloud.named_sessions import NamedSessions
from direct_access.services.cloud.submission import CloudSubmission, find_by_tag
from direct_access.services.connection import Connection
from direct_access.services.job_absence import Absences
from direct_access.services.protocol import Accepted, Download, Handle, Keep, NewJob, keep_nothing


class CloudService:
    """A :class:`direct_access.services.protocol.JobService` of one instance."""

    def __init__(self, connection: Connection, client: QiskitRuntimeClient, sessions: NamedSessions) -> None:
        self._connection = connection
        self._system = connection.system
        self._patience = connection.patience
        self._client = client
        self._sessions = sessions
        self._ids: dict[str, str] = {}
        self._absences = Absences(self._patience.clock)
        self._not_sent: set[str] = set()

    @property
    def system(self) -> str:
        """The name of the system in our configuration."""
        return self._system.name

    @property
    def uploads(self) -> bool:
        """False: params go with the job."""
        return False

    @property
    def backends(self) -> CloudBackends:
        """The backends of the instance."""
        return CloudBackends(self._client)

    @property
    def expiring_input(self) -> None:
        """None: the params are the service's own."""
        return None

    @property
    def unfinished_uploads(self) -> None:
        """None: the params go with the job."""
        return None

    def plan(self, job: NewJob) -> Handle:
        """Choose the tag by which the job is found; the ``storage`` of a job file is for other services."""
        return make_handle(job).to_json()

    def describe(self, handle: Handle, spec: JobSpec) -> Mapping[str, Any]:
        """Return what would be sent where; the params are sent with it."""
        own = CloudHandle.of(handle)
        return {
            "url": f"{self._client.url}/v1/jobs",
            "service_crn": self._system.service_crn,
            "api_version": self._system.api_version,
            "session": own.session and dict(own.session),
            "body": job_request(own.key, spec, None).document(),
        }

    def stage(self, handle: Handle, params: Path, keep: Keep = keep_nothing) -> Handle:
        """Do nothing: the params go with the job. But no process before this one has sent it."""
        self._not_sent.add(CloudHandle.of(handle).key)
        return handle

    def unstage(self, handle: Handle) -> None:
        """Do nothing: the params went with the job."""

    def submit(self, handle: Handle, spec: JobSpec, params: Path | None = None) -> Accepted:
        """Start the job, or find it started; in a session that has closed meanwhile, in another one."""
        if params is None:
            raise InputError("a job in the cloud brings its params along", subject="params")
        own, content = CloudHandle.of(handle), read_params(params)
        try:
            return self._submit(own, spec, content)
        except ConflictError:
            if own.session is None:
                raise
            self._sessions.forget(own.session)
            return self._submit(own, spec, content)

    def _submit(self, own: CloudHandle, spec: JobSpec, params: bytes) -> Accepted:
        tag, session = own.key, own.session and own.session.copy()

        def request() -> JobRequest:
            if session is None:
                return job_request(tag, spec, None, params)
            session["id"] = self._sessions.open(session, spec.backend)
            return job_request(tag, spec, session["id"], params)

        submission = CloudSubmission(self._client, tag, request, sent_before=tag not in self._not_sent)
        job_id = submission.run(self._patience)
        self._ids[tag] = job_id
        return Accepted(job_id, CloudHandle(job_id, tag, session).to_json())

    def status(self, handle: Handle, *, once: bool = False) -> JobState:
        """Return what the server says of the job."""
        key = CloudHandle.of(handle).key
        try:
            state = state_of(self._client.jobs.job(self._id(handle), once=once))
        except NotFoundError as error:
            raise self._absences.vanished(key, error) from error
        self._absences.clear(key)
        return state

    def list(self) -> Sequence[JobState]:
        """Return all jobs of the caller that the server knows, oldest first."""
        return [state_of(job) for job in self._client.jobs.all(JobFilter(sort="ASC"))]

    def find(self, job_id: str, owner: str | None = None) -> Handle:
        """Return a handle for a job of which only an id is known: the server's, or the one we began with."""
        try:
            job = self._client.jobs.job(job_id)
        except NotFoundError as unknown:
            try:
                job = self._client.jobs.job(find_by_tag(self._client, tag_of(job_id)))
            except NotFoundError:
                raise unknown from None
        return CloudHandle(job.id, own_tag(job.tags)).to_json()

    def open_results(
        self, handle: Handle, offset: int = 0, etag: str | None = None, end: int | None = None
    ) -> Download:
        """Open the results, always from the first byte on; reading those of a private job deletes them."""
        stream = self._client.jobs.results(self._id(handle))
        if stream is None:
            raise NotFoundError("the server has no results of this job yet", subject=self._id(handle))
        return stream

    def open_logs(
        self, handle: Handle, offset: int = 0, etag: str | None = None, end: int | None = None
    ) -> Download:
        """Open the log, always from the first byte on."""
        return self._client.jobs.logs(self._id(handle))

    def cancel(self, handle: Handle) -> bool:
        """Cancel the job; return False if it had ended already.

        A job that is Cancelled was cancelled by us, as far as we know: the first answer may have been lost.
        """
        try:
            self._client.jobs.cancel(self._id(handle))
        except ConflictError:
            return self.status(handle).status is JobStatus.CANCELLED
        except NotFoundError as error:
            raise self._absences.vanished(CloudHandle.of(handle).key, error) from error
        return True

    def mark_detached(self, handle: Handle, collect_by: float) -> None:
        """Say by a tag that the job was left on purpose."""
        job = self._client.jobs.job(self._id(handle))
        self._client.jobs.replace_tags(job.id, with_mark(job.tags, collect_by))

    def detached_until(self, handle: Handle) -> float | None:
        """Return until when a job that was left on purpose is to be collected."""
        return mark_of(self._client.jobs.job(self._id(handle)).tags)

    def forget(
        self,
        handle: Handle,
        *,
        job: bool,
        objects: bool,
        mark: bool | None = None,
        has_ended: bool = True,
    ) -> None:
        """Delete the job unless it, or its results, shall stay: they are one here. Close its session."""
        try:
            with contextlib.suppress(NotFoundError):
                if job and objects:
                    repeat(STILL_ENDING, self._patience, lambda: self._delete(self._id(handle)))
                elif mark:
                    found = self._client.jobs.job(self._id(handle))
                    self._client.jobs.replace_tags(found.id, with_mark(found.tags, None))
        finally:
            own = CloudHandle.of(handle)
            if own.session:
                self._sessions.end(own.session, own.id or self._ids.get(own.key))

    def _delete(self, job_id: str) -> None:
        try:
            self._client.jobs.delete(job_id)
        except ConflictError as error:
            error.retryable = True  # for a while: it may have been cancelled a moment ago
            raise

    def close(self) -> None:
        """Close connections."""
        self._connection.close()

    def _id(self, handle: Handle) -> str:
        """Return the server's id of a job.

        :raises NotFoundError: if the server knows none with its tag
        """
        own = CloudHandle.of(handle)
        known = own.id or self._ids.get(own.key)
        if known is None:
            known = self._ids[own.key] = find_by_tag(self._client, own.key)
        return known
