"""A session or batch: https://quantum.cloud.ibm.com/docs/en/guides/execution-modes

It is open until its first job begins, then active, inactive after an idle time, active again with the next
job, and in the end closed. What time does to it is worked out whenever somebody looks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from direct_access.clock import rfc3339
from direct_access.simulator.jobs.job import Job

OPEN, ACTIVE, INACTIVE, CLOSED = "open", "active", "inactive", "closed"
DEDICATED = "dedicated"
DEFAULT_MAX_TTL_SECS = 28_800
INTERACTIVE_TTL_SECS = 60
UNUSED_TTL_SECS = 1800
NS_PER_SEC = 1e9


@dataclass
class Session:
    """One session.

    :param mode: ``dedicated``, which has its backend to itself while it is active, or ``batch``
    :param max_ttl: seconds from its first job's beginning until it is closed
    :param interactive_ttl: seconds without a job after which it is inactive
    :param backend: None until it is known
    :param created: time of day in seconds since the epoch, as all times here
    :ivar waiting: ids of its jobs that are Queued
    :ivar running: its jobs that are Running, as far as was looked
    """

    id: str
    instance: str
    user: str
    mode: str
    max_ttl: int
    interactive_ttl: int
    active_ttl: int
    backend: str | None
    created: float
    state: str = OPEN
    state_reason: str | None = None
    accepting_jobs: bool = True
    history: list[tuple[str, float]] = field(default_factory=list)
    waiting: set[str] = field(default_factory=set)
    running: dict[str, Job] = field(default_factory=dict)
    started_at: float | None = None
    activated_at: float | None = None
    closed_at: float | None = None
    last_job_started: float | None = None
    last_job_completed: float | None = None
    busy_since: float | None = None
    busy_secs: float = 0.0

    def __post_init__(self) -> None:
        self.history.append((OPEN, self.created))

    @property
    def is_dedicated(self) -> bool:
        return self.mode == DEDICATED

    def job_begins(self, job: Job, now: float) -> None:
        """One of its jobs has got a lane."""
        self.waiting.discard(job.id)
        self.running[job.id] = job
        self.last_job_started = now
        self.started_at = self.started_at or now
        if self.state in (OPEN, INACTIVE):
            self.activated_at = now
            self._enter(ACTIVE, now)
        if self.is_dedicated and self.busy_since is None:
            self.busy_since = now

    def advance(self, now: float) -> None:
        """Let the time pass until now."""
        for job in [job for job in self.running.values() if job.ending]:
            self._end(job, now)
        if self.state == CLOSED:
            return
        idle = not self.waiting and not self.running
        ends = self._end_of_life()
        if now >= ends:
            self.close(ends, "max_ttl was reached" if self.started_at else "no job came")
        elif idle and not self.accepting_jobs:
            self.close(now, "it accepts no more jobs and has none left")
        elif idle and self.state == ACTIVE:
            due = (self.last_job_completed or now) + self.interactive_ttl
            if now >= due:
                self._count_busy(due)
                self._enter(INACTIVE, due)

    def close(self, now: float, reason: str) -> None:
        """Close it; its running jobs go on."""
        if self.state != CLOSED:
            self.state_reason = reason
            self.accepting_jobs = False
            self.closed_at = now
            self._enter(CLOSED, now)
            self._count_busy(now)

    def elapsed_secs(self, now: float) -> float:
        """Return its usage: how long the backend was its own, or the execution time of a batch's jobs."""
        current = 0.0 if self.busy_since is None else now - self.busy_since
        return round(self.busy_secs + current, 3)

    def document(self, now: float) -> dict[str, Any]:
        """Return the JobSession of the API."""
        moments = {
            "started_at": self.started_at,
            "activated_at": self.activated_at,
            "closed_at": self.closed_at,
            "last_job_started": self.last_job_started,
            "last_job_completed": self.last_job_completed,
        }
        document: dict[str, Any] = {
            "id": self.id,
            "backend_name": self.backend,
            "mode": self.mode,
            "interactive_ttl": self.interactive_ttl,
            "max_ttl": self.max_ttl,
            "active_ttl": self.active_ttl,
            "state": self.state,
            "accepting_jobs": self.accepting_jobs,
            "user_id": self.user,
            "elapsed_time": None if self.started_at is None else self.elapsed_secs(now),
            "timestamps": [{"status": state, "timestamp": rfc3339(at)} for state, at in self.history],
        }
        if self.state_reason:
            document["state_reason"] = self.state_reason
        return {**document, **{name: rfc3339(at) for name, at in moments.items() if at is not None}}

    def _end(self, job: Job, now: float) -> None:
        del self.running[job.id]
        at = now if job.end_time is None else job.end_time
        self.last_job_completed = max(self.last_job_completed or at, at)
        if not self.is_dedicated:
            self.busy_secs += (job.quantum_nanoseconds or 0) / NS_PER_SEC
        if self.state == CLOSED:
            self._count_busy(at)

    def _end_of_life(self) -> float:
        if self.started_at is not None:
            return self.started_at + self.max_ttl
        return float("inf") if self.waiting else self.created + UNUSED_TTL_SECS

    def _enter(self, state: str, now: float) -> None:
        self.state = state
        self.history.append((state, now))

    def _count_busy(self, now: float) -> None:
        if self.busy_since is not None and not self.running:
            self.busy_secs += now - self.busy_since
            self.busy_since = None
