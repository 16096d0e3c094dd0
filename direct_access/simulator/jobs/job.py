"""A job as the API describes it: https://quantum.cloud.ibm.com/docs/en/api/quantum-system-rest/tags/jobs"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from direct_access.clock import rfc3339
from direct_access.simulator.jobs.ending import Ending
from direct_access.simulator.jobs.scenario import Scenario

QUEUED = "Queued"
RUNNING = "Running"


@dataclass(frozen=True)
class JobRequest:
    """The body of ``POST /v1/jobs``, and whose it is.

    :param timeout_secs: execution time on the system after which the job is cancelled
    :param storage: ``input``, ``results`` and perhaps ``logs``, as sent
    :param limit_name: what ``timeout_secs`` is called where the job came from
    """

    id: str
    backend: str
    program_id: str
    timeout_secs: int
    storage: Mapping[str, Any]
    log_level: str
    owner: str
    limit_name: str = "timeout_secs"

    @classmethod
    def from_document(cls, document: Mapping[str, Any], owner: str) -> JobRequest:
        """Return the request that this body, already found valid, describes."""
        return cls(
            document["id"],
            document["backend"],
            document["program_id"],
            int(document["timeout_secs"]),
            document["storage"],
            document.get("log_level", "warning"),
            owner,
        )


@dataclass
class Job:
    """An accepted job.

    :param number: counts the jobs of this simulator; names files, as the id may hold anything
    :param created: time of day of its acceptance, in seconds since the epoch
    :param scenario: how it is played, decided at its acceptance
    :param queued: waits for a lane; an on-prem job is refused where it would have to
    :param running_since: time of day at which it got its lane
    :param ended: set when the status is final
    """

    request: JobRequest
    number: int
    created: float
    ending: Ending | None = None
    end_time: float | None = None
    quantum_nanoseconds: int | None = None
    scenario: Scenario | None = None
    queued: bool = False
    running_since: float | None = None
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def id(self) -> str:
        """The id that the client chose."""
        return self.request.id

    @property
    def status(self) -> str:
        """Running from the moment that it has a lane; a final status never changes."""
        if self.ending:
            return self.ending.status
        return QUEUED if self.queued else RUNNING

    def document(self) -> dict[str, Any]:
        """Return the Job object of the API, storage and its presigned URLs included."""
        request = self.request
        timestamps = {"created": rfc3339(self.created)}
        metrics: dict[str, Any] = {"timestamps": timestamps}
        document: dict[str, Any] = {
            "id": request.id,
            "backend": request.backend,
            "program_id": request.program_id,
            "status": self.status,
            "created_time": timestamps["created"],
            "storage": request.storage,
            "timeout_secs": request.timeout_secs,
            "log_level": request.log_level,
            "usage": {},
            "metrics": metrics,
        }
        if self.ending and self.end_time is not None:
            document["end_time"] = timestamps["finished"] = rfc3339(self.end_time)
            reasons = {
                "reason_code": self.ending.reason_code,
                "reason_message": self.ending.reason_message,
                "reason_solution": self.ending.reason_solution,
            }
            document.update({name: value for name, value in reasons.items() if value is not None})
        if self.quantum_nanoseconds is not None:
            document["usage"] = {"quantum_nanoseconds": self.quantum_nanoseconds}
            metrics["circuits_execution_time_ns"] = self.quantum_nanoseconds
        return document
