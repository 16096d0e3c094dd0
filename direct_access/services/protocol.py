"""The seam between a run and whatever executes it.

The runner knows this protocol and nothing below it: no URL, bucket or CRN. Each call may be repeated after a
crash: it either does the work once or finds it done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any, Protocol

from direct_access.light_dataclass import dataclass
from direct_access.model.checksum import Checksum
from direct_access.model.cloud_options import CloudOptions
from direct_access.model.jobs import JobSpec, JobState
from direct_access.services.backends import Backends
from direct_access.services.unfinished_uploads import UnfinishedUpload as UnfinishedUpload
from direct_access.services.unfinished_uploads import UnfinishedUploads

Handle = Mapping[str, Any]
"""What a service needs to find a job and its objects again: JSON data, opaque to all others, no secret."""


Keep = Callable[[Handle], None]
"""Writes a handle down, durably."""


def keep_nothing(_handle: Handle) -> None:
    """Write nothing down: after a crash everything begins anew."""


class Download(Protocol):
    """An object being read. Closing it early is allowed.

    :ivar size: bytes of the whole object, None where the server does not tell
    :ivar offset: position in the object at which this stream starts; 0 if the server ignored the range
    :ivar end: position behind its last byte, None where the server does not tell
    :ivar checksum: digest of the whole object, None where the store gives none
    :ivar etag: a strong ETag of the object (RFC 9110, 8.8.3), None where the server gives none
    :ivar is_chunked: whether the server tells no length, but marks the end of what it sends (RFC 9112, 7.1)
    """

    @property
    def size(self) -> int | None: ...
    @property
    def offset(self) -> int: ...
    @property
    def end(self) -> int | None: ...
    @property
    def checksum(self) -> Checksum | None: ...
    @property
    def etag(self) -> str | None: ...
    @property
    def is_chunked(self) -> bool: ...
    def readinto(self, buffer: memoryview) -> int:
        """Read into the buffer; return the number of bytes, 0 at the end."""

    def close(self) -> None: ...
    def __enter__(self) -> Download: ...
    def __exit__(self, *exc: object) -> None: ...


@dataclass(frozen=True)
class Accepted:
    """A job that the server has.

    :param job_id: its id from now on; some services choose it themselves
    :param handle: what finds it from now on
    """

    job_id: str
    handle: Handle


@dataclass(frozen=True)
class NewJob:
    """A job before anything of it exists: each service takes from it what it needs.

    :param id: chosen by us; some services choose another one
    :param owner: who it belongs to, ``<cluster>/<uid>/<slurm job>[_<task>].<restart>[.<step>]``
    :param storage: the ``storage`` of the job file, which refines the system's
    :param external_input: the input object exists already: it is used as it is and never deleted
    :param cloud: what the job file says to the cloud service alone
    :param given_id: the id stands in the job file: another job, of another caller too, may have it
    """

    id: str
    owner: str
    storage: Mapping[str, Any] | None = None
    external_input: bool = False
    cloud: CloudOptions = field(default_factory=CloudOptions)
    given_id: bool = False


class ExpiringInput(Protocol):
    """What a service can do whose jobs read their input by a right that ends, such as a presigned URL."""

    def has_expired(self, handle: Handle, secs: float) -> bool:
        """Return whether the right of a job to read its input has ended so many seconds after it was sent."""

    def renamed(self, handle: Handle, job_id: str) -> Handle:
        """Return a handle like this one for a new job of the same input, with objects of its own."""


class JobService(Protocol):
    """One service that runs quantum jobs. All calls raise :class:`direct_access.errors.DirectAccessError`.

    One that was told to stop while it waited raises :class:`direct_access.retry.repeat.Interrupted`.
    """

    @property
    def system(self) -> str:
        """The name of the system in our configuration."""

    @property
    def backends(self) -> Backends:
        """The quantum computers that jobs can be sent to."""

    @property
    def uploads(self) -> bool:
        """Whether params lie in a store before the job is sent; else they go with it."""

    @property
    def expiring_input(self) -> ExpiringInput | None:
        """What to do about an input that can no longer be read, None where that cannot happen."""

    @property
    def unfinished_uploads(self) -> UnfinishedUploads | None:
        """What to do about uploads that nobody goes on with, None where there are none."""

    def plan(self, job: NewJob) -> Handle:
        """Decide where the job's objects go, without a request.

        :raises ConfigurationError: if these credentials cannot work with this storage
        :raises InputError: if the job file's ``storage`` is wrong
        """

    def describe(self, handle: Handle, spec: JobSpec) -> Mapping[str, Any]:
        """Return, for ``--dry-run`` and people, what would be sent where: no secret, no request."""

    def stage(self, handle: Handle, params: Path, keep: Keep = keep_nothing) -> Handle:
        """Upload the params object from a file, and return the handle; the same bytes may be uploaded again.

        A service that takes params with the job does nothing, but knows that the job was not sent before.

        :param keep: told of a handle that knows how far the upload is: given to another call after a crash,
            it spares what was uploaded
        """

    def unstage(self, handle: Handle) -> None:
        """Delete the params object if it is ours, or half of one; that it is gone already is not an error."""

    def submit(self, handle: Handle, spec: JobSpec, params: Path | None = None) -> Accepted:
        """Start the job. If the server has it already, it is adopted if it is ours.

        :param params: the file of the params object, None where that is not ours
        :raises TryAgainError: lanes full, reserved, paused: no job exists
        :raises ConflictError: a job of this id exists, and differs from this one or the id was given
        :raises UnavailableError: the server is not reachable or in trouble: no job exists
        :raises WaitEndedError: the server's answer was lost and it tells no more: the job may exist
        """

    def status(self, handle: Handle, *, once: bool = False) -> JobState:
        """Return what the server says of the job.

        :param once: ask a single time, also while the server is in trouble
        :raises JobVanishedError: if the server says that it does not know it; retryable until it has said so
            often enough, to this service, to be certain
        """

    def list(self) -> Sequence[JobState]:
        """Return all jobs of the caller that the server knows, oldest first."""

    def find(self, job_id: str, owner: str | None = None) -> Handle:
        """Return a handle for a job of which only the id is known, from what the server echoes.

        :param owner: know only the objects that are called as this owner's are by default: whoever sent the
            job may have named any object, and :meth:`forget` deletes what the handle knows
        :raises NotFoundError: if the server does not know the job
        """

    def open_results(
        self, handle: Handle, offset: int = 0, etag: str | None = None, end: int | None = None
    ) -> Download:
        """Open the results object from a byte offset on.

        :param etag: the object is meant that has this ETag; where it has been replaced, a server may say so
        :param end: position behind the last byte that is wanted; a server may send more
        :raises StoreError: with ``http_status`` 412 if it has been replaced
        :raises NotFoundError: if there is none (yet)
        """

    def open_logs(
        self, handle: Handle, offset: int = 0, etag: str | None = None, end: int | None = None
    ) -> Download:
        """Open the logs object from a byte offset on; see :meth:`open_results`.

        :raises NotFoundError: if there is none (yet), or the job was sent without ``storage.logs``
        """

    def cancel(self, handle: Handle) -> bool:
        """Cancel the job; return False if it had ended already.

        :raises JobVanishedError: as of :meth:`status`
        """

    def mark_detached(self, handle: Handle, collect_by: float) -> None:
        """Say beside the job's objects that it was left on purpose; a later mark replaces an earlier one.

        :param collect_by: until when somebody will collect it, seconds since the epoch
        :raises NotFoundError: if it is not known where the job's objects are
        """

    def detached_until(self, handle: Handle) -> float | None:
        """Return until when a job that was left on purpose is to be collected, None for any other job.

        :raises NotFoundError: if it is not known where the job's objects are
        """

    def forget(
        self,
        handle: Handle,
        *,
        job: bool,
        objects: bool,
        mark: bool | None = None,
        has_ended: bool = True,
    ) -> None:
        """End the use of the server by a job: delete its record and the objects of ours, close its session.

        What is gone already is not an error. With neither job nor objects, nothing is deleted.

        :param mark: whether to delete what :meth:`mark_detached` left; as ``objects`` if None. False saves a
            request for a job that was never detached
        :param has_ended: whether the caller knows that the job has ended; else one answer that the server
            does not know it is not enough to delete the objects

        :raises ConflictError: if the job has not ended
        :raises JobVanishedError: if it may live, because the server did not say often enough that it is gone
        """

    def close(self) -> None:
        """Close connections."""
