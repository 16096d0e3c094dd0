"""Quantum jobs on an on-prem system: its REST API for jobs, an object store for their data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from direct_access.errors import (
    ConflictError,
    DirectAccessError,
    JobVanishedError,
    NotFoundError,
    WaitEndedError,
)
from direct_access.model.jobs import JobSpec, JobState, JobStatus
from direct_access.quantum_system.client import QuantumSystemClient
from direct_access.retry.policies import UNKNOWN_JOB
from direct_access.retry.repeat import repeat
from direct_access.services.connection import Connection
from direct_access.services.job_absence import Absences
from direct_access.services.on_prem import detached_mark
from direct_access.services.on_prem.backends import OnPremBackends
from direct_access.services.on_prem.external_input import require_input
from direct_access.services.on_prem.handle import (
    OnPremHandle,
    Placement,
    make_handle,
    mark_placement,
    placement,
    renamed,
)
from direct_access.services.on_prem.job_request import job_request, presigner, shown
from direct_access.services.on_prem.match_job import differences, handle_of
from direct_access.services.on_prem.params_upload import upload_params
from direct_access.services.on_prem.storage_choice import bucket_address
from direct_access.services.on_prem.stores import Stores
from direct_access.services.on_prem.submission import Submission
from direct_access.services.on_prem.unfinished_uploads import OnPremUploads
from direct_access.services.protocol import Accepted, Download, Handle, Keep, NewJob, keep_nothing


class OnPremService:
    """A :class:`direct_access.services.protocol.JobService` of one system."""

    def __init__(self, connection: Connection, client: QuantumSystemClient, stores: Stores) -> None:
        self._connection = connection
        self._system = connection.system
        self._patience = connection.patience
        self._client = client
        self._stores = stores
        self._absences = Absences(self._patience.clock)
        self._not_sent: set[str] = set()

    @property
    def system(self) -> str:
        """The name of the system in our configuration."""
        return self._system.name

    @property
    def uploads(self) -> bool:
        """True: the system reads params from a store."""
        return True

    @property
    def backends(self) -> OnPremBackends:
        """The backends of the system."""
        return OnPremBackends(self._client)

    @property
    def expiring_input(self) -> OnPremService:
        """This service: presigned URLs expire."""
        return self

    @property
    def unfinished_uploads(self) -> OnPremUploads | None:
        """Those to the system's own storage."""
        storage = self._system.storage
        return OnPremUploads(self._stores[storage], storage.prefix) if storage else None

    def has_expired(self, handle: Handle, secs: float) -> bool:
        """Return whether the presigned URL of the input lived shorter; a COS object needs none."""
        storage = placement(self._system, OnPremHandle.of(handle), "input").storage
        return storage.type == "s3_compatible" and secs >= storage.url_expiry_secs

    def renamed(self, handle: Handle, job_id: str) -> Handle:
        """Return a handle for a new job: every name of ours has the job's id in it."""
        self._not_sent.add(job_id)
        return renamed(OnPremHandle.of(handle), job_id).to_json()

    def plan(self, job: NewJob) -> Handle:
        """Decide where the job's objects go, without a request."""
        self._not_sent.add(job.id)
        return make_handle(self._system, job).to_json()

    def describe(self, handle: Handle, spec: JobSpec) -> Mapping[str, Any]:
        """Return what would be sent where, without signing anything."""
        own = OnPremHandle.of(handle)
        upload = placement(self._system, own, "input")
        return {
            "url": f"{self._system.url.rstrip('/')}/v1/jobs",
            "service_crn": self._system.service_crn,
            "api_version": self._system.api_version,
            "upload": None if own.external_input else bucket_address(upload.storage).url(upload.name),
            "body": job_request(self._system, own, spec, shown),
        }

    def stage(self, handle: Handle, params: Path, keep: Keep = keep_nothing) -> Handle:
        """Upload the params object: no process before this one has sent the job."""
        own = OnPremHandle.of(handle)
        self._not_sent.add(own.id)
        place = placement(self._system, own, "input")
        store = self._stores[place.storage]
        upload_params(store, place, params, own.upload, lambda now: keep(replace(own, upload=now).to_json()))
        return replace(own, upload=None).to_json()

    def unstage(self, handle: Handle) -> None:
        """Delete the params object if it is ours."""
        own = OnPremHandle.of(handle)
        if "input" in own.objects and not own.external_input:
            place = placement(self._system, own, "input")
            if own.upload:
                self._stores[place.storage].abort_upload(place.name, own.upload.upload_id)
            self._delete(place)

    def submit(self, handle: Handle, spec: JobSpec, params: Path | None = None) -> Accepted:
        """Start the job, or find it started; its params are in the store."""
        own = OnPremHandle.of(handle)
        sent_before = own.id not in self._not_sent
        if own.external_input and not sent_before:
            require_input(self._system, self._stores, own)
        presign = presigner(self._stores)
        submission = Submission(
            self._client,
            own.id,
            request=lambda: job_request(self._system, own, spec, presign),
            differences=lambda state: differences(state, self._system, own, spec),
            given_id=own.given_id,
            sent_before=sent_before,
        )
        try:
            submission.run(self._patience)
        except WaitEndedError:
            raise
        except DirectAccessError:
            self._not_sent.add(own.id)  # it is certain now
            raise
        return Accepted(own.id, handle)

    def status(self, handle: Handle, *, once: bool = False) -> JobState:
        """Return what the server says of the job."""
        own = OnPremHandle.of(handle)
        try:
            state = self._client.job(own.id, once=once)
        except NotFoundError as error:
            raise self._absences.vanished(own.id, error) from error
        self._absences.clear(own.id)
        return state

    def list(self) -> Sequence[JobState]:
        """Return all jobs of the caller that the server knows, oldest first."""
        return self._client.jobs()

    def find(self, job_id: str, owner: str | None = None) -> Handle:
        """Return a handle for a job of which only the id is known."""
        return handle_of(self._client.job(job_id), self._system, owner).to_json()

    def open_results(
        self, handle: Handle, offset: int = 0, etag: str | None = None, end: int | None = None
    ) -> Download:
        """Open the results object."""
        return self._open(handle, "results", offset, etag, end)

    def open_logs(
        self, handle: Handle, offset: int = 0, etag: str | None = None, end: int | None = None
    ) -> Download:
        """Open the logs object."""
        return self._open(handle, "logs", offset, etag, end)

    def _open(self, handle: Handle, role: str, offset: int, etag: str | None, end: int | None) -> Download:
        place = placement(self._system, OnPremHandle.of(handle), role)
        return self._stores[place.storage].get(place.name, offset, etag, end)

    def cancel(self, handle: Handle) -> bool:
        """Cancel the job; return False if it had ended already.

        A job that is Cancelled was cancelled by us, as far as we know: the first answer may have been lost.
        """
        own = OnPremHandle.of(handle)
        try:
            self._client.cancel_job(own.id)
        except ConflictError:
            return self.status(handle).status is JobStatus.CANCELLED
        except NotFoundError as error:
            raise self._absences.vanished(own.id, error) from error
        return True

    def mark_detached(self, handle: Handle, collect_by: float) -> None:
        """Say beside the job's objects that it was left on purpose."""
        place = mark_placement(self._system, OnPremHandle.of(handle))
        detached_mark.write(self._stores[place.storage], place.name, collect_by)

    def detached_until(self, handle: Handle) -> float | None:
        """Return until when a job that was left on purpose is to be collected."""
        place = mark_placement(self._system, OnPremHandle.of(handle))
        return detached_mark.read(self._stores[place.storage], place.name)

    def forget(
        self,
        handle: Handle,
        *,
        job: bool,
        objects: bool,
        mark: bool | None = None,
        has_ended: bool = True,
    ) -> None:
        """Delete the job record, then the objects: those of a job that has not ended are still in use."""
        own = OnPremHandle.of(handle)
        if job:
            self._delete_record(own.id, has_ended=has_ended)
        if objects:
            self.unstage(handle)
            for role in own.objects:
                if role != "input":
                    self._delete(placement(self._system, own, role))
        if (objects if mark is None else mark) and "results" in own.objects:
            self._delete(mark_placement(self._system, own))

    def _delete(self, place: Placement) -> None:
        self._stores[place.storage].delete(place.name)

    def _delete_record(self, job_id: str, *, has_ended: bool) -> None:
        def delete() -> None:
            try:
                self._client.delete_job(job_id)
            except NotFoundError as error:
                if not has_ended:
                    raise self._absences.vanished(job_id, error) from error

        try:
            repeat(UNKNOWN_JOB, self._patience, delete)
        except JobVanishedError as error:
            if error.retryable:  # it may live, and use its objects
                raise

    def close(self) -> None:
        """Close connections."""
        self._connection.close()
