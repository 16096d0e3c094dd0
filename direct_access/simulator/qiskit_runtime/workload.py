"""What the workloads are: jobs outside of sessions, sessions and batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from direct_access.clock import rfc3339
from direct_access.simulator.jobs.ending import CANCELLED, COMPLETED, FAILED
from direct_access.simulator.jobs.job import QUEUED, RUNNING
from direct_access.simulator.qiskit_runtime.job import RuntimeJob
from direct_access.simulator.qiskit_runtime.session import ACTIVE, CLOSED, INACTIVE, OPEN, Session

STATUS_OF_JOB = {
    QUEUED: "pending",
    RUNNING: "in_progress",
    COMPLETED: "completed",
    FAILED: "failed",
    CANCELLED: "canceled",
}
STATUS_OF_SESSION = {OPEN: "pending", ACTIVE: "in_progress", INACTIVE: "in_progress", CLOSED: "completed"}
STATUSES = ("completed", "canceled", "failed", "pending", "in_progress")
MODES = ("job", "session", "batch")


@dataclass(frozen=True)
class Workload:
    """One entry of the list.

    :param created: time of day in seconds since the epoch
    :param accepting_jobs: None for jobs
    """

    id: str
    created: float
    backend: str
    instance: str
    user: str
    mode: str
    status: str
    usage_secs: float
    is_final: bool
    ended: float | None = None
    accepting_jobs: bool | None = None
    status_reason: str | None = None
    tags: tuple[str, ...] = ()

    @classmethod
    def of_job(cls, found: RuntimeJob) -> Workload:
        """Return a job as a workload."""
        asked, job = found.submission, found.job
        return cls(
            id=asked.id,
            created=job.created,
            backend=asked.backend,
            instance=asked.instance,
            user=asked.user,
            mode="job",
            status=STATUS_OF_JOB[job.status],
            usage_secs=found.usage_secs,
            is_final=job.ending is not None,
            ended=job.end_time,
            status_reason=job.ending.reason_message if job.ending else None,
            tags=tuple(asked.tags),
        )

    @classmethod
    def of_session(cls, session: Session, now: float) -> Workload:
        """Return a session or batch as a workload."""
        return cls(
            id=session.id,
            created=session.created,
            backend=session.backend or "",
            instance=session.instance,
            user=session.user,
            mode="session" if session.is_dedicated else "batch",
            status=STATUS_OF_SESSION[session.state],
            usage_secs=session.elapsed_secs(now),
            is_final=session.state == CLOSED,
            ended=session.closed_at,
            accepting_jobs=session.accepting_jobs,
            status_reason=session.state_reason,
        )

    def document(self) -> dict[str, Any]:
        """Return the entry."""
        document: dict[str, Any] = {
            "id": self.id,
            "created": rfc3339(self.created),
            "backend": self.backend,
            "instance": self.instance,
            "user_id": self.user,
            "mode": self.mode,
            "status": self.status,
            "accepting_jobs": self.accepting_jobs,
            "tags": list(self.tags),
            "usage_seconds": self.usage_secs,
            "usage": {
                "qpu_charge_time_seconds": self.usage_secs,
                "status": "complete" if self.is_final else "pending",
            },
        }
        if self.ended is not None:
            document["ended"] = rfc3339(self.ended)
        if self.status_reason:
            document["status_reason"] = self.status_reason
        return document
