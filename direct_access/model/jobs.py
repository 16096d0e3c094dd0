"""Quantum jobs as the services describe them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from typing import Any

from direct_access.errors import ProtocolError
from direct_access.light_dataclass import dataclass
from direct_access.model.cloud_options import CloudOptions
from direct_access.model.json_fields import integer, text
from direct_access.model.server_text import one_line, reason_line
from direct_access.model.storage import StorageReference, parse_storage
from direct_access.redact import without_urls


class JobStatus(str, Enum):
    """Status of a job, spelt as the APIs spell it. On-prem knows no Queued: an accepted job is Running."""

    QUEUED = "Queued"
    RUNNING = "Running"
    COMPLETED = "Completed"
    FAILED = "Failed"
    CANCELLED = "Cancelled"

    @property
    def is_final(self) -> bool:
        """Whether the job will never change its status again."""
        return self in (JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED)

    def __str__(self) -> str:
        return self.value


RAN_TOO_LONG = "Cancelled - Ran too long"
"""A spelling of Cancelled that the APIs use for a job which its ``timeout_secs`` ended."""


@dataclass(frozen=True)
class JobSpec:
    """What a user wants to run, without where its data lies.

    :param timeout_secs: execution time on the system in seconds, not wall clock
    :param log_level: debug, info, warning, error or critical; None leaves it to the service
    :param cloud: what the cloud service alone takes; empty for any other service
    """

    program_id: str
    backend: str
    timeout_secs: int
    log_level: str | None = None
    cloud: CloudOptions = field(default_factory=CloudOptions)

    @property
    def is_private(self) -> bool:
        """Whether the results can be read once, and are gone then."""
        return bool(self.cloud.get("private"))


@dataclass(frozen=True)
class JobState:
    """What a service says of one job.

    :param quantum_nanoseconds: time the quantum system was used, in ns, where the server tells
    :param reason_message: why it ended, in one line; ``document`` has the server's own words
    :param document: the job object as the server sent it, with presigned URLs hidden
    :param private: the results can be read once, and are gone then
    :param storage: where its objects lie, by role (``input``, ``results``, ``logs``), as far as it is told
    """

    id: str
    status: JobStatus
    backend: str
    program_id: str
    created_time: str | None = None
    end_time: str | None = None
    timeout_secs: int | None = None
    reason_code: int | None = None
    reason_message: str | None = None
    reason_solution: str | None = None
    quantum_nanoseconds: int | None = None
    private: bool = False
    document: Mapping[str, Any] = field(default_factory=dict)
    storage: Mapping[str, StorageReference] = field(default_factory=dict)


def parse_job(document: Mapping[str, Any]) -> JobState:
    """Read a job object of ``GET /v1/jobs``. Unknown fields are kept in ``document``, wrong ones left out.

    :raises ProtocolError: if id, backend, program_id or status is missing, or the status is unknown
    """
    job_id = _required(document, "id")
    shown = without_urls(dict(document))
    return JobState(
        id=job_id,
        status=parse_status(_required(document, "status"), job_id),
        backend=_required(document, "backend"),
        program_id=_required(document, "program_id"),
        created_time=text(document.get("created_time")),
        end_time=text(document.get("end_time")),
        timeout_secs=integer(document.get("timeout_secs")),
        reason_code=integer(document.get("reason_code")),
        reason_message=reason_line(document.get("reason_message")) or _reason(document),
        reason_solution=reason_line(document.get("reason_solution")),
        quantum_nanoseconds=_quantum_nanoseconds(document),
        private=document.get("private") is True,
        document=shown,
        storage=parse_storage(document.get("storage")),
    )


def parse_status(name: str, job_id: str) -> JobStatus:
    """Return a status as an API spells it.

    :raises ProtocolError: if it is not a status of a job
    """
    if name == RAN_TOO_LONG:
        return JobStatus.CANCELLED
    try:
        return JobStatus(name)
    except ValueError:
        known = ", ".join(status.value for status in JobStatus)
        raise ProtocolError(
            f"job {job_id} has the status {one_line(repr(name))}, which is not one of {known}",
            subject=job_id,
        ) from None


def _required(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not value:
        raise ProtocolError(f"the server described a job without {name}", subject=text(document.get("id")))
    return value


def _reason(document: Mapping[str, Any]) -> str | None:
    return "Ran too long" if document["status"] == RAN_TOO_LONG else None


def _quantum_nanoseconds(document: Mapping[str, Any]) -> int | None:
    """Read the time used from ``usage``, or from ``metrics`` where newer servers tell it."""
    for place, name in (("usage", "quantum_nanoseconds"), ("metrics", "circuits_execution_time_ns")):
        entry = document.get(place)
        if isinstance(entry, Mapping) and (value := integer(entry.get(name))) is not None:
            return value
    return None
