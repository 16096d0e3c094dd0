"""Quantum jobs as the services describe them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


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


@dataclass(frozen=True)
class JobSpec:
    """What a user wants to run, without where its data lies.

    :param timeout_secs: execution time on the system in seconds, not wall clock
    :param log_level: debug, info, warning, error or critical; None leaves it to the service
    """

    program_id: str
    backend: str
    timeout_secs: int
    log_level: str | None = None


@dataclass(frozen=True)
class JobState:
    """What a service says of one job.

    :param quantum_nanoseconds: time the quantum system was used, in ns, where the server tells
    :param document: the job object as the server sent it, with presigned URLs hidden
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
    document: Mapping[str, Any] = field(default_factory=dict)
