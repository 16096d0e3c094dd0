"""A job of the API: what was asked for, and the simulator's job that it became."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of_package
from math import ceil
from typing import Any

from direct_access.clock import rfc3339
from direct_access.simulator.jobs.ending import CANCELLED, COMPLETED, RAN_TOO_LONG
from direct_access.simulator.jobs.job import Job
from direct_access.simulator.qiskit_runtime.versions import WITH_EXECUTION_TIME_AT_ROOT, WITH_QPU_CHARGE_TIME

MAX_COST_SECS = 10_800
NS_PER_SEC = 1e9


@dataclass
class Submission:
    """The body of ``POST /v1/jobs`` without its params, and whose it is.

    :param instance: CRN
    :param cost: longest execution time in seconds
    :param application: what the client calls itself
    :param results_taken: the one read of a private job's results was made
    """

    id: str
    instance: str
    user: str
    program_id: str
    backend: str
    cost: int
    num_circuits: int
    tags: list[str] = field(default_factory=list)
    log_level: str = "warning"
    private: bool = False
    session_id: str | None = None
    calibration_id: str | None = None
    runtime: str | None = None
    application: str | None = None
    results_taken: bool = False


@dataclass(frozen=True)
class RuntimeJob:
    """A submission and its job."""

    submission: Submission
    job: Job

    @property
    def usage_secs(self) -> float:
        """Seconds for which the quantum computer was busy."""
        return round((self.job.quantum_nanoseconds or 0) / NS_PER_SEC, 3) if self.job.running_since else 0.0

    def document(self, version: str) -> dict[str, Any]:
        """Return the JobResponse of the API, without params."""
        asked, job = self.submission, self.job
        ran_too_long = job.status == CANCELLED and job.ending and job.ending.reason_code == RAN_TOO_LONG
        document = {
            "id": asked.id,
            "backend": asked.backend,
            "program": {"id": asked.program_id},
            "created": rfc3339(job.created),
            "state": self._state(),
            "status": "Cancelled - Ran too long" if ran_too_long else job.status,
            "cost": asked.cost,
            "user_id": asked.user,
            "usage": self._usage(version),
        }
        optional = {
            "tags": asked.tags,
            "session_id": asked.session_id,
            "calibration_id": asked.calibration_id,
            "runtime": asked.runtime,
            "private": asked.private,
        }
        return {**document, **{name: value for name, value in optional.items() if value}}

    def metrics(self, version: str) -> dict[str, Any]:
        """Return the metrics of the job, as far as they are known by now."""
        metrics: dict[str, Any] = {
            "timestamps": self._timestamps(),
            "usage": self._usage(version, metrics=True),
        }
        if self.submission.application:
            metrics["caller"] = self.submission.application
        if version < WITH_QPU_CHARGE_TIME:
            metrics["bss"] = {"seconds": ceil(self.usage_secs)}
            metrics["num_circuits"] = self.submission.num_circuits
        nanoseconds = self.job.quantum_nanoseconds
        if self.job.status == COMPLETED and nanoseconds is not None:
            metrics["qiskit_version"] = _qiskit_version()
            if version >= WITH_EXECUTION_TIME_AT_ROOT:
                metrics["circuits_execution_time_ns"] = nanoseconds
            elif version >= WITH_QPU_CHARGE_TIME:
                metrics["usage"]["circuits_execution_time_ns"] = nanoseconds
        return metrics

    def _state(self) -> dict[str, Any]:
        ending = self.job.ending
        reasons = {
            "reason": ending and ending.reason_message,
            "reason_code": ending and ending.reason_code,
            "reason_solution": ending and ending.reason_solution,
        }
        return {"status": self.job.status, **{name: value for name, value in reasons.items() if value}}

    def _usage(self, version: str, metrics: bool = False) -> dict[str, Any]:
        if version >= WITH_QPU_CHARGE_TIME:
            status = "complete" if self.job.ending else "pending"
            return {"qpu_charge_time_seconds": self.usage_secs, "status": status}
        seconds = ceil(self.usage_secs)
        return {"quantum_seconds": seconds, "seconds": seconds} if metrics else {"seconds": seconds}

    def _timestamps(self) -> dict[str, str]:
        moments = {
            "created": self.job.created,
            "running": self.job.running_since,
            "finished": self.job.end_time,
        }
        return {name: rfc3339(moment) for name, moment in moments.items() if moment is not None}


@cache
def _qiskit_version() -> str:
    try:
        return version_of_package("qiskit")
    except PackageNotFoundError:  # jobs are not executed then
        return "0.0.0"
